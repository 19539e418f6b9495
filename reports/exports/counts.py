"""Every count of a question, cell by cell, as tidy rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from programs.models import (
    BreakdownDimension,
    Category,
    CellCategory,
    Dimension,
    Indicator,
)
from reports.figures import Selection
from reports.figures.counts import Report, name_unknown_places, read_reports, standing

from .file import neutral

# Reports read at a time: some thousands of counts.
BATCH = 400
COUNTS = """
SELECT report_id, indicator_id, cell_id, value, missing_reason
FROM beneficiaries_beneficiarycount WHERE report_id = ANY(%s)
ORDER BY report_id, indicator_id, cell_id
"""

NUMBER = "SELECT count(*) FROM beneficiaries_beneficiarycount WHERE report_id = ANY(%s)"


class Cell(NamedTuple):
    """One number, or why it is missing."""

    report: Report
    indicator: Indicator
    cell_id: int
    value: int | None
    missing_reason: str


@dataclass(frozen=True)
class Counts:
    """The reports of a question, and the words for what is in them."""

    selection: Selection
    reports: list[Report]

    @cached_property
    def indicators(self) -> dict[int, Indicator]:
        return Indicator.objects.in_bulk()

    @cached_property
    def dimensions(self) -> list[Dimension]:
        """The dimensions that tell these counts apart, sex before age as in the breakdowns."""
        programs = {report.program_id for report in self.reports}
        rows = BreakdownDimension.objects.filter(
            breakdown__indicators__program_indicators__program__in=programs
        )
        found = {row.dimension_id: row.dimension for row in rows.select_related("dimension")}
        return list(found.values())

    @cached_property
    def categories(self) -> dict[int, dict[int, Category]]:
        """Cell → dimension → category."""
        found: dict[int, dict[int, Category]] = {}
        for row in CellCategory.objects.select_related("category"):
            found.setdefault(row.cell_id, {})[row.dimension_id] = row.category
        return found

    def texts(self, cell_id: int, field: str) -> list[str]:
        """A word of each dimension for a cell, "" where it is not told apart."""
        by_dimension = self.categories.get(cell_id, {})
        found = (by_dimension.get(dimension.pk) for dimension in self.dimensions)
        return [neutral(getattr(category, field)) if category else "" for category in found]

    def number(self) -> int:
        """How many rows there will be."""
        with connection.cursor() as cursor:
            cursor.execute(NUMBER, [[report.pk for report in self.reports]])
            return cursor.fetchone()[0]

    def cells(self) -> Iterator[Cell]:
        """Each number, by month, site, indicator and cell; read in batches."""
        with connection.cursor() as cursor:
            for first in range(0, len(self.reports), BATCH):
                reports = {report.pk: report for report in self.reports[first : first + BATCH]}
                cursor.execute(COUNTS, [list(reports)])
                yield from self._in_order(reports, cursor.fetchall())

    def _in_order(self, reports: dict[int, Report], rows: Iterable[tuple]) -> Iterator[Cell]:
        by_report: dict[int, list[tuple]] = {key: [] for key in reports}
        for row in rows:
            by_report[row[0]].append(row)
        for key, found in by_report.items():
            for _report, indicator, cell, value, reason in found:
                yield Cell(reports[key], self.indicators[indicator], cell, value, reason)


def counts(selection: Selection) -> Counts:
    """The standing reports of the question, approved (or not yet, when that is asked)."""
    period = selection.period
    kept, _corrections = standing(read_reports(selection, period.start, period.end))
    wanted = [r for r in kept if r.is_approved or selection.with_unapproved]
    name_unknown_places(selection, wanted)
    return Counts(selection, wanted)
