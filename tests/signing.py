"""Signing in as a test needs it: every proof given, now or a while ago."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login as allauth
from django.test import Client
from django.urls import reverse

from accounts import factors, sitting
from accounts.actions.factor import add_totp

LONG_AGO = 60 * 60


class SignedClient(Client):
    """A browser whose `force_login` gives the proofs that the sign-in page would have asked."""

    def force_login(self, user, backend=None) -> None:
        user.refresh_from_db(fields=["session_epoch"])
        super().force_login(user, backend)
        give_proofs(self, user)


def give_proofs(client: Client, user, *, age: int = 0, factor: bool = True) -> None:
    """Write into the session, as allauth does, that the proofs were given `age` seconds ago."""
    at = time.time() - age
    session = client.session
    session[allauth.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": at, "email": user.email},
        *([{"method": "mfa", "at": at, "type": "webauthn", "id": 0}] if factor else []),
    ]
    session[sitting.SESSION_KEY] = {"began": at, "seen": time.time()}
    session[allauth._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def sign_in(client: Client, user, *, fresh: bool = True) -> None:
    """Sign in with every proof; `fresh=False` when they were given an hour ago."""
    client.force_login(user)
    give_proofs(client, user, age=0 if fresh else LONG_AGO)


def sign_in_half(client: Client, user) -> None:
    """Sign in with the password alone: the second factor is still to come."""
    user.refresh_from_db(fields=["session_epoch"])
    Client.force_login(client, user)
    give_proofs(client, user, factor=False)


PASSWORD = "a long enough password"


def give_password(client: Client, user, **fields):
    """The first page of signing in, sent with the password of `make_user`."""
    data = {"login": user.email, "password": PASSWORD} | fields
    return client.post(reverse("account_login"), data)


def give_code(client: Client, text: str):
    """The second page, sent with a code."""
    return client.post(reverse("mfa_authenticate"), {"code": text})


def guess(email: str, password: str, address: str):
    """One try to sign in, from a network address."""
    data = {"login": email, "password": password, "credential": "{}"}  # of a passkey: no way round
    return SignedClient().post(reverse("account_login"), data, REMOTE_ADDR=address)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def with_proofs(client: Client, user, *kinds: str) -> None:
    """Sign in with a password and these kinds of factor."""
    sign_in(client, user)
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        records[0],
        *({"method": "mfa", "at": records[0]["at"], "type": kind, "id": 0} for kind in kinds),
    ]
    session.save()


SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_application(user) -> None:
    """Give somebody an application that shows codes, of a known secret."""
    add_totp(by=user, secret=SECRET, last_step=0)


def code(offset: int = 0) -> str:
    """What that application shows now, or some steps from now."""
    return factors.code_at(SECRET, factors.step_now() + offset)


def next_code(user) -> str:
    """A code that the application of somebody has not used up: this step's, or the next one's."""
    data = factors.of(user).get(type=factors.Type.TOTP).data
    step = max(factors.step_now(), data["last_step"] + 1)
    return factors.code_at(factors.unseal(user, data["secret"]), step)
