"""What happens to every request, outermost first (settings.MIDDLEWARE)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts import held, sitting, slowed, tries
from audit import journal, showing, submissions
from audit.scope import ADDRESS_BOOK, empower, scope

from . import access
from .logs import request_number

Handler = Callable[[HttpRequest], HttpResponse]

# What the journal calls an answer that refuses somebody signed in.
REFUSED = {403: "denied", 404: "not_found"}
NOT_FOUND_AT_ONCE = 20


def request_id(get_response: Handler) -> Handler:
    """A random number per request, in the logs, the journal and the error pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4()
        token = request_number.set(str(request.id))
        try:
            response = get_response(request)
            response["X-Request-ID"] = str(request.id)
            return response
        finally:
            request_number.reset(token)

    return middleware


def sittings(get_response: Handler) -> Handler:
    """A session ends by itself when nobody is there; who had it is known for this request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.left_by = None
        if request.user.is_authenticated:
            if sitting.is_over(request):
                request.left_by = request.user.pk
                logout(request)
            else:
                sitting.note(request)
        return get_response(request)

    return middleware


def language(get_response: Handler) -> Handler:
    """The language of the account; before signing in, of the cookie or the browser."""

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = (
            request.user.language
            if request.user.is_authenticated
            else translation.get_language_from_request(request)
        )
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
            response.headers.setdefault("Content-Language", chosen)
            return response

    return middleware


def slow_down(get_response: Handler) -> Handler:
    """Count a try to sign in before it is made, outside its transaction; give it back if right."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.must_wait = 0
        keys = tries.keys_of(request)
        if not keys:
            return get_response(request)
        request.must_wait = tries.take(keys)
        response = get_response(request)
        if getattr(request, "proved", False):
            tries.give_back(keys)
        return response

    return middleware


class ScopeMiddleware:
    """One transaction a request, in the scope of who asks; the access registry before any view."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            request.POST  # noqa: B018 - read a slow client's body before the transaction opens
        user, before = request.user, journal.written()
        request.is_let_in = False
        with (
            scope(
                user_id=user.pk,
                organisation_ids=user.access.organisation_ids,
                request_id=request.id,
                elevation_id=user.access.elevation and user.access.elevation.pk,
                powers=user.access.powers,
            ),
            timezone.override(user.access.time_zone),
            showing.collecting() as shown,
        ):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            else:
                _write_down(request, response, shown)
                if request.method == "POST" and journal.written() == before:
                    _write_down_form(request, response)
        return response

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:
        """Declared, its method, signed in, second factor, allowed, lately confirmed: in order."""
        page = access.page_of(request.resolver_match)
        if page is None:
            raise PermissionDenied
        if request.method not in page.methods:
            return HttpResponseNotAllowed(page.methods)
        refusal = None if page.is_open else _let_in(request, page)
        request.is_let_in = refusal is None
        return refusal


def _let_in(request: HttpRequest, page: access.Page) -> HttpResponse | None:
    """Nothing for whoever may open the page; otherwise where they go first, or a refusal."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    if not page.before_factor and sitting.missing_factor(request):
        return redirect("second_factor")
    _came_today(request.user)
    if page.permission and not request.user.has_perm(page.permission):
        raise PermissionDenied
    if page.step_up and not sitting.is_fresh(request):
        return _confirm_first(request)
    _open_page(request, page)
    return None


def _open_page(request: HttpRequest, page: access.Page) -> None:
    """Forget a form that waited; who edits the catalogue may name any organisation in it."""
    held.let_go(request)
    if page is access.EDIT_CATALOGUE:
        empower(ADDRESS_BOOK)


def _write_down(request: HttpRequest, response: HttpResponse, shown: showing.Shown) -> None:
    """Who was refused, and who saw whom: no answer is given that the journal does not tell of."""
    match = request.resolver_match
    page = match and access.page_of(match)
    refused = REFUSED.get(response.status_code) if match else None
    if refused and request.user.is_authenticated:
        if refused == "denied" or _is_told(request):
            journal.record(refused, by=request.user, details=_asked(request))
    elif shown or (page and page.shows and response.status_code == 200):
        what, right = (page.shows, page.permission) if page else ("", "")
        own = request.user.access
        readers = own.organisations_with(right) if right else own.organisation_ids
        showing.write_down(request, shown, what=what, readers=readers)


def _is_told(request: HttpRequest) -> bool:
    """Whether what was not found is an object, of somebody else perhaps: the answer tells nobody.

    Whoever tries one number after the other leaves the first tries, then one a minute.
    """
    return bool(request.resolver_match.kwargs) and slowed.is_due(
        "not_found", request.user.pk, free=NOT_FOUND_AT_ONCE
    )


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a fragment is refused, and its page asks in place."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=401)
    return redirect_to_login(_back(request, request.left_by))


def _write_down_form(request: HttpRequest, response: HttpResponse) -> None:
    """A form that was accepted, and of which no action wrote a line of its own."""
    if request.user.is_authenticated and _is_accepted(request, response):
        journal.record("send_form", by=request.user, details=_asked(request))


def _is_accepted(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form got as far as its page, and leads on from there.

    A page of text is the form shown again, with errors or to be confirmed; a script that sent
    one is answered in JSON. A form sent twice never reaches its page the second time.
    """
    is_json = response.headers.get("Content-Type") == "application/json"
    leads_on = 300 <= response.status_code < 400 or "HX-Redirect" in response.headers
    return request.is_let_in and (leads_on or (is_json and response.status_code == 200))


def _asked(request: HttpRequest) -> dict[str, str]:
    """The page, the method, and the keys in the address (never a token, which is a text)."""
    match = request.resolver_match
    keys = {name: str(v) for name, v in match.kwargs.items() if isinstance(v, int | uuid.UUID)}
    return {"page": match.view_name or "", "method": request.method, **keys}


def _confirm_first(request: HttpRequest) -> HttpResponse:
    """Ask for a fresh proof, then lead back."""
    return redirect_to_login(_back(request, request.user.pk), reverse("account_reauthenticate"))


def _back(request: HttpRequest, user_id: uuid.UUID | None) -> str:
    """Where to go on afterwards: the page, or the form that was sent, which waits meanwhile."""
    if request.method != "POST":
        return request.get_full_path()
    return reverse("resume_form") if user_id and held.hold(request, user_id) else reverse("home")


def _came_today(user) -> None:
    """Note when an account last came: once an hour, and on each new day."""
    if not user.came_lately or timezone.localdate(user.seen_at) != timezone.localdate():
        user._meta.model.objects.filter(pk=user.pk).update(seen_at=timezone.now())


def one_submission(get_response: Handler) -> Handler:
    """A form sent twice makes one row: the second time leads where the first one led."""

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.POST.get(submissions.FIELD) if request.method == "POST" else None
        if not key:
            return get_response(request)
        return submissions.once(key, request, get_response)

    return middleware
