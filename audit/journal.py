"""The journal has one door."""

from collections.abc import Iterable

from django.db.models import Model

from . import scope
from .models import JournalEntry


def record(
    action: str,
    target: Model | None = None,
    *,
    by: Model | None,
    organisation_id: int | None = None,
    shown: Iterable[object] = (),
    reason: str = "",
    details: dict | None = None,
) -> None:
    """Write down, in the caller's transaction, that `by` did `action` to `target`.

    `organisation_id` defaults to the target's own; `shown` lists the keys of the objects that
    were displayed or exported; `details` holds codes and numbers, never a name or free text
    about a person. If the row cannot be written the caller's work is rolled back with it.
    """
    JournalEntry.objects.create(
        action=action,
        user_id=getattr(by, "pk", None),
        organisation_id=organisation_id or getattr(target, "organisation_id", None),
        target_type=target._meta.model_name if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        shown_ids=[str(key) for key in shown],
        reason=reason,
        details=details or {},
        request_id=scope.current().request_id,
    )
