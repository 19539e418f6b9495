"""What waits for one person today, by what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Elevation, Invitation, User
from programs.models import FundedProject, ProgramSite

from .board import LATE, NOT_STARTED, Mark, board, months_until, places_of, this_month
from .models import CountReport

Status = CountReport.Status
MONTHS = 12
MOST = 12


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


def work_of(user: User) -> Work:
    """Returned reports first, then the oldest that are due; a running month waits for its end."""
    months = months_until(this_month(), MONTHS)
    marks = [mark for place in board(user, months) for mark in place.marks]
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
        tallied=_tallied(user),
        more_to_enter=max(len(due) - MOST, 0),
        more_late=max(len(late) - MOST, 0),
        running=[mark for mark in mine if mark.month == months[0] and mark not in due],
    )


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


def _reviews(user: User, mark: Mark) -> bool:
    places = [
        (mark.site.organisation_id, mark.program.pk, mark.site.pk),
        (mark.program.organisation_id, mark.program.pk, mark.site.pk),
    ]
    return user.access.covers("beneficiaries.review_counts", places)


def _tallied(user: User) -> list[ProgramSite]:
    """Sites of one's own that fill a tally sheet, open today."""
    today = timezone.localdate()
    return [
        place
        for place in places_of(user)
        if place.is_tallied
        and today in place.active
        and user.access.covers(
            "beneficiaries.enter_counts",
            [(place.organisation_id, place.program_id, place.site_id)],
        )
    ]
