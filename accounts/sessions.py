"""Where somebody is signed in: allauth's list of sessions, with the times each one knows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.db.models import Model

from . import devices, sitting
from .arrival import SessionStore


@dataclass(frozen=True)
class Row:
    """One session as its owner sees it."""

    pk: int
    browser: str
    began_at: dt.datetime
    seen_at: dt.datetime
    is_here: bool


def of(user: Model, here: str) -> list[Row]:
    """The open sessions of somebody, this one first, then the latest seen."""
    found = [_row(session, here) for session in UserSession.objects.purge_and_list(user)]
    return sorted(filter(None, found), key=lambda row: (not row.is_here, -row.seen_at.timestamp()))


def _row(session: UserSession, here: str) -> Row | None:
    times = SessionStore(session.session_key).get(sitting.SESSION_KEY)
    if times is None or sitting.has_passed(times):
        return None
    browser = devices.rough_name(session.user_agent)
    began, seen = (dt.datetime.fromtimestamp(times[name], dt.UTC) for name in ("began", "seen"))
    return Row(session.pk, browser, began, seen, session.session_key == here)
