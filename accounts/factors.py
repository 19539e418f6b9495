"""Second factors: what somebody holds besides the password, and how a code is checked.

The rows are allauth's authenticators. A secret is sealed for its owner's row alone: moved to
another account it opens nothing. Recovery codes are kept as fingerprints.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.conf import settings
from django.db.models import Model, QuerySet

from audit import encryption

from .roles import PASSKEY_ROLES

Type = Authenticator.Type
# What may stand alone; recovery codes only replace one of these.
MAIN = (Type.TOTP, Type.WEBAUTHN)
STEP_SECONDS = 30
# A telephone's clock may be a step late or early.
STEPS = (-1, 0, 1)
CODES = 10
CODE_DIGITS = 10

new_secret = generate_totp_secret


def of(user: Model) -> QuerySet[Authenticator]:
    """The second factors of somebody, the oldest first."""
    return Authenticator.objects.filter(user=user).order_by("created_at", "pk")


def main_of(user: Model) -> QuerySet[Authenticator]:
    return of(user).filter(type__in=MAIN)


def needs_passkey(user: Model) -> bool:
    """Whether a role of theirs opens so much that a code read over a shoulder is not enough."""
    return settings.PASSKEY_FOR_ADMINISTRATORS and bool(user.access.roles & PASSKEY_ROLES)


def seal(user: Model, text: str) -> str:
    return encryption.encrypt(text, _place(user))


def unseal(user: Model, sealed: str) -> str:
    return encryption.decrypt(sealed, _place(user))


def sealed_secrets() -> QuerySet[Authenticator]:
    """The factors whose secret is sealed, of everybody."""
    return Authenticator.objects.filter(type=Type.TOTP).select_related("user").order_by("pk")


def seal_again(factor: Authenticator) -> bool:
    """Seal a secret with the current key; whether another one had sealed it."""
    if encryption.key_of_text(factor.data["secret"]) == encryption.ring().current:
        return False
    secret = unseal(factor.user, factor.data["secret"])
    factor.data = factor.data | {"secret": seal(factor.user, secret)}
    factor.save(update_fields=["data"])
    return True


def _place(user: Model) -> str:
    return f"mfa_authenticator:data:{user.pk}"


def step_now() -> int:
    return int(time.time()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of a secret in one step of thirty seconds."""
    return format_hotp_value(hotp_value(secret, step))


def step_of(secret: str, code: str) -> int | None:
    """The step near now that a code belongs to; None when it is wrong."""
    steps = (step_now() + offset for offset in STEPS)
    found = [step for step in steps if secrets.compare_digest(code_at(secret, step), code)]
    return found[0] if found else None


def new_codes() -> list[str]:
    return [f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}" for _ in range(CODES)]


def fingerprints(user: Model, codes: Iterable[str]) -> list[str]:
    return [encryption.fingerprint(code, _place(user)) for code in codes]


def fingerprints_of_any_key(user: Model, code: str) -> set[str]:
    return set(encryption.ring().fingerprints(code, _place(user)))
