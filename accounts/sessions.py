"""Where somebody is signed in: allauth's table of sessions, with the times each one knows.

Like the sessions' own table it holds names of sessions (accounts/arrival.py), no key of a cookie.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from . import devices, sitting
from .arrival import SessionStore, name_of
from .models import User

# Nothing reads where somebody signed in from, so nothing keeps it: their home, perhaps.
NOWHERE = "0.0.0.0"  # noqa: S104 - a value of allauth's column, no address to listen on


@dataclass(frozen=True)
class Row:
    """One session as its owner sees it."""

    pk: int
    browser: str
    began_at: dt.datetime
    seen_at: dt.datetime
    is_here: bool


def note(request: HttpRequest, user: User) -> None:
    """Write down where somebody has just signed in, and forget sessions that are no more."""
    if not request.session.session_key:
        request.session.save()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(living), user=user).delete()
    longest = UserSession._meta.get_field("user_agent").max_length
    UserSession.objects.update_or_create(
        session_key=name_of(request.session.session_key),
        defaults={
            "user": user,
            "ip": NOWHERE,
            "user_agent": request.headers.get("User-Agent", "")[:longest],
        },
    )


def of(user: User, here: str) -> list[Row]:
    """The open sessions of somebody, this one first, then the latest seen."""
    kept = list(UserSession.objects.filter(user=user))
    held = SessionStore().read_all([session.session_key for session in kept])
    found = [
        _row(session, held.get(session.session_key, {}), user, name_of(here)) for session in kept
    ]
    return sorted(filter(None, found), key=lambda row: (not row.is_here, -row.seen_at.timestamp()))


def _row(session: UserSession, content: dict, user: User, here: str) -> Row | None:
    times = content.get(sitting.SESSION_KEY)
    is_open = content.get(HASH_SESSION_KEY) == user.get_session_auth_hash()
    if times is None or not is_open or sitting.has_passed(times):
        return None
    browser = devices.rough_name(session.user_agent)
    began, seen = (dt.datetime.fromtimestamp(times[name], dt.UTC) for name in ("began", "seen"))
    return Row(session.pk, browser, began, seen, session.session_key == here)


def end(session: UserSession) -> None:
    """Nothing opens with its key any more."""
    Session.objects.filter(session_key=session.session_key).delete()
    session.delete()
