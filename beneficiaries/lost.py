"""What giving up a correction loses: numbers by who typed them, explanations, a comment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User

from . import history
from .history import Change
from .models import BeneficiaryCount, CountNote, CountReport


@dataclass
class Typed:
    """Numbers that one person typed last, and when the latest of them."""

    author: User | None
    at: dt.datetime
    numbers: int = 0


@dataclass(frozen=True)
class Lost:
    """All that a correction says otherwise than the version it corrects."""

    typed: list[Typed]
    explanations: int
    has_comment: bool
    # Given back with the confirmation: nobody loses what was typed after one looked.
    seen: str

    @property
    def is_nothing(self) -> bool:
        return not (self.typed or self.explanations or self.has_comment)


def lost_with(report: CountReport) -> Lost:
    """Compare a correction with the version it corrects: seven queries."""
    notes, before = (
        {note.indicator_id: note.text for note in CountNote.objects.filter(report=one)}
        for one in (report.pk, report.supersedes_id)
    )
    return Lost(
        typed=_typed(report),
        explanations=sum(notes.get(key) != before.get(key) for key in notes | before),
        has_comment=report.comment != report.supersedes.comment,
        seen=history.stamp(report),
    )


def _typed(report: CountReport) -> list[Typed]:
    """Who typed what differs, whoever typed last first."""
    before = {
        (count.indicator_id, count.cell_id): (count.value, count.missing_reason, count.comment)
        for count in BeneficiaryCount.objects.filter(report=report.supersedes_id)
    }
    found: dict[User | None, Typed] = {}
    for change in history.latest(report):
        if _says(change) != before.get((change.indicator_id, change.cell_id)):
            one = found.setdefault(change.author, Typed(change.author, change.at))
            one.numbers, one.at = one.numbers + 1, max(one.at, change.at)
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def _says(change: Change) -> tuple[int | None, str, str] | None:
    if change.is_cleared:
        return None
    return change.value, change.missing_reason, change.comment
