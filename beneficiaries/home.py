"""What waits for one person today, by what they may do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Elevation, Invitation, User
from programs.models import FundedProject, ProgramSite

from .board import LATE, NOT_STARTED, Mark, board, months_until, places_of, this_month
from .models import CountReport
from .overdue import overdue

Status = CountReport.Status
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
    marks = [mark for place in board(user, months, places) for mark in place.marks]
    open_states = (NOT_STARTED, LATE, Status.DRAFT, Status.RETURNED)
    unfinished = [mark for mark in marks if mark.state in open_states]
    mine = [mark for mark in unfinished if mark.is_own and not _reviews(user, mark)]
    due = [mark for mark in mine if mark.month < months[0] or mark.state == Status.RETURNED]
    due.sort(key=lambda mark: (mark.state != Status.RETURNED, mark.month, mark.site.code))
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


def _older(user: User, places: list[ProgramSite], before: dt.date) -> dict[str, Older | None]:
    """What is overdue from before the lists: of others for who reviews it, else one's own."""
    found = overdue(places, before)
    late = [month for place, month in found if _reviews(user, place)]
    mine = [month for place, month in found if not _reviews(user, place) and _enters(user, place)]
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


def _enters(user: User, place: ProgramSite) -> bool:
    where = (place.organisation_id, place.program_id, place.site_id)
    return user.access.covers("beneficiaries.enter_counts", [where])


def _tallied(user: User, places: list[ProgramSite]) -> list[ProgramSite]:
    """Sites of one's own that fill a tally sheet, open today."""
    today = timezone.localdate()
    return [p for p in places if p.is_tallied and today in p.active and _enters(user, p)]
