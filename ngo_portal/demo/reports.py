"""The monthly reports of a family, through the actions of the screens.

Past months are typed (or tallied), explained where they leave the usual, submitted, and approved
by somebody else; the current month stays a draft, as full as the day of the month allows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from audit.scope import scope
from beneficiaries import checks, sheet
from beneficiaries.actions import count as count_actions
from beneficiaries.actions import report as report_actions
from beneficiaries.actions.count import Entry
from beneficiaries.models import CountReport
from programs.models import ProgramSite

from . import awkward, tallying
from .accounts import acting, user
from .calendar import Calendar
from .catalogue import organisation_ids
from .counts import Cells, Month
from .shapes import Family, Prog, Text, Work, said_in
from .staff import enters, reviews

Key = tuple[int, int]
JANUARY: Text = (
    "Nouvelle année civile : chaque personne compte de nouveau comme nouvelle.",
    "New civil year: everybody counts as new once more.",
)
FEWER: Text = ("Mois plus calme : congés et fêtes.", "A quieter month: holidays and festivals.")
MORE: Text = (
    "Plus de monde que d’habitude : l’équipe a vérifié le registre.",
    "More people than usual: the team checked the register.",
)


@dataclass
class Desk:
    """A site in a program, what it is asked, who enters its counts and who reviews them."""

    prog: Prog
    work: Work
    calendar: Calendar
    place: ProgramSite
    enters: User
    reviews: User
    sheet: sheet.Sheet

    def figures(self, month: dt.date) -> dict[Key, int]:
        """The whole month's figures, by (indicator id, cell id)."""
        rows = list(self.sheet.rows)
        keys = {row.indicator.code: [column.key for column in row.columns] for row in rows}
        start = self.calendar.start_of(self.work)
        cells: dict[str, Cells] = Month(self.prog, self.work, month, start, keys).all()
        return {
            (row.indicator.pk, column.cell_id): cells[row.indicator.code][column.key]
            for row in rows
            for column in row.columns
        }

    @property
    def where(self) -> dict[str, Model]:
        return {"program": self.place.program, "site": self.place.site}

    def is_current(self, month: dt.date) -> bool:
        return month == self.calendar.this_month


def make(family: Family, calendar: Calendar, tell: Callable[[], None]) -> int:
    """Every report of a family, each in a transaction; `tell` hears of each; returns how many."""
    made = 0
    own = organisation_ids(family)
    for prog in family.programs:
        for work in prog.works:
            with scope(organisation_ids=own):
                desk = desk_of(prog, work, calendar)
                rows = CountReport.objects.filter(**desk.where)
                there = set(rows.values_list("month", flat=True))
            for month in calendar.months_of(prog, work):
                if month not in there:
                    with transaction.atomic():
                        made += make_month(desk, month)
                    tell()
    return made


def desk_of(prog: Prog, work: Work, calendar: Calendar) -> Desk:
    """Everything that the months of a site have in common."""
    place = ProgramSite.objects.select_related(
        "program__organisation", "site__organisation", "organisation"
    ).get(program__code=prog.code, site__code=work.site)
    return Desk(
        prog,
        work,
        calendar,
        place,
        enters=user(enters(prog, work)),
        reviews=user(reviews(prog)),
        sheet=sheet.asked(program=place.program, month=calendar.start_of(work)),
    )


def make_month(desk: Desk, month: dt.date) -> bool:
    """One report, as far as its story goes; False for one that nobody started."""
    case = awkward.case_of(desk, month)
    if case and case.kind == "late":
        return False
    with acting(desk.enters):
        report = fill(desk, month, awkward.marks(case))
        if desk.is_current(month):
            return True
        days_late = awkward.DAYS_LATE if case and case.kind == "submitted late" else 0
        at = desk.calendar.submitted_at(desk.prog, desk.work, month, days_late)
        report = submit(desk, report, at)
    if case and case.kind.startswith("submitted"):
        return True
    at = desk.calendar.reviewed_at(desk.prog, desk.work, month)
    with acting(desk.reviews):
        if case and case.kind == "returned":
            report_actions.return_to_author(report=report, reason=case.text, by=desk.reviews, at=at)
        else:
            report_actions.approve(report=report, by=desk.reviews, at=at)
    return True


def fill(desk: Desk, month: dt.date, marks: dict[str, Entry]) -> CountReport:
    """Open the month and enter its figures; `marks` replace the numbers of an indicator."""
    figures = desk.figures(month)
    tallied = tallying.make_sheets(desk, month, figures) if desk.work.is_tallied else set()
    report = report_actions.open_report(**desk.where, month=month, by=desk.enters)
    if desk.is_current(month):
        figures = _so_far(desk, figures)
    codes = {row.indicator.pk: row.indicator.code for row in desk.sheet.rows}
    entries = {
        key: marks.get(codes[key[0]], Entry(value=value))
        for key, value in figures.items()
        if key not in tallied
    }
    count_actions.save_cells(report=report, entries=entries, by=desk.enters)
    return report


def _so_far(desk: Desk, figures: dict[Key, int]) -> dict[Key, int]:
    """What a draft holds by now: the first rows, in proportion to the day of the month."""
    rows = [row.indicator.pk for row in desk.sheet.rows]
    begun = set(rows[: (len(rows) + 1) // 2])
    part = desk.calendar.today.day / 31
    return {key: int(value * part) for key, value in figures.items() if key[0] in begun}


def submit(desk: Desk, report: CountReport, at: dt.datetime) -> CountReport:
    """Submit, after saying why the unusual rows are so."""
    try:
        return report_actions.submit(report=report, by=desk.enters, at=at)
    except checks.NotReady as refusal:
        for finding in refusal.findings:
            explain(desk, report, finding)
    return report_actions.submit(report=report, by=desk.enters, at=at)


def explain(desk: Desk, report: CountReport, finding: checks.Finding) -> None:
    """Say why a row leaves the usual; anything else to mend is an error of this data."""
    if finding.code != "unexplained":
        raise ValueError(f"{desk.prog.code} {desk.work.site} {report.month}: {finding.message}")
    count_actions.explain(
        report=report,
        indicator=finding.indicator,
        text=said_in(desk.enters.language, _why(desk, report, finding)),
        by=desk.enters,
    )


def _why(desk: Desk, report: CountReport, finding: checks.Finding) -> Text:
    is_new = finding.indicator.measure == "new_in_year"
    if is_new and report.month.month == 1:
        return JANUARY
    return FEWER if desk.prog.season[report.month.month - 1] < 1 or is_new else MORE
