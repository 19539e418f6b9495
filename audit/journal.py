"""The journal has one door."""

import json
from collections.abc import Iterable
from contextvars import ContextVar

from django.db import connection
from django.db.models import Model
from django.utils.translation import gettext as _

from . import encryption, scope

# What a sealed reason begins with, and the place that it is bound to.
SEALED, PLACE = "sealed:", "ledger.entry:reason"
_written: ContextVar[int] = ContextVar("written", default=0)
# Writes one line, from the values of `line`.
NOTE = """ledger.note(
    %(line_action)s, %(line_by)s, %(line_organisation)s, %(line_audience)s::bigint[],
    %(line_type)s, %(line_id)s, %(line_shown)s::text[], %(line_reason)s, %(line_details)s::jsonb)"""


def record(action: str, target: Model | None = None, **said: object) -> None:
    """Write down, in the caller's transaction, what `line` takes: who did `action` to `target`.

    If the row cannot be written the caller's work is rolled back with it.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NOTE}", line(action, target, **said))
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
    """The values of NOTE: that `by` did `action` to `target`.

    `organisation_id` defaults to the target's own; `shown` lists the keys of the objects that
    were displayed or exported; `details` holds codes and numbers, never a name or free text
    about a person; a reason that somebody typed goes through `typed`. Auditors of that
    organisation and of `audience` will read it. Those of all organisations of whoever acts read a
    line of no organisation (a sign-in), and one of somebody else's: there, `audience` says by
    whose right, and is then read instead of them. Who acts, when, and under which request and
    emergency access is what the transaction and the server say: `by` stands in where the
    transaction acts for nobody yet, and is refused where it acts for somebody else. A statement
    that writes its line itself saves a round trip: it calls `count_line`.
    """
    return {
        "line_action": action,
        "line_by": getattr(by, "pk", None),
        "line_organisation": organisation_id or getattr(target, "organisation_id", None),
        "line_audience": list(audience),
        "line_type": target._meta.model_name if target is not None else "",
        "line_id": str(target.pk) if target is not None else "",
        "line_shown": [str(key) for key in shown],
        "line_reason": reason,
        "line_details": json.dumps((details or {}) | scope.current().elevated),
    }


def count_line() -> None:
    """One more line was written by this thread of work."""
    _written.set(_written.get() + 1)


def typed(reason: str) -> str:
    """A reason in somebody's own words, sealed: it may name a person. Codes need none of it."""
    text = reason.strip()
    return f"{SEALED}{encryption.encrypt(text, PLACE)}" if text else ""


def reason_in_words(stored: str | None) -> str:
    """What `record` was given as the reason, opened if it was sealed."""
    if not stored or not stored.startswith(SEALED):
        return stored or ""
    try:
        return encryption.decrypt(stored.removeprefix(SEALED), PLACE)
    except encryption.MissingKeyError:
        return _("sealed with a key that this server does not hold")
    except encryption.SealError:
        return _("sealed by nobody who holds a key: it cannot be read")


def written() -> int:
    """How many lines this thread of work has written: a request compares before and after."""
    return _written.get()
