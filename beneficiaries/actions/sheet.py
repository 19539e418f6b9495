"""The page of a month saved at once: what was typed, unless somebody else typed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries import history
from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.sheet import filled
from beneficiaries.typed import read_block

from .count import Entry, Key, StaleCell, save_cells


@dataclass
class Saved:
    """How many cells changed, and the cells that somebody else changed meanwhile."""

    changed: int = 0
    stale: dict[Key, StaleCell] = field(default_factory=dict)


@transaction.atomic
def save_sheet(
    *,
    report: CountReport,
    entries: Mapping[Key, Entry],
    revisions: Mapping[Key, int],
    by: User,
) -> Saved:
    """Write the cells that `by` changed on a page that showed `revisions` (0 for empty cells).

    A cell that somebody else changed is left as it is: silently when `by` had not touched it,
    as a StaleCell of the answer otherwise. Numbers of the tally sheets are left alone.
    """
    CountReport.objects.filter(pk=report.pk).hold()
    kept = {
        (count.indicator_id, count.cell_id): count
        for count in BeneficiaryCount.objects.filter(report=report)
    }
    differing = {
        key: entry
        for key, entry in entries.items()
        if not entry.says(kept.get(key)) and not (key in kept and kept[key].is_derived)
    }
    moved = {key for key in differing if revisions.get(key, 0) != _revision(kept.get(key))}
    fresh = {key: entry for key, entry in differing.items() if key not in moved}
    changed = save_cells(report=report, entries=fresh, by=by)
    touched = _touched(report, {key: differing[key] for key in moved}, revisions)
    return Saved(changed, {key: _conflict(report, key, kept.get(key)) for key in touched})


def _touched(
    report: CountReport, moved: Mapping[Key, Entry], revisions: Mapping[Key, int]
) -> list[Key]:
    """Among cells that somebody else changed, those that were typed over what the page showed."""
    if not moved:
        return []
    seen = history.values_of(report, {revisions.get(key, 0) for key in moved})
    return [
        key
        for key, entry in moved.items()
        if (entry.value, entry.missing_reason) != seen.get(revisions.get(key, 0), (None, ""))
    ]


@transaction.atomic
def write_block(*, report: CountReport, text: str, start: Key, seen: str, by: User) -> int:
    """Write a pasted block as `by` saw it (its fingerprint); returns how many cells changed."""
    CountReport.objects.filter(pk=report.pk).hold()
    pasted = read_block(text, filled(report), start=start)
    if pasted.fingerprint != seen:
        raise ValidationError(
            _("Numbers changed since you looked. Look at them again, then write them."),
            code="changed",
        )
    return save_cells(report=report, entries=pasted.entries, by=by)


def _revision(count: BeneficiaryCount | None) -> int:
    return count.revision if count else 0


def _conflict(report: CountReport, key: Key, count: BeneficiaryCount | None) -> StaleCell:
    author, at = history.last_change(report=report, indicator=key[0], cell=key[1])
    return StaleCell(count=count, author=author, at=at)
