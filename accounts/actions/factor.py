"""Second factors: added, named, used and removed by their owner."""

from __future__ import annotations

import json

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import factors, letters
from accounts.factors import Type
from accounts.models import User
from accounts.rights import organisations_of
from audit import journal

# How often the owner is told of guesses, in seconds.
TOLD_EVERY = 24 * 60 * 60


@transaction.atomic
def add_totp(*, by: User, secret: str, last_step: int) -> Authenticator:
    """Take codes of an application from now on, instead of those of the one before.

    `last_step` is that of the code that proved it, which is used up.
    """
    factors.of(by).filter(type=Type.TOTP).delete()
    data = {"secret": factors.seal(by, secret), "last_step": last_step}
    return _add(by, Type.TOTP, data)


@transaction.atomic
def add_passkey(*, by: User, name: str, credential: dict) -> Authenticator:
    """Take a passkey from now on."""
    sealed = factors.seal(by, json.dumps(credential))
    return _add(by, Type.WEBAUTHN, {"name": name, "credential": sealed})


def _add(by: User, kind: str, data: dict) -> Authenticator:
    factor = Authenticator.objects.create(user=by, type=kind, data=data)
    if by.factor_link:  # it worked, once
        by.factor_link, by.factor_link_until = "", None
        by.save(update_fields=["factor_link", "factor_link_until"])
    journal.record("add_second_factor", by, by=by, details={"type": kind})
    return factor


@transaction.atomic
def renew_codes(*, by: User) -> list[str]:
    """Give ten new recovery codes; those before no longer work. Their text is kept nowhere."""
    User.objects.select_for_update().get(pk=by.pk)
    codes = factors.new_codes()
    factors.of(by).filter(type=Type.RECOVERY_CODES).delete()
    data = factors.keep_codes(by, codes)
    Authenticator.objects.create(user=by, type=Type.RECOVERY_CODES, data=data)
    journal.record("renew_recovery_codes", by, by=by)
    return codes


@transaction.atomic
def rename(*, factor: Authenticator, name: str, by: User) -> None:
    """Call a passkey otherwise."""
    factor.data["name"] = name
    factor.save(update_fields=["data"])
    journal.record("rename_second_factor", by, by=by)


@transaction.atomic
def remove(*, factor: Authenticator, by: User) -> None:
    """Give up one factor; another one stays, and a passkey where the role takes one.

    Every session of the account ends: one of them may be a thief's.
    """
    User.objects.select_for_update().get(pk=by.pk)
    others = factors.main_of(by).exclude(pk=factor.pk)
    if factor.type in factors.MAIN and not others.exists():
        raise ValidationError(_("Add another sign-in method first: this is the only one left."))
    is_passkey = factor.type == Type.WEBAUTHN
    if is_passkey and factors.needs_passkey(by) and not others.filter(type=factor.type).exists():
        raise ValidationError(_("Add another passkey first: your role takes one."))
    factor.delete()
    end_sessions(by)
    journal.record("remove_second_factor", by, by=by, details={"type": factor.type})


def end_sessions(user: User) -> None:
    """End every session of somebody: none that was opened before opens anything again."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


@transaction.atomic
def use_code(*, user: User, code: str) -> Authenticator | None:
    """The factor that a code belongs to, used up by this; None when the code is wrong.

    A code of an application counts once, and none older than the last one counts any more
    (RFC 6238, 5.2). After many wrong ones it counts no more, until another proof was given.
    """
    rows = list(factors.of(user).select_for_update().exclude(type=Type.WEBAUTHN))
    checks = {Type.TOTP: _use_totp, Type.RECOVERY_CODES: _use_recovery}
    used = next((row for row in rows if checks[row.type](user, row, code)), None)
    if used is not None:
        take_codes_again(user)
    elif application := next((row for row in rows if row.type == Type.TOTP), None):
        _count_wrong(user, application)
    return used


def take_codes_again(user: User) -> None:
    """The owner was here, by a code, a passkey or their mailbox: wrong codes are forgotten."""
    wrong = factors.of(user).filter(type=Type.TOTP, data__wrong__gt=0)
    for factor in wrong.select_for_update():
        factor.data["wrong"] = 0
        factor.save(update_fields=["data"])


def _count_wrong(user: User, application: Authenticator) -> None:
    """Nobody is locked out: a passkey, a recovery code and a new password by e-mail still help."""
    data, now = application.data, timezone.now().timestamp()
    data["wrong"] = data.get("wrong", 0) + 1
    if factors.rests(application) and now - data.get("told_at", 0) > TOLD_EVERY:
        data["told_at"] = now
        journal.record("rest_second_factor", user, by=None, audience=organisations_of(user.pk))
        letters.send("codes_guessed", user, url=letters.address("account_reset_password"))
    application.save(update_fields=["data"])


def _use_totp(user: User, factor: Authenticator, code: str) -> bool:
    step = factors.step_of(factors.unseal(user, factor.data["secret"]), code)
    if step is None or step <= factor.data["last_step"] or factors.rests(factor):
        return False
    return _note_use(factor, last_step=step)


def _use_recovery(user: User, factor: Authenticator, code: str) -> bool:
    left = factors.left_without(user, factor.data, code)
    return left is not None and _note_use(factor, **left)


def _note_use(factor: Authenticator, **data) -> bool:
    factor.data |= data
    factor.last_used_at = timezone.now()
    factor.save(update_fields=["data", "last_used_at"])
    return True
