"""The journal has one door."""

import json
from collections.abc import Iterable
from contextvars import ContextVar

from django.db import connection
from django.db.models import Model

from . import scope

_written: ContextVar[int] = ContextVar("written", default=0)
NOTE = "SELECT ledger.note(%s, %s, %s, %s::bigint[], %s, %s, %s::text[], %s, %s::jsonb)"


def record(
    action: str,
    target: Model | None = None,
    *,
    by: Model | None,
    organisation_id: int | None = None,
    audience: Iterable[int] = (),
    shown: Iterable[object] = (),
    reason: str = "",
    details: dict | None = None,
) -> None:
    """Write down, in the caller's transaction, that `by` did `action` to `target`.

    `organisation_id` defaults to the target's own; `shown` lists the keys of the objects that
    were displayed or exported; `details` holds codes and numbers, never a name or free text
    about a person. Auditors of that organisation, of those whoever acts belongs to, and of
    `audience` will read it. Who acts, when, and under which request and emergency access is
    what the transaction and the server say: `by` stands in where the transaction acts for
    nobody yet, and is refused where it acts for somebody else. If the row cannot be written
    the caller's work is rolled back with it.
    """
    values = [
        action,
        getattr(by, "pk", None),
        organisation_id or getattr(target, "organisation_id", None),
        list(audience),
        target._meta.model_name if target is not None else "",
        str(target.pk) if target is not None else "",
        [str(key) for key in shown],
        reason,
        json.dumps((details or {}) | scope.current().elevated),
    ]
    with connection.cursor() as cursor:
        cursor.execute(NOTE, values)
    _written.set(_written.get() + 1)


def written() -> int:
    """How many lines this thread of work has written: a request compares before and after."""
    return _written.get()
