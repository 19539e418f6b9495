"""The numbers themselves: two queries for a whole dashboard, whatever the number of figures."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import FloatField
from django.db.models.functions import Cast, Extract

from beneficiaries.models import CountReport
from programs.models import Organisation, Site

from .rules import SiteMonth
from .selection import Selection

APPROVED = CountReport.Status.APPROVED.value
SUBMITTED = CountReport.Status.SUBMITTED.value

# Raw because it is read from an index alone (report, indicator, value), which the ORM's joins
# would leave: one line per report and indicator, all cells added.
SUMS = """
SELECT report_id, indicator_id, sum(value)::bigint, count(*) - count(value)
FROM beneficiaries_beneficiarycount
WHERE report_id = ANY(%s) AND indicator_id = ANY(%s)
GROUP BY report_id, indicator_id
"""
MISSING = """
SELECT report_id, indicator_id, missing_reason, count(*)
FROM beneficiaries_beneficiarycount
WHERE report_id = ANY(%s) AND indicator_id = ANY(%s) AND value IS NULL
GROUP BY report_id, indicator_id, missing_reason
"""


CELLS = """
SELECT report_id, indicator_id, cell_id, value FROM beneficiaries_beneficiarycount
WHERE report_id = ANY(%s) AND indicator_id = ANY(%s) AND cell_id = ANY(%s) AND value IS NOT NULL
"""

# A figure, or one cell of it: site and month → number.
Values = dict[SiteMonth, int]
# (program, indicator, cell) → its numbers.
CellValues = dict[tuple[int, int, int], Values]


class Report(NamedTuple):
    """One count report, as figures need it."""

    pk: int
    organisation_id: int
    program_id: int
    site_id: int
    month: dt.date
    version: int
    status: str
    # Seconds since 1970: reading a thousand dates takes longer than adding up their counts.
    reviewed: float | None

    @property
    def is_approved(self) -> bool:
        return self.status == APPROVED

    @property
    def is_waiting(self) -> bool:
        return self.status == SUBMITTED


class Count(NamedTuple):
    """What one report says of one indicator: its cells added, and those without a number."""

    report: Report
    # None when every cell is missing.
    value: int | None
    missing: int


@dataclass
class Dataset:
    """The reports and sums of a question over some months."""

    reports: list[Report] = field(default_factory=list)
    # Months of sites whose approved report is being corrected by an open one.
    corrections: list[Report] = field(default_factory=list)
    counts: dict[tuple[int, int], list[Count]] = field(default_factory=dict)
    # (report, indicator) → reason → number of cells.
    missing: dict[tuple[int, int], Counter] = field(default_factory=dict)

    @cached_property
    def has_open(self) -> bool:
        """Whether a report that is not yet approved stands in for a month."""
        return any(report.status != APPROVED for report in self.reports)

    def rows(self, program_id: int, indicator_id: int) -> list[Count]:
        return self.counts.get((program_id, indicator_id), [])


def load(
    selection: Selection, indicators: Collection[int], start: dt.date, end: dt.date
) -> Dataset:
    """Approved counts from month to month, and of sites without any, those not yet approved."""
    kept, corrections = standing(read_reports(selection, start, end))
    name_unknown_places(selection, kept)
    found = Dataset(kept, corrections, defaultdict(list))
    reports = {report.pk: report for report in kept}
    parameters = [list(reports), list(indicators)]
    if not all(parameters):
        return found
    incomplete = set()
    with connection.cursor() as cursor:
        cursor.execute(SUMS, parameters)
        for report_id, indicator_id, value, missing in cursor.fetchall():
            report = reports[report_id]
            found.counts[report.program_id, indicator_id].append(Count(report, value, missing))
            if missing:
                incomplete.add(report_id)
        cursor.execute(MISSING, [list(incomplete), list(indicators)])
        for report_id, indicator_id, reason, number in cursor.fetchall():
            found.missing.setdefault((report_id, indicator_id), Counter())[reason] = number
    return found


def cell_values(reports: Iterable[Report], wanted: Collection[tuple[int, int]]) -> CellValues:
    """What these reports say of single cells, given as (indicator, cell)."""
    by_key = {report.pk: report for report in reports}
    indicators, cells = ({pair[place] for pair in wanted} for place in (0, 1))
    found: CellValues = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(CELLS, [list(by_key), list(indicators), list(cells)])
        for report_id, indicator_id, cell_id, value in cursor.fetchall():
            report = by_key[report_id]
            key = report.program_id, indicator_id, cell_id
            found[key][report.site_id, report.month] = value
    return found


def read_reports(selection: Selection, start: dt.date, end: dt.date) -> list[Report]:
    """Every version that counts or may come to count, from month to month."""
    rows = selection.reports(start, end).order_by("month", "site_id", "-version")
    reviewed = Cast(Extract("reviewed_at", "epoch"), FloatField())
    return [Report(*row) for row in rows.values_list(*REPORT_FIELDS, reviewed)]


REPORT_FIELDS = (
    "pk", "organisation_id", "program_id", "site_id", "month", "version", "status"
)  # fmt: skip


def standing(reports: Iterable[Report]) -> tuple[list[Report], list[Report]]:
    """One report for each month of a site: the approved one, else the open one.

    Beside them, open versions that correct an approved one: they wait, and never count twice.
    """
    rows = list(reports)
    approved = {_key(report) for report in rows if report.is_approved}
    kept, corrections = [], []
    for report in rows:
        is_kept = report.is_approved or _key(report) not in approved
        (kept if is_kept else corrections).append(report)
    return kept, corrections


def _key(report: Report) -> tuple[int, int, dt.date]:
    return report.program_id, report.site_id, report.month


def name_unknown_places(selection: Selection, reports: list[Report]) -> None:
    """Reports outlive their site's place in the program: fetch the names that lack."""
    seen = selection.visible
    for model, names, ids in (
        (Site, seen.sites, {report.site_id for report in reports}),
        (Organisation, seen.organisations, {report.organisation_id for report in reports}),
    ):
        if lacking := ids - names.keys():
            names.update(model.objects.in_bulk(lacking))
