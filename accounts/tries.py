"""Tries to sign in: each wrong one makes the next wait longer, and nobody is locked out.

A try is counted in a statement of its own before its password is read, and given back when it
was right: neither a rollback nor many tries at once make it free. Three counts are kept: of an
account from one network, of a network, of an account from everywhere. The browsers from which the
person signed in before share a fourth instead, which no sign-in of somebody else there begins anew;
a passkey needs none. Whoever tries other people's accounts elsewhere keeps no owner out.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import ceil

from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import unstash_login
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from . import devices
from .models import SignInTries, User
from .models.user import one_case

PASSWORD, CODE = "account_login", "mfa_authenticate"
# Where somebody who is signed in gives their password once more.
AGAIN = {"account_reauthenticate", "account_change_password"}
GUARDED = {PASSWORD, CODE, "mfa_reauthenticate", *AGAIN}


@dataclass(frozen=True)
class Count:
    """Wrong tries under one key: so many are free, then each doubles the wait up to `longest`."""

    key: str
    free: int
    longest: int


# A wait that is over counts the try; one that is not counts nothing and gives no row.
TAKE = """
INSERT INTO accounts_signintries AS kept (key, failures, last_at)
VALUES (%(key)s::text, 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN kept.last_at < clock_timestamp() - interval '1 hour' THEN 1
                    ELSE kept.failures + 1 END,
    last_at = clock_timestamp()
WHERE kept.failures < %(free)s::int OR kept.last_at + make_interval(secs => LEAST(
      %(longest)s::int, power(2, LEAST(kept.failures - %(free)s::int, 20)))) <= clock_timestamp()
RETURNING failures
"""
LEFT = """
SELECT EXTRACT(epoch FROM last_at - clock_timestamp())
       + LEAST(%(longest)s::int, power(2, LEAST(failures - %(free)s::int, 20)))
FROM accounts_signintries WHERE key = %(key)s::text
"""


def keys_of(request: HttpRequest) -> list[Count]:
    """The counts that this request adds to; none when it is no try to sign in."""
    if request.method != "POST":
        return []
    page = _guarded().get(request.path)
    if page is None or _is_passkey(request, page):
        return []
    user, name = _who(request, page)
    kind = "password" if page in {PASSWORD, *AGAIN} else "code"
    if user is not None and devices.is_known(request, user):
        return [_count(10, 300, kind, "device", name)]
    network = network_of(request)
    return [
        _count(5, 300, kind, "account", name, network),
        _count(50, 60, kind, "network", network),
        _count(30, 60, kind, "everywhere", name),
    ]


@cache
def _guarded() -> dict[str, str]:
    """The pages where somebody may guess, by their address."""
    return {reverse(page): page for page in GUARDED}


def _is_passkey(request: HttpRequest, page: str) -> bool:
    """Whether allauth reads a passkey here and nothing that can be guessed, whatever is added."""
    return page == CODE and "credential" in request.POST and "code" not in request.POST


def _who(request: HttpRequest, page: str) -> tuple[User | None, str]:
    """Whose account is tried, and the name under which it is counted, known or not."""
    if request.user.is_authenticated:
        return request.user, one_case(request.user.email)
    if page == PASSWORD:
        name = request.POST.get("login", "").strip().lower()[:254].replace("\x00", "")
        return User.objects.with_email(name), name  # as allauth reads it
    login = unstash_login(request, peek=True)
    return (login.user, one_case(login.user.email)) if login else (None, "")


def network_of(request: HttpRequest) -> str:
    """The /24 or /48 that a request comes from: a subscriber has many addresses of one."""
    address = get_adapter(request).get_client_ip(request)
    bits = 24 if ipaddress.ip_address(address).version == 4 else 48
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def _count(free: int, longest: int, *parts: str) -> Count:
    key = salted_hmac("accounts.tries", "\n".join(parts), algorithm="sha256").hexdigest()
    return Count(key, free, longest)


def take(counts: Iterable[Count]) -> int:
    """Count a try; returns the seconds it still has to wait, 0 when it may be made."""
    return max((_take(count) for count in counts), default=0)


def _take(count: Count) -> int:
    values = {"key": count.key, "free": count.free, "longest": count.longest}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        if cursor.fetchone():
            return 0
        cursor.execute(LEFT, values)
        row = cursor.fetchone()
        return max(1, ceil(row[0])) if row else 0


def give_back(counts: Iterable[Count]) -> None:
    """Forget the try that was right, and those before it of this person here.

    The network keeps the others: who signs in between two guesses at a colleague's password
    gains nothing.
    """
    own, *wider = counts
    SignInTries.objects.filter(key=own.key).delete()
    SignInTries.take_one_off([count.key for count in wider])
