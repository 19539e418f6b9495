"""One's own sign-in methods: the first one, the others, recovery codes."""

from __future__ import annotations

import base64

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts import factors, sitting
from accounts.actions import factor as actions
from accounts.factors import Type
from accounts.forms import FirstCodeForm, NewPasskeyForm, PasskeyNameForm
from accounts.models import User

PENDING = "pending_factor"
NEW_CODES = "new_codes"


def second_factor(request: HttpRequest) -> HttpResponse:
    """What is still missing before anything opens."""
    missing = sitting.missing_factor(request)
    if not missing:
        return redirect("home")
    held = set(factors.of(request.user).values_list("type", flat=True))
    context = {"missing": missing, "has_passkey": Type.WEBAUTHN in held, "is_first": not held}
    return render(request, "accounts/second_factor.html", context)


def sign_in_methods(request: HttpRequest) -> HttpResponse:
    rows = list(factors.of(request.user))
    held = {row.type for row in rows} & set(factors.MAIN)
    codes = next((row for row in rows if row.type == Type.RECOVERY_CODES), None)
    context = {
        "totp": next((row for row in rows if row.type == Type.TOTP), None),
        "passkeys": [row for row in rows if row.type == Type.WEBAUTHN],
        "codes_left": factors.codes_left(request.user, codes.data) if codes else 0,
        "needs_passkey": factors.needs_passkey(request.user),
        "may_change": sitting.may_change_factors(request, held),
    }
    return render(request, "accounts/sign_in_methods.html", context)


def totp_add(request: HttpRequest) -> HttpResponse:
    _require_may_change(request)
    secret = _pending_secret(request)
    form = FirstCodeForm(request.POST or None, secret=secret)
    if form.is_valid():
        factor = actions.add_totp(by=request.user, secret=secret, last_step=form.step)
        del request.session[PENDING]
        return _added(request, factor)
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    picture = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    context = {"form": form, "secret": secret, "picture": picture}
    return render(request, "accounts/totp_add.html", context)


def _pending_secret(request: HttpRequest) -> str:
    """The secret that the application is being told: sealed, even in the session."""
    sealed = request.session.get(PENDING)
    if sealed:
        return factors.unseal(request.user, sealed)
    secret = factors.new_secret()
    request.session[PENDING] = factors.seal(request.user, secret)
    return secret


def passkey_add(request: HttpRequest) -> HttpResponse:
    _require_may_change(request)
    form = NewPasskeyForm(request.POST or None)
    if form.is_valid():
        return _added(request, actions.add_passkey(by=request.user, **form.cleaned_data))
    options = auth.begin_registration(request.user, True)
    return render(request, "accounts/passkey_add.html", {"form": form, "options": options})


def _require_may_change(request: HttpRequest) -> None:
    """Whoever has factors has used one of them: a password alone changes none."""
    held = set(factors.main_of(request.user).values_list("type", flat=True))
    if not sitting.may_change_factors(request, held):
        raise PermissionDenied


def _added(request: HttpRequest, factor) -> HttpResponse:
    sitting.prove(request, factor)
    _tell(request.user, "accounts/email/factor_added", factor)
    if factors.of(request.user).filter(type=Type.RECOVERY_CODES).exists():
        messages.success(request, _("The sign-in method is added."))
        return redirect("sign_in_methods")
    return _show_new_codes(request)


def _show_new_codes(request: HttpRequest) -> HttpResponse:
    codes = actions.renew_codes(by=request.user)
    request.session[NEW_CODES] = factors.seal(request.user, " ".join(codes))
    return redirect("recovery_codes")


def _tell(user: User, template: str, factor: Authenticator | None = None) -> None:
    get_adapter().send_notification_mail(template, user, {"user": user, "factor": factor})


def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten codes, shown until their owner says that they are kept; then never again."""
    sealed = request.session.get(NEW_CODES)
    if request.method == "POST" and sealed:
        del request.session[NEW_CODES]
        messages.success(request, _("Your sign-in methods are ready."))
        return redirect("sign_in_methods")
    _require_may_change(request)
    if request.method == "POST":
        _tell(request.user, "accounts/email/codes_renewed")
        return _show_new_codes(request)
    codes = factors.unseal(request.user, sealed).split() if sealed else []
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


def passkey_rename(request: HttpRequest, pk) -> HttpResponse:
    factor = get_object_or_404(factors.of(request.user), pk=pk, type=Type.WEBAUTHN)
    form = PasskeyNameForm(request.POST or None, initial={"name": factor.data["name"]})
    if form.is_valid():
        actions.rename(factor=factor, by=request.user, **form.cleaned_data)
        messages.success(request, _("The name is saved."))
        return redirect("sign_in_methods")
    return render(request, "accounts/passkey_rename.html", {"factor": factor, "form": form})


def factor_remove(request: HttpRequest, pk) -> HttpResponse:
    factor = get_object_or_404(factors.main_of(request.user), pk=pk)
    _require_may_change(request)
    problem = None
    if request.method == "POST":
        try:
            actions.remove(factor=factor, by=request.user)
        except ValidationError as error:
            problem = error
        else:
            update_session_auth_hash(request, request.user)
            _tell(request.user, "accounts/email/factor_removed", factor)
            messages.success(request, _("The sign-in method is removed."))
            return redirect("sign_in_methods")
    return render(request, "accounts/factor_remove.html", {"factor": factor, "problem": problem})
