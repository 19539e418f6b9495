from __future__ import annotations

from contextlib import suppress

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import sitting
from accounts.actions import invitation as actions
from accounts.forms import AcceptForm, InviteForm
from accounts.models import Invitation, User


def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(
        request.POST or None, by=request.user, initial={"language": request.user.language}
    )
    if form.is_valid():
        try:
            actions.invite(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The invitation is on its way. Its link works for 7 days."))
            return redirect_to_invitations()
    return render(request, "accounts/invite.html", {"form": form})


def invitation_resend(request: HttpRequest, pk) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    try:
        actions.resend(invitation=invitation, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request, _("A new link is on its way, for 7 days. The former one no longer works.")
        )
    return redirect_to_invitations()


def invitation_withdraw(request: HttpRequest, pk) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    try:
        actions.withdraw(invitation=invitation, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The invitation is withdrawn: its link no longer works."))
    return redirect_to_invitations()


def redirect_to_invitations() -> HttpResponse:
    return redirect(reverse("access", query={"state": "invited"}))


def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join through the link of an e-mail: with a new account, or with the one that has it."""
    invitation = actions.find(token)
    if invitation is None or not actions.still_holds(invitation):
        return _closed(request, invitation)
    holder = User.objects.with_email(invitation.email)
    if request.user.is_authenticated or (holder and holder.is_active):
        return _join(request, invitation, holder)
    if holder:
        return _reopen(request, invitation, holder)
    return _open_account(request, invitation)


def decline_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say no: the link alone is enough, and another account's owner is told to sign out first."""
    invitation = actions.find(token)
    if invitation is None or not actions.still_holds(invitation):
        return _closed(request, invitation)
    by = request.user if request.user.is_authenticated else None
    if by is None or by == User.objects.with_email(invitation.email):
        with suppress(ValidationError):  # answered meanwhile: the page says so
            actions.decline(invitation=invitation, by=by)
    return redirect("accept_invitation", token)


def _closed(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    context = {"invitation": invitation}
    status = 410 if invitation else 404
    return render(request, "accounts/invitation_closed.html", context, status=status)


def _open_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = AcceptForm(
        request.POST or None,
        invitation=invitation,
        initial={"language": invitation.language},
    )
    if form.is_valid():
        try:
            user = actions.accept(invitation=invitation, **form.chosen)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            record_authentication(request, user, "password")  # chosen just now
            return perform_login(request, user, email=user.email)
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/invitation_accept.html", context)


def _reopen(request: HttpRequest, invitation: Invitation, holder: User) -> HttpResponse:
    """The account was closed: where it works nowhere, its owner opens it again and signs in."""
    may_reopen = actions.may_reopen(holder)
    if request.method == "POST" and may_reopen:
        actions.reopen(invitation=invitation, user=holder)
        messages.success(request, _("Your account is open again: sign in, then answer."))
        return redirect(reverse("account_login", query={"next": request.path}))
    context = {"invitation": invitation, "holder": holder, "may_reopen": may_reopen}
    return render(request, "accounts/invitation_join.html", context)


def _join(request: HttpRequest, invitation: Invitation, holder: User | None) -> HttpResponse:
    """An account has the e-mail, or somebody is signed in: the right person confirms."""
    problem = None
    if request.user.is_authenticated and sitting.missing_factor(request):
        return redirect("second_factor")
    if request.method == "POST" and holder == request.user:
        try:
            actions.accept_with_account(invitation=invitation, by=request.user)
        except ValidationError as error:
            problem = error
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("The role is added to your account."))
            return redirect("my_account")
    context = {"invitation": invitation, "holder": holder, "problem": problem}
    return render(request, "accounts/invitation_join.html", context)
