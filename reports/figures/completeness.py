"""How many of the expected reports stand behind a total, so that a gap never reads as a drop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from beneficiaries.models.report import due_on
from programs.models import Program
from programs.months import month_after

from .counts import Report
from .rules import SiteMonth
from .selection import Selection


@dataclass(frozen=True)
class Completeness:
    """Expected against approved, in sites and in monthly reports."""

    sites: int
    complete_sites: int
    late_sites: int
    reports: int
    approved_reports: int
    # The program, or each of its sites, had ended before.
    has_ended: bool = False

    @property
    def is_complete(self) -> bool:
        return self.reports == self.approved_reports

    @property
    def is_one_month(self) -> bool:
        return self.reports == self.sites


@dataclass(frozen=True)
class Expected:
    """The reports a program owes over a period, and which of them came."""

    program: Program
    months: frozenset[SiteMonth]
    # Submitted, and waiting for approval.
    waiting: frozenset[SiteMonth]
    # Nothing was submitted, and the last day to do so is over.
    late: frozenset[SiteMonth]
    # The program, or each of its sites, had ended before the period.
    has_ended: bool

    def completeness(
        self, approved: Iterable[SiteMonth], only: Iterable[dt.date] | None = None
    ) -> Completeness:
        """Count sites and reports; `only` keeps some months."""
        months = None if only is None else set(only)
        expected = {key for key in self.months if months is None or key[1] in months}
        lacking = expected.difference(approved)
        sites = {site for site, _month in expected}
        return Completeness(
            sites=len(sites),
            complete_sites=len(sites) - len({site for site, _month in lacking}),
            late_sites=len({site for site, _month in lacking & self.late}),
            reports=len(expected),
            approved_reports=len(expected) - len(lacking),
            has_ended=self.has_ended,
        )


def expected(selection: Selection, program: Program, reports: Collection[Report]) -> Expected:
    """What a program's sites owe for the months that are over; `reports`: those of the program."""
    owed = frozenset(_owed(selection, program))
    waiting = {(r.site_id, r.month) for r in reports if r.is_waiting}
    came = waiting | {(r.site_id, r.month) for r in reports if r.is_approved}
    due = {month: due_on(program, month) for month in selection.period.months}
    late = {(site, month) for site, month in owed - came if selection.day_at(site) > due[month]}
    return Expected(
        program, owed, frozenset(waiting), frozenset(late), _has_ended(selection, program)
    )


def _has_ended(selection: Selection, program: Program) -> bool:
    first = selection.period.start
    if program.ends_on and program.ends_on < first:
        return True
    ends = [place.end for place in selection.places if place.program_id == program.pk]
    return bool(ends) and all(end and end <= first for end in ends)


def _owed(selection: Selection, program: Program) -> Iterable[SiteMonth]:
    """Months of its places that are over there, as the program runs and the grants cover."""
    months = [(month, month_after(month, 1)) for month in selection.period.months]
    running = [
        (month, after)
        for month, after in months
        if program.starts_on < after and (program.ends_on is None or program.ends_on >= month)
    ]
    key = program.pk
    for place in selection.places:
        if place.program_id != key:
            continue
        today = selection.day_at(place.site_id)
        for month, after in running:
            is_over = after <= today and place.is_open_in(month, after)
            if is_over and selection.holds(key, place.site_id, month):
                yield place.site_id, month
