from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Model

from audit import journal
from programs.rights import may_edit
from programs.violations import explained


def enter(row: Model, *, by, fields: Iterable[str] = ()) -> None:
    """Save a new or changed row of the catalogue and write it down.

    What the database refuses comes out as a ValidationError with its message. `fields` are the
    names of what changed. `by` is None for commands alone.
    """
    if by is not None and not may_edit(by, row):
        raise PermissionDenied
    verb = "add" if row._state.adding else "change"
    with explained():
        row.save()
    journal.record(f"{verb}_{row._meta.model_name}", row, by=by, details={"fields": sorted(fields)})
