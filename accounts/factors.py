"""Second factors: what somebody holds besides the password, and how a code is checked.

The rows are allauth's authenticators. What they hold is sealed for its owner's row alone: moved to
another account it opens nothing. Of recovery codes only fingerprints are sealed, under a key of
their own, so that they outlast the keys of the server.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
import uuid
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.webauthn.internal.auth import WebAuthn, parse_registration_response
from django.conf import settings
from django.db.models import Model, QuerySet
from fido2.webauthn import AuthenticatorData

from audit import encryption

from .roles import PASSKEY_ROLES

Type = Authenticator.Type
# What may stand alone; recovery codes only replace one of these.
MAIN = (Type.TOTP, Type.WEBAUTHN)
# Where each of them holds what is sealed.
SEALED = {Type.TOTP: "secret", Type.WEBAUTHN: "credential", Type.RECOVERY_CODES: "codes"}
STEP_SECONDS = 30
# A telephone's clock may be a step late or early.
STEPS = (-1, 0, 1)
# After so many wrong codes since the last right proof, those of the application open nothing: each
# guess is right three times in a million, so whoever has the password gets in once in 6 600.
MOST_WRONG = 50
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
    return encryption.encrypt(text, _place(user.pk))


def unseal(user: Model, sealed: str) -> str:
    return encryption.decrypt(sealed, _place(user.pk))


class NoPasskey:
    """What allauth finds in a row that was not sealed for its account: no key, and of no number."""

    credential_id = None

    def __bool__(self) -> bool:
        return False

    @property
    def credential_data(self) -> NoPasskey:
        return self


def open_passkey(passkey: WebAuthn) -> AuthenticatorData | NoPasskey:
    """The key of a passkey, read where allauth would have it lie in clear.

    A row that came by another way than `add_passkey`, or from another account, holds none.
    """
    factor = passkey.instance
    try:
        sealed = encryption.decrypt(str(factor.data.get("credential")), _place(factor.user_id))
    except encryption.SealError:
        return NoPasskey()
    return parse_registration_response(json.loads(sealed)).response.attestation_object.auth_data


def all_sealed() -> QuerySet[Authenticator]:
    """The factors that hold something sealed, of everybody."""
    rows = Authenticator.objects.filter(type__in=SEALED)
    return rows.select_related("user").order_by("pk")


def sealed_of(factor: Authenticator) -> str:
    """What is sealed in a factor."""
    return factor.data[SEALED[factor.type]]


def seal_again() -> int:
    """Seal what another key sealed with the current one, in the transaction of the caller.

    The rows are held until its end: a code that is used up meanwhile waits, and stays used up.
    Returns how many were sealed.
    """
    return sum(_sealed_again(row) for row in all_sealed().select_for_update(of=("self",)))


def _sealed_again(factor: Authenticator) -> bool:
    if encryption.key_of_text(sealed_of(factor)) == encryption.ring().current:
        return False
    text = seal(factor.user, unseal(factor.user, sealed_of(factor)))
    factor.data = factor.data | {SEALED[factor.type]: text}
    factor.save(update_fields=["data"])
    return True


def _place(user_id: uuid.UUID) -> str:
    return f"mfa_authenticator:data:{user_id}"


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


def rests(factor: Authenticator) -> bool:
    """Whether an application's codes open nothing until its owner proves to be there otherwise."""
    return factor.data.get("wrong", 0) >= MOST_WRONG


def new_codes() -> list[str]:
    return [f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}" for _ in range(CODES)]


def keep_codes(user: Model, codes: Iterable[str]) -> dict[str, str]:
    """What is kept of recovery codes: their fingerprints under a new key, sealed with it."""
    key = secrets.token_hex(32)
    return _kept(user, key, [_fingerprint(key, code) for code in codes])


def left_without(user: Model, data: dict[str, str], code: str) -> dict[str, str] | None:
    """What is kept once `code` is used; None when it is none of those left."""
    key, *left = unseal(user, data["codes"]).split()
    used = _fingerprint(key, code)
    others = [one for one in left if not secrets.compare_digest(one, used)]
    return _kept(user, key, others) if len(others) < len(left) else None


def codes_left(user: Model, data: dict[str, str]) -> int:
    return len(unseal(user, data["codes"]).split()) - 1


def _kept(user: Model, key: str, left: list[str]) -> dict[str, str]:
    return {"codes": seal(user, " ".join([key, *left]))}


def _fingerprint(key: str, code: str) -> str:
    return hmac.digest(bytes.fromhex(key), code.encode(), "sha256").hex()
