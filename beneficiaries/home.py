"""What waits for one person today, by what they may do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Elevation, Invitation, User
from programs.models import FundedProject, ProgramSite

from .board import LATE, NOT_STARTED, Mark, board, entered_by, months_until, places_of, this_month
from .models import CountReport, LockException
from .overdue import overdue

Status = CountReport.Status
UNFINISHED = (NOT_STARTED, LATE, Status.DRAFT, Status.RETURNED)
MONTHS = 12
MOST = 12


@dataclass(frozen=True)
class Older:
    """How many reports of long ago are not in, and the newest month of them."""

    number: int
    newest: dt.date


@dataclass
class Work:
    """Reports to write, to review and to ask for, and today's tally sheets."""

    to_enter: list[Mark]
    to_review: list[CountReport]
    late: list[Mark]
    # Reports of the month that is not over: may be begun, are not due.
    running: list[Mark]
    tallied: list[ProgramSite]
    # How many more there are than are listed.
    more_to_enter: int
    more_late: int
    # Of months before those of the lists.
    older_to_enter: Older | None
    older_late: Older | None


def work_of(user: User) -> Work:
    """Returned reports first, then the oldest that are due; a running month waits for its end."""
    months, places = months_until(this_month(), MONTHS), places_of(user)
    marks = _marks(user, months, places)
    unfinished = [mark for mark in marks if mark.work in UNFINISHED or mark.is_freed]
    mine = [mark for mark in unfinished if _is_mine(user, mark)]
    due = [mark for mark in mine if mark.month < months[0] or mark.work == Status.RETURNED]
    due.sort(key=lambda mark: (mark.work != Status.RETURNED, mark.month, mark.site.code))
    late = sorted(
        (mark for mark in marks if mark.is_late and _reviews(user, mark)),
        key=lambda mark: (mark.month, mark.site.code),
    )
    return Work(
        to_enter=due[:MOST],
        to_review=to_review(user),
        late=late[-MOST:],
        tallied=_tallied(user, places),
        more_to_enter=max(len(due) - MOST, 0),
        more_late=max(len(late) - MOST, 0),
        running=[mark for mark in mine if mark.month == months[0] and mark not in due],
        **_older(user, places, months[-1]),
    )


def _marks(user: User, months: list[dt.date], places: list[ProgramSite]) -> list[Mark]:
    """The board of the last months; of those before, what is corrected or freed of a lock."""
    found = board(user, [*months, *_resumed_before(months[-1], places)], places)
    marks = [mark for place in found for mark in place.marks]
    return [m for m in marks if m.month >= months[-1] or m.is_corrected or m.exception]


def _resumed_before(month: dt.date, places: list[ProgramSite]) -> list[dt.date]:
    """Months before `month` in which some of these places have a correction to finish, or an
    exception to a lock: one query."""
    where = {"site__in": {place.site_id for place in places}, "month__lt": month}
    corrected = CountReport.objects.filter(
        **where,
        program__in={place.program_id for place in places},
        version__gt=1,
        status__in=CountReport.EDITABLE,
    )
    # A day behind, where it is still yesterday: the board knows which ones are over.
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    freed = LockException.objects.filter(**where, until__gte=yesterday)
    months = corrected.order_by().values_list("month", flat=True)
    return sorted(months.union(freed.order_by().values_list("month", flat=True)))


def _is_mine(user: User, mark: Mark) -> bool:
    """Whether it is this person's to enter: for who also reviews it, only a correction that
    nobody else submitted."""
    if not mark.is_own or not _reviews(user, mark):
        return mark.is_own
    return mark.is_corrected and mark.report.submitted_by_id in (None, user.pk)


def _older(user: User, places: list[ProgramSite], before: dt.date) -> dict[str, Older | None]:
    """What is overdue from before the lists: of others for who reviews it, else one's own."""
    found = overdue(places, before)
    late = [month for place, month in found if _reviews(user, place)]
    own = set(entered_by(user, [place for place in places if not _reviews(user, place)]))
    mine = [month for place, month in found if place in own]
    return {
        "older_late": Older(len(late), max(late)) if late else None,
        "older_to_enter": Older(len(mine), max(mine)) if mine else None,
    }


def to_review(user: User) -> list[CountReport]:
    """Submitted reports that this person may approve, the oldest first."""
    reports = CountReport.objects.to_review_by(user).order_by("submitted_at")
    return list(reports.select_related("program", "site", "organisation", "submitted_by"))


def open_invitations(user: User) -> int:
    return Invitation.objects.visible_to(user).open().count()


def elevations_to_review(user: User) -> list[Elevation]:
    """Emergency access of somebody else that is over and that nobody has reviewed."""
    return list(Elevation.objects.to_review_by(user)[:MOST])


def funded_projects(user: User) -> list[FundedProject]:
    return list(FundedProject.objects.visible_to(user).select_related("organisation"))


def _reviews(user: User, where: Mark | ProgramSite) -> bool:
    places = [
        (where.site.organisation_id, where.program.pk, where.site.pk),
        (where.program.organisation_id, where.program.pk, where.site.pk),
    ]
    return user.access.covers("beneficiaries.review_counts", places)


def _tallied(user: User, places: list[ProgramSite]) -> list[ProgramSite]:
    """Sites of one's own that fill a tally sheet, open today."""
    today = timezone.localdate()
    return [p for p in entered_by(user, places) if p.is_tallied and today in p.active]
