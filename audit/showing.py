"""Whom an answer shows: collected while the page is written, put in the journal once it is.

A template marks what shows somebody with `{% shown person organisation %}`, which writes the key
into the page and into the collection: the ids of the journal are those of the page, by
construction. Each organisation reads those of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

from . import journal
from .encryption import fingerprint

Shown = dict[str, set[int]]
_shown: ContextVar[Shown | None] = ContextVar("shown", default=None)


class UndeclaredError(Exception):
    """A page shows somebody, and the access registry does not say so."""


def shown(key: object, organisation_ids: Iterable[int] = ()) -> str:
    """Note that this answer shows the person (or account) of this key, and of which organisations.

    Returns the key as text.
    """
    keys = _shown.get()
    if keys is not None:
        keys.setdefault(str(key), set()).update(organisation_ids)
    return str(key)


@contextmanager
def collecting() -> Iterator[Shown]:
    """The keys shown by the answer that is made inside, each once, in the order of the page."""
    keys: Shown = {}
    token = _shown.set(keys)
    try:
        yield keys
    finally:
        _shown.reset(token)


def write_down(request: HttpRequest, keys: Shown, *, what: str, readers: frozenset[int]) -> None:
    """Who saw whom, on which page, under which filters: a line in each organisation of `readers`.

    By the right of these the page was opened. A line names those shown of its organisation, and
    those of whom the page does not say which of these they belong to. Filters may hold a name:
    only their fingerprint is kept, to tell the same search again.
    """
    page = request.resolver_match.view_name
    if not what:
        raise UndeclaredError(f"{page} shows somebody: declare what in ngo_portal/access.py.")
    details = {"page": page, "what": what}
    if request.GET:
        asked = "&".join(sorted(f"{name}={value}" for name, value in request.GET.items()))
        details["filters"] = fingerprint(asked, "filters")
    user = request.user if request.user.is_authenticated else None
    for place in sorted(readers) or [None]:
        own = [key for key, where in keys.items() if place in where or where.isdisjoint(readers)]
        if own or not keys:
            journal.record("view", by=user, organisation_id=place, shown=own, details=details)
