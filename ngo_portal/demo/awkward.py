"""The awkward cases: of invented organisations only, whatever the data say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from beneficiaries.actions import correction as correction_actions
from beneficiaries.actions import count as count_actions
from beneficiaries.actions import lock as lock_actions
from beneficiaries.actions import report as report_actions
from beneficiaries.actions.count import Entry
from beneficiaries.models import BeneficiaryCount, CountReport
from programs.months import month_after

from . import cases, catalogue
from .accounts import acting, user
from .calendar import Calendar
from .cases import Case
from .shapes import Family

if TYPE_CHECKING:
    from .reports import Desk

DAYS_LATE = 3
LOCKED_MONTHS_AGO = 12
MISSING = set(BeneficiaryCount.MissingReason.values)


def case_of(desk: Desk, month: dt.date) -> Case | None:
    """What happens to this report, if anything does."""
    for case in cases.CASES:
        here = (case.program, case.site) == (desk.prog.code, desk.work.site)
        if here and month == month_of(case, desk.calendar):
            return case
    return None


def month_of(case: Case, calendar: Calendar) -> dt.date:
    return month_after(calendar.this_month, -case.months_ago)


def marks(case: Case | None) -> dict[str, Entry]:
    """Why an indicator's numbers are missing that month, by its code."""
    if case is None or case.kind not in MISSING:
        return {}
    return {case.indicator: Entry(missing_reason=case.kind, comment=case.text or None)}


def finish(family: Family, calendar: Calendar) -> None:
    """Corrections of approved reports, then the locks: a locked month takes no more work."""
    codes = {program.code for program in family.programs}
    mine = [case for case in cases.CASES if case.program in codes]
    for case in mine:
        if case.kind.startswith("correct"):
            correct(case, calendar)
    if mine:
        lock(calendar)


def correct(case: Case, calendar: Calendar) -> None:
    """A second version of an approved report; left open or approved in its turn."""
    worker, coordinator = user("casework@horizon.example"), user("coordination@horizon.example")
    report = CountReport.objects.approved().get(
        program__code=case.program, site__code=case.site, month=month_of(case, calendar)
    )
    with acting(worker):
        version = correction_actions.correct(report=report, reason=case.text, by=worker)
        count = (
            BeneficiaryCount.objects.filter(report=version, indicator__code=case.indicator)
            .order_by("-value", "cell__position")
            .first()
        )
        change = {(count.indicator_id, count.cell_id): Entry(value=count.value + 9)}
        count_actions.save_cells(report=version, entries=change, by=worker)
        if case.kind == "corrected":
            version = report_actions.submit(report=version, by=worker)
    if case.kind == "corrected":
        with acting(coordinator):
            report_actions.approve(report=version, by=coordinator)


def lock(calendar: Calendar) -> None:
    """The months of more than a year ago are closed; one centre may still correct the last."""
    by = user("coordination@horizon.example")
    horizon = catalogue.organisation("HORIZON")
    last = month_after(calendar.this_month, -LOCKED_MONTHS_AGO)
    with acting(by):
        held = lock_actions.lock_months(
            organisation=horizon,
            program=None,
            first=calendar.first_month,
            last=last,
            reason=cases.LOCK_REASON,
            by=by,
        )
        held.refresh_from_db()
        lock_actions.grant_exception(
            lock=held,
            site=catalogue.site("NORTH"),
            month=last,
            until=calendar.today + dt.timedelta(days=30),
            reason=cases.EXCEPTION_REASON,
            by=by,
        )
