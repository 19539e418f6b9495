"""Which reports are expected, and where each of them stands: sites by months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from programs.models import Program, ProgramSite, Site
from programs.months import month_after

from .models import CountReport, LockException, PeriodLock
from .models.report import LED, OWN

Status = CountReport.Status
NOT_STARTED, LATE, NOT_SUBMITTED, NOT_EXPECTED = "expected", "late", "hidden", "none"
# Each state as a sign and a word: never by colour alone.
SIGNS = {
    NOT_EXPECTED: ("", _("not expected")),
    NOT_STARTED: ("○", _("to enter")),
    LATE: ("!", _("late")),
    NOT_SUBMITTED: ("○", _("not submitted")),
    Status.DRAFT: ("✎", _("draft")),
    Status.SUBMITTED: ("➜", _("submitted")),
    Status.RETURNED: ("↩", _("returned")),
    Status.APPROVED: ("✓", _("approved")),
}
# Of the correction of an approved report: it stands until this is approved.
CORRECTIONS = {
    Status.DRAFT: _("correction in progress"),
    Status.SUBMITTED: _("correction submitted"),
    Status.RETURNED: _("correction returned"),
}


@dataclass(frozen=True)
class Mark:
    """A site's report for a month: its state, and what one may open."""

    program: Program
    site: Site
    month: dt.date
    state: str
    report: CountReport | None = None
    # Past its day and not submitted.
    is_late: bool = False
    # An approved report with a correction in progress.
    is_corrected: bool = False
    is_locked: bool = False
    # What frees the month of a lock, until a day.
    exception: LockException | None = None
    # This person enters the site's counts.
    is_own: bool = False

    @property
    def sign(self) -> str:
        return SIGNS[self.state][0]

    @property
    def word(self) -> str:
        return SIGNS[self.state][1]

    @property
    def work(self) -> str:
        """The state of what one works on: of the correction, where there is one."""
        return self.report.status if self.is_corrected else self.state

    @property
    def work_sign(self) -> str:
        return SIGNS[self.work][0]

    @property
    def correction(self) -> str:
        """How far the correction is, in words; "" without one."""
        return CORRECTIONS[self.work] if self.is_corrected else ""

    @property
    def is_freed(self) -> bool:
        """An approved report that an exception to a lock waits to see corrected."""
        return (
            self.exception is not None
            and self.work == Status.APPROVED
            and self.report.reviewed_at < self.exception.granted_at
        )

    @property
    def due_on(self) -> dt.date:
        return CountReport(program=self.program, month=self.month).due_on

    @property
    def opens(self) -> bool:
        """Whether there is a report to start."""
        return self.report is None and self.is_own and self.state in (NOT_STARTED, LATE)


@dataclass(frozen=True)
class Place:
    """A site of a program, with its marks by month."""

    program: Program
    site: Site
    marks: list[Mark]


def places_of(user: User) -> list[ProgramSite]:
    """Sites whose reports one sees: those one covers, and partners' in programs one leads."""
    own = user.access.filter("beneficiaries.view_counts", **OWN)
    led = user.access.filter("beneficiaries.review_counts", **LED)
    places = ProgramSite.objects.filter(own | led).select_related("program", "site", "organisation")
    return list(places.order_by("program__code", "site__code", "active"))


def entered_by(user: User, places: Iterable[ProgramSite]) -> list[ProgramSite]:
    """Those of some sites whose counts one enters: no query."""
    can = "beneficiaries.enter_counts"
    return [place for place in places if user.access.covers(can, [_where(place)])]


@dataclass(frozen=True)
class Window:
    """The months on the board, newest first; the last months of the boards around it, if any."""

    months: list[dt.date]
    older: dt.date | None
    newer: dt.date | None

    @property
    def last_over(self) -> dt.date:
        """The newest month on the board that is over."""
        return next(month for month in self.months if month < this_month())


def window(places: list[ProgramSite], last: dt.date, how_many: int) -> Window:
    """The months until `last`, not before the first site opened and not after today."""
    newest = this_month()
    last = min(max(last, _first_month(places)), newest)
    months = months_until(last, how_many)
    return Window(
        months,
        older=month_after(last, -how_many) if months[-1] > _first_month(places) else None,
        newer=min(month_after(last, how_many), newest) if last < newest else None,
    )


def _first_month(places: list[ProgramSite]) -> dt.date:
    """The month in which the first of some sites opened for its program."""
    opened = [max(p.program.starts_on, p.active.lower or p.program.starts_on) for p in places]
    return min(opened, default=this_month()).replace(day=1)


