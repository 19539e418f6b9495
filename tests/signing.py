"""Signing in as a test needs it: every proof given, now or a while ago."""

from __future__ import annotations

import time

from allauth.account.internal.flows import login as allauth
from django.test import Client

LONG_AGO = 60 * 60


class SignedClient(Client):
    """A browser whose `force_login` gives the proofs that the sign-in page would have asked."""

    def force_login(self, user, backend=None) -> None:
        super().force_login(user, backend)
        give_proofs(self, user)


def give_proofs(client: Client, user, *, age: int = 0) -> None:
    """Write into the session, as allauth does, that the proofs were given `age` seconds ago."""
    at = time.time() - age
    session = client.session
    session[allauth.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": at, "email": user.email},
    ]
    session[allauth._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


def sign_in(client: Client, user, *, fresh: bool = True) -> None:
    """Sign in with every proof; `fresh=False` when they were given an hour ago."""
    client.force_login(user)
    give_proofs(client, user, age=0 if fresh else LONG_AGO)
