"""What a session knows of the person who opened it: which proofs they gave, and when.

allauth writes the proofs into the session as they are given; nothing here asks the database.
"""

from __future__ import annotations

import time
from collections.abc import Collection

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from . import factors
from .factors import Type

FRESH_SECONDS = 5 * 60
IDLE_SECONDS = 30 * 60
WARN_SECONDS = 2 * 60
LONGEST_SECONDS = 10 * 60 * 60
# How often a session notes that somebody is there.
NOTE_SECONDS = 60
SESSION_KEY = "sitting"
LINK_KEY = "factor_link"


def begin(request: HttpRequest) -> None:
    """Start to count the time of a session that has just been opened."""
    request.session[SESSION_KEY] = {"began": time.time(), "seen": time.time()}


def is_over(request: HttpRequest) -> bool:
    """Whether nobody was there for half an hour, or it was opened ten hours ago."""
    times = request.session.get(SESSION_KEY)
    return times is None or has_passed(times)


def has_passed(times: dict) -> bool:
    now = time.time()
    return now - times["seen"] > IDLE_SECONDS or now - times["began"] > LONGEST_SECONDS


def note(request: HttpRequest) -> None:
    """Note that somebody is there; what a page asks for by itself is no sign of anybody."""
    by_itself = request.method == "GET" and "HX-Request" in request.headers
    times = request.session[SESSION_KEY]
    if not by_itself and time.time() - times["seen"] > NOTE_SECONDS:
        request.session[SESSION_KEY] = times | {"seen": time.time()}


def takes_passkey(request: HttpRequest) -> bool:
    """Whether nothing but the passkey that opened this session confirms that it is oneself."""
    return factors.needs_passkey(request.user) and Type.WEBAUTHN in used_factors(request)


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is recent enough for what takes somebody present."""
    proofs = get_authentication_records(request, request.user)
    if takes_passkey(request):
        proofs = [proof for proof in proofs if proof.get("type") == Type.WEBAUTHN]
    return bool(proofs) and time.time() - proofs[-1]["at"] < FRESH_SECONDS


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


def bring_link(request: HttpRequest, person: Model) -> None:
    """Remember that this browser holds the link that lets `person` choose a new factor."""
    request.session[LINK_KEY] = person.factor_link


def _lacks_link(request: HttpRequest) -> bool:
    """Whether a lost factor was lifted, and this browser does not hold the link, or too late."""
    user = request.user
    if not user.factor_link:
        return False
    is_in_time = timezone.now() < user.factor_link_until
    return not is_in_time or request.session.get(LINK_KEY) != user.factor_link


def may_change_factors(request: HttpRequest, held: Collection[str]) -> bool:
    """Whether this session may change the factors of the account, which has those `held`.

    A code that was read over a shoulder must not add a passkey beside the owner's, take the
    owner's away, nor make recovery codes that would.
    """
    if not held:
        return not _lacks_link(request)
    strong = {Type.WEBAUTHN, Type.RECOVERY_CODES} if Type.WEBAUTHN in held else set(Type)
    return bool(used_factors(request) & strong)


def prove(request: HttpRequest, factor: Authenticator) -> None:
    """Note that the person has just used `factor`."""
    record_authentication(request, request.user, "mfa", id=factor.pk, type=factor.type)