def months_until(last: dt.date, how_many: int) -> list[dt.date]:
    """Months that end with `last`, newest first."""
    return [month_after(last, -back) for back in range(how_many)]


def this_month() -> dt.date:
    return timezone.localdate().replace(day=1)


def board(
    user: User, months: list[dt.date], places: list[ProgramSite] | None = None
) -> list[Place]:
    """The state of every report this person may know of, in three queries (`places` in two)."""
    places = places_of(user) if places is None else places
    reports = _reports(places, months)
    holds = PeriodLock.objects.holds({_where(place) for place in places}, months)
    found: dict[tuple[int, int], list[ProgramSite]] = {}
    for place in places:
        found.setdefault((place.program_id, place.site_id), []).append(place)
    return [
        Place(
            periods[0].program,
            periods[0].site,
            [_mark(user, periods, month, reports, holds) for month in months],
        )
        for periods in found.values()
    ]


def _reports(
    places: Iterable[ProgramSite], months: list[dt.date]
) -> dict[tuple[int, int, dt.date], list[CountReport]]:
    """Versions that count (superseded ones do not), by program, site and month, oldest first."""
    ids = {(p.program_id, p.site_id) for p in places}
    rows = (
        CountReport.objects.filter(
            program__in={program for program, _site in ids},
            site__in={site for _program, site in ids},
            month__in=months,
        )
        .exclude(status=Status.SUPERSEDED)
        .select_related("submitted_by")
        .order_by("version")
    )
    found: dict[tuple[int, int, dt.date], list[CountReport]] = {}
    for report in rows:
        found.setdefault((report.program_id, report.site_id, report.month), []).append(report)
    return found


def _where(place: ProgramSite) -> tuple[int, int, int]:
    return place.organisation_id, place.program_id, place.site_id


def _mark(user: User, periods: list[ProgramSite], month: dt.date, reports, holds) -> Mark:
    place = periods[0]
    where = _where(place)
    is_own = user.access.covers("beneficiaries.enter_counts", [where])
    is_seen = user.access.covers("beneficiaries.view_counts", [where])
    versions = reports.get((place.program_id, place.site_id, month), [])
    if not is_seen:
        versions = [v for v in versions if v.status in CountReport.SHOWN_TO_LEAD]
    approved = next((v for v in versions if v.status == Status.APPROVED), None)
    latest = versions[-1] if versions else None
    shown = approved or latest
    is_late = _is_late(place, month)
    state = shown.status if shown else _state_without_report(periods, month, is_late, is_seen)
    return Mark(
        program=place.program,
        site=place.site,
        month=month,
        state=state,
        report=latest,
        is_late=is_late and state in (LATE, Status.DRAFT, Status.RETURNED, NOT_SUBMITTED),
        is_corrected=approved is not None and latest != approved,
        is_locked=(where, month) in holds.locks,
        exception=holds.exceptions.get((where, month)),
        is_own=is_own,
    )


def _state_without_report(
    periods: list[ProgramSite], month: dt.date, is_late: bool, is_seen: bool
) -> str:
    if not any(_is_open(place, month) for place in periods):
        return NOT_EXPECTED
    if is_late:
        return LATE
    return NOT_STARTED if is_seen else NOT_SUBMITTED


def _is_open(place: ProgramSite, month: dt.date) -> bool:
    """Open at least one day of a month that has begun."""
    today = timezone.now().astimezone(ZoneInfo(place.site.time_zone)).date()
    return month <= today and place.is_active_in(month)


def _is_late(place: ProgramSite, month: dt.date) -> bool:
    due_on = CountReport(program=place.program, month=month).due_on
    return timezone.now().astimezone(ZoneInfo(place.site.time_zone)).date() > due_on


@dataclass(frozen=True)
class Completeness:
    """How many of the reports expected for a month are in."""

    expected: int
    submitted: int
    approved: int
    late: int


def completeness(places: list[Place], month: dt.date) -> Completeness:
    marks = [
        mark
        for place in places
        for mark in place.marks
        if mark.month == month and mark.state != NOT_EXPECTED
    ]
    states = [mark.state for mark in marks]
    return Completeness(
        expected=len(marks),
        submitted=sum(state in (Status.SUBMITTED, Status.APPROVED) for state in states),
        approved=sum(state == Status.APPROVED for state in states),
        late=sum(mark.is_late for mark in marks),
    )


def legend(places: list[Place]) -> list[tuple[str, str]]:
    """Signs and words of the states on the board, in the order of a report's life."""
    marks = [mark for place in places for mark in place.marks]
    there = {state for mark in marks for state in (mark.state, mark.work)} - {NOT_EXPECTED}
    return [sign for state, sign in SIGNS.items() if state in there]
