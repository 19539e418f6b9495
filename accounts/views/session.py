"""Coming and going: language, sign-out, quick exit."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from accounts import held, sessions
from accounts.actions import account as actions

CLEAR = '"cache", "storage"'
AWAY = "https://www.wikipedia.org/"


def set_language(request: HttpRequest) -> HttpResponse:
    """Read the same page in the other language: kept in a cookie, and in the account."""
    wanted = request.POST.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None)
    response = HttpResponseRedirect(wanted if safe else "/")
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        if request.user.is_authenticated:
            actions.choose_language(by=request.user, language=language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def resume_form(request: HttpRequest) -> HttpResponse:
    """Send again, with one press, the form that waited; open again one that was left in haste."""
    form = held.held(request)
    if form is None:
        return redirect("home")
    address, fields = form
    context = {"address": address, "fields": fields, "page": held.page_left(request)}
    return render(request, "accounts/resume_form.html", context)


def still_here(request: HttpRequest) -> HttpResponse:
    """A page says that somebody types or reads in it: the session noted it already."""
    return HttpResponse(status=204)


def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; each place but this one can be signed out from here."""
    if request.method == "POST":
        actions.end_session(by=request.user, key=request.POST.get("session", ""))
        messages.success(request, _("That session is ended."))
        return redirect("own_sessions")
    here = request.session.session_key
    return render(request, "accounts/own_sessions.html", {"rows": sessions.of(request.user, here)})


def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out; the browser forgets what it kept of the pages."""
    response = allauth.logout(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = CLEAR
    return response


@csrf_exempt  # Leaving must never fail: not for an old page, not for a session that ended.
def quick_exit(request: HttpRequest) -> HttpResponse:
    """End the sitting and show a neutral page at once.

    The page asks for the other site itself: the policy of content lets no form be sent there.
    """
    if request.user.is_authenticated:
        held.leave(request)
    get_adapter().logout(request)
    response = render(request, "accounts/quick_exit.html", {"away": AWAY})
    response["Refresh"] = f"0; url={AWAY}"
    response["Clear-Site-Data"] = CLEAR
    return response
