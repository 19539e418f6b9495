"""Whom an answer shows: collected while the page is written, put in the journal once it is.

A template marks what shows somebody with `{% shown person %}`, which writes the key into the page
and into the collection: the ids of the journal are those of the page, by construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

from . import journal
from .encryption import fingerprint

_shown: ContextVar[dict[str, None] | None] = ContextVar("shown", default=None)


class UndeclaredError(Exception):
    """A page shows somebody, and the access registry does not say so."""


def shown(key: object) -> str:
    """Note that this answer shows the person (or account) of this key; returns it as text."""
    keys = _shown.get()
    if keys is not None:
        keys[str(key)] = None
    return str(key)


@contextmanager
def collecting() -> Iterator[dict[str, None]]:
    """The keys shown by the answer that is made inside, each once, in the order of the page."""
    keys: dict[str, None] = {}
    token = _shown.set(keys)
    try:
        yield keys
    finally:
        _shown.reset(token)


def write_down(request: HttpRequest, keys: dict[str, None], *, what: str) -> None:
    """One line of the journal: who saw whom, on which page, under which filters.

    Filters may hold a name: only their fingerprint is kept, to tell the same search again.
    """
    page = request.resolver_match.view_name
    if not what:
        raise UndeclaredError(f"{page} shows somebody: declare what in ngo_portal/access.py.")
    details = {"page": page, "what": what}
    if request.GET:
        asked = "&".join(sorted(f"{name}={value}" for name, value in request.GET.items()))
        details["filters"] = fingerprint(asked, "filters")
    user = request.user if request.user.is_authenticated else None
    journal.record("view", by=user, shown=keys, details=details)
