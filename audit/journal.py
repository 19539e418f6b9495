"""The journal has one door.

Of a line, `organisation_id` defaults to the target's own; `shown` lists the keys of the objects
that were displayed or exported; `details` holds codes and numbers, never a name or free text about
a person; a reason that somebody typed goes through `typed`.

Auditors of that organisation and of `audience` read it. Those of all organisations of whoever acts
read a line of no organisation (a sign-in), and one of somebody else's: there, `audience` says by
whose right, and is then read instead of them.

Who acts, when, and under which request and emergency access is what the transaction and the server
say: `by` stands in where the transaction acts for nobody yet, and is refused where it acts for
somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from . import encryption, scope

if TYPE_CHECKING:
    from .models import JournalEntry

# What a sealed reason begins with, and the place that it is bound to.
SEALED, PLACE = "sealed:", "ledger.entry:reason"
_written: ContextVar[int] = ContextVar("written", default=0)
# Writes one line, from the values of `line`.
NOTE = """ledger.note(
    %(line_action)s, %(line_by)s, %(line_organisation)s, %(line_audience)s::bigint[],
    %(line_type)s, %(line_id)s, %(line_shown)s::text[], %(line_reason)s, %(line_details)s::jsonb)"""


def record(action: str, target: Model | None = None, **said: object) -> None:
    """Write down, in the caller's transaction, what `line` takes: who did `action` to `target`.

    If the row cannot be written the caller's work is rolled back with it. A statement that writes
    its line itself saves a round trip: it takes `line`, and calls `count_line`.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NOTE}", line(action, target, **said))
    count_line()


def record_each(action: str, targets: Iterable[Model], **said: object) -> None:
    """`record`, of each of some objects, in one round trip."""
    lines = [line(action, target, **said) for target in targets]
    with connection.cursor() as cursor:
        cursor.executemany(f"SELECT {NOTE}", lines)
    for _line in lines:
        count_line()


def line(
    action: str,
    target: Model | None = None,
    *,
    by: Model | None,
    organisation_id: int | None = None,
    audience: Iterable[int] = (),
    shown: Iterable[object] = (),
    reason: str = "",
    details: dict | None = None,
) -> dict[str, object]:
    """The values of NOTE: that `by` did `action` to `target`, and what goes with it (above)."""
    about = (target._meta.model_name, str(target.pk)) if target is not None else ("", "")
    now = scope.current()
    return {
        "line_action": action,
        "line_by": getattr(by, "pk", None),
        "line_organisation": organisation_id or getattr(target, "organisation_id", None),
        "line_audience": list(audience),
        "line_type": about[0],
        "line_id": about[1],
        "line_shown": [str(key) for key in shown],
        "line_reason": _stored(reason, _place(now.request_id, action, *about)),
        "line_details": json.dumps((details or {}) | now.elevated),
    }


def count_line() -> None:
    """One more line was written by this thread of work."""
    _written.set(_written.get() + 1)


class Typed(str):
    """A reason in somebody's own words."""

    __slots__ = ()


def typed(reason: str) -> Typed:
    """A reason that its line seals: it may name a person. Codes need none of it."""
    return Typed(reason.strip())


def _stored(reason: str, place: str) -> str:
    is_sealed = isinstance(reason, Typed) and reason
    return f"{SEALED}{encryption.encrypt(reason, place)}" if is_sealed else str(reason)


def _place(request_id: UUID | None, action: str, kind: str, key: str) -> str:
    """What a reason is sealed for: the line of one request that says this of this object."""
    return ":".join([PLACE, str(request_id or ""), action, kind, key])


def reason_in_words(entry: JournalEntry) -> str:
    """What `record` was given as the reason, opened if it was sealed for this entry."""
    stored = entry.reason or ""
    if not stored.startswith(SEALED):
        return stored
    place = _place(entry.request_id, entry.action, entry.target_type, entry.target_id or "")
    try:
        return encryption.decrypt(stored.removeprefix(SEALED), place)
    except encryption.MissingKeyError:
        return _("sealed with a key that this server does not hold")
    except encryption.SealError:
        return _("sealed by nobody who holds a key: it cannot be read")


def written() -> int:
    """How many lines this thread of work has written: a request compares before and after."""
    return _written.get()
