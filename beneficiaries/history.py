"""What counts were before: read from the history that the database keeps of each write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from accounts.models import User
from programs.models import Cell, Indicator

from .models import BeneficiaryCount, CountNote, CountReport
from .workbooks.values import mark

Event = BeneficiaryCount.pgh_event_model
NoteEvent = CountNote.pgh_event_model


@dataclass(frozen=True)
class Change:
    """One write of a cell: what it said afterwards (nothing when cleared), who, when."""

    indicator_id: int
    cell_id: int
    value: int | None
    missing_reason: str
    comment: str
    is_cleared: bool
    author: User | None
    at: dt.datetime

    @property
    def text(self) -> str:
        return str(mark(self.value, self.missing_reason))


def changes(
    report: CountReport,
    indicator: Indicator | int,
    cell: Cell | int | None = None,
    *,
    by: User,
    most: int = 100,
) -> list[Change]:
    """The last writes of a row, or of one cell, newest first, as far as `by` may read them.

    A comment stands where it was written; each later write of its cell carries it along.
    """
    events = _read_by(by, report).filter(indicator=indicator)
    if cell is not None:
        events = events.filter(cell=cell)
    return _said_once(_latest(events, most))


def _said_once(found: list[Change]) -> list[Change]:
    comments: dict[int, str] = {}
    told = []
    for change in reversed(found):
        is_again = comments.get(change.cell_id) == change.comment
        told.append(replace(change, comment="") if is_again else change)
        comments[change.cell_id] = "" if change.is_cleared else change.comment
    return told[::-1]


def _read_by(by: User, report: CountReport) -> QuerySet:
    """A lead reads what was submitted: as it stands, and as it was returned; no draft."""
    events = Event.objects.filter(report=report)
    if by.has_perm("beneficiaries.view_counts", report):
        return events
    submitted = Q(revision__in=report.counts.values("revision"))
    return events.filter(submitted | Q(revision__in=report.returned_revisions or ()))


def last_change(
    *, report: CountReport, indicator: Indicator | int, cell: Cell | int
) -> tuple[User | None, dt.datetime | None]:
    """Who wrote a cell last, and when: for whoever writes in it."""
    last = _latest(Event.objects.filter(report=report, indicator=indicator, cell=cell), 1)
    return (last[0].author, last[0].at) if last else (None, None)


def text_of(report: CountReport, indicator: Indicator, revision: int) -> str:
    """What the explanation of a row said at a revision; nothing at 0."""
    events = NoteEvent.objects.filter(report=report, indicator=indicator, revision=revision)
    return event.text if (event := events.order_by("pgh_id").first()) else ""


def saved_at(report: CountReport) -> dt.datetime | None:
    """When a count of the report was last written."""
    times = Event.objects.filter(report=report).order_by("-pgh_id").values_list("pgh_created_at")
    return next((at for (at,) in times[:1]), None)


def returned(report: CountReport) -> dict[tuple[int, int], tuple[int | None, str]]:
    """What each cell said when the report was returned: (value, reason)."""
    found = _written(report, report.returned_revisions)
    return {(one.indicator_id, one.cell_id): (one.value, one.missing_reason) for one in found}


def stamp(report: CountReport) -> str:
    """Differs as soon as a count, an explanation or the comment of the report does."""
    last = [_last_number(model, report) for model in (Event, NoteEvent)]
    return "-".join(str(number) for number in (*last, report.revision))


def latest(report: CountReport) -> list[Change]:
    """The last write of each cell: for whoever writes in them."""
    events = Event.objects.filter(report=report).order_by("indicator_id", "cell_id", "-pgh_id")
    return _changes(list(events.distinct("indicator_id", "cell_id")))


def values_of(report: CountReport, revisions: set[int]) -> dict[int, tuple[int | None, str]]:
    """What a cell said at each of these revisions, which no two writes share."""
    found = _written(report, revisions)
    return {one.revision: (one.value, one.missing_reason) for one in found}


def _last_number(events: type, report: CountReport) -> int:
    numbers = events.objects.filter(report=report).order_by("-pgh_id").values_list("pgh_id")
    return next((number for (number,) in numbers[:1]), 0)


def _written(report: CountReport, revisions: Collection[int]) -> QuerySet:
    events = Event.objects.filter(report=report, revision__in=revisions)
    return events.exclude(pgh_label="delete")


def _latest(events: QuerySet, most: int) -> list[Change]:
    return _changes(list(events.order_by("-pgh_id")[:most]))


def _changes(events: list) -> list[Change]:
    people = _authors(events)
    return [_change(event, people) for event in events]


def _authors(events: list) -> dict[str, User]:
    keys = {author for event in events if (author := (event.pgh_context or {}).get("user"))}
    return {str(user.pk): user for user in User.objects.filter(pk__in=keys)} if keys else {}


def _change(event, people: dict[str, User]) -> Change:
    is_cleared = event.pgh_label == "delete"
    return Change(
        indicator_id=event.indicator_id,
        cell_id=event.cell_id,
        value=None if is_cleared else event.value,
        missing_reason="" if is_cleared else event.missing_reason,
        comment=event.comment,
        is_cleared=is_cleared,
        author=people.get((event.pgh_context or {}).get("user", "")),
        at=event.pgh_created_at,
    )
