"""What a session knows of the person who opened it: which proofs they gave, and when.

allauth writes the proofs into the session as they are given; nothing here asks the database.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from . import factors
from .factors import Type

FRESH_SECONDS = 5 * 60


def confirmed_at(request: HttpRequest) -> float:
    """When the person last gave a password or a second factor; 0.0 for never."""
    records = get_authentication_records(request, request.user)
    return records[-1]["at"] if records else 0.0


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is recent enough for what takes somebody present."""
    return time.time() - confirmed_at(request) < FRESH_SECONDS


def used_factors(request: HttpRequest) -> frozenset[str]:
    """The kinds of second factor that this session was given."""
    records = get_authentication_records(request, request.user)
    return frozenset(record["type"] for record in records if record["method"] == "mfa")


def missing_factor(request: HttpRequest) -> str:
    """What still has to be proved: "factor" for any, "passkey" where the role takes one, or ""."""
    used = used_factors(request)
    if not used:
        return "factor"
    if factors.needs_passkey(request.user) and Type.WEBAUTHN not in used:
        return "passkey"
    return ""


def may_add_factor(request: HttpRequest, held: Collection[str]) -> bool:
    """Whether this session may give the account another factor, among those it `held` already.

    A code that was read over a shoulder must not add a passkey beside the owner's.
    """
    used = used_factors(request)
    if not held or not missing_factor(request):
        return True
    strong = {Type.WEBAUTHN, Type.RECOVERY_CODES} if Type.WEBAUTHN in held else set(Type)
    return bool(used & strong)


def prove(request: HttpRequest, factor: Authenticator) -> None:
    """Note that the person has just used `factor`."""
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type)
