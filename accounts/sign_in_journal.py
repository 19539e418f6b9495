"""Signing in and out, failing to, and new passwords, in the journal.

allauth tells of them by signals, which this file alone listens to.
"""

from __future__ import annotations

import uuid

from allauth.account import signals as allauth
from allauth.account.authentication import get_authentication_records
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_out, user_login_failed

from audit import journal
from audit.encryption import fingerprint

from . import slowed
from .actions.factor import take_codes_again
from .models import User
from .models.user import one_case
from .rights import organisations_of

RESETS_AT_ONCE = 3
RESETS_OF_A_NETWORK = 20


def listen() -> None:
    """Start listening, once the applications are loaded."""
    allauth.user_logged_in.connect(_came)
    user_logged_out.connect(_left)
    user_login_failed.connect(_failed)
    authentication_failed.connect(_failed_factor)
    for changed in (allauth.password_changed, allauth.password_set, allauth.password_reset):
        changed.connect(_new_password)


def _came(request, user: User, **more) -> None:
    records = get_authentication_records(request, user)
    proofs = [record.get("type", record["method"]) for record in records]
    _record("sign_in", user, details={"proofs": proofs})


def _left(request, user: User | None, **more) -> None:
    if user is not None:
        _record("sign_out", user)


def _failed(credentials: dict, **more) -> None:
    """The same work whether an account has the e-mail or not."""
    email = str(credentials.get("email") or credentials.get("username") or "")
    person = User.objects.with_email(email)
    journal.record(
        "fail_sign_in",
        person,
        by=None,
        audience=organisations_of(person.pk if person else uuid.uuid4()),
        details={"email": fingerprint(one_case(email), "email")},
    )


def asked_for_reset(email: str, network: str) -> None:
    """Somebody asked for the e-mail that sets a new password; the same work known or not."""
    person = User.objects.with_email(email)
    held = organisations_of(person.pk if person else uuid.uuid4())
    about = one_case(email)
    of_email = slowed.is_due("ask_reset", about, free=RESETS_AT_ONCE)
    if slowed.is_due("ask_reset from", network, free=RESETS_OF_A_NETWORK) and of_email:
        journal.record(
            "ask_reset",
            person,
            by=None,
            audience=held,
            details={"email": fingerprint(about, "email")},
        )


def _failed_factor(user: User, reauthentication: bool = False, **more) -> None:
    _record("fail_second_factor", user, details={"again": bool(reauthentication)}, by=None)


def _new_password(user: User, signal, **more) -> None:
    """By the link of an e-mail, whoever knew the one before has lost what guessing takes."""
    is_reset = signal is allauth.password_reset
    _record("reset_password" if is_reset else "change_password", user)
    if is_reset:
        take_codes_again(user)


def _record(action: str, user: User, *, details: dict | None = None, **who) -> None:
    """For the auditors of every organisation that the person works for."""
    journal.record(
        action,
        user,
        by=who.get("by", user),
        audience=organisations_of(user.pk),
        details=details,
    )
