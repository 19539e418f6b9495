"""The cells of an indicator: their categories, and what was counted in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from programs.models import BreakdownDimension, Category, CellCategory, Dimension, Indicator

CELLS = """
SELECT report.month, one.cell_id, sum(one.value)::bigint,
       array_agg(DISTINCT one.missing_reason) FILTER (WHERE one.value IS NULL)
FROM beneficiaries_beneficiarycount AS one
JOIN beneficiaries_countreport AS report ON report.id = one.report_id
WHERE one.report_id = ANY(%s) AND one.indicator_id = %s
GROUP BY report.month, one.cell_id
"""


class CellCount(NamedTuple):
    """One cell of one month, all sites added, and why it is missing somewhere."""

    month: dt.date
    cell_id: int
    # None when no site has a number.
    value: int | None
    reasons: list[str] | None


@dataclass(frozen=True)
class Breakdown:
    """The dimensions of an indicator in order, and the categories of each of its cells."""

    dimensions: list[Dimension]
    # Cell → its category in each dimension, in the same order.
    keys: dict[int, list[Category]]

    @property
    def first(self) -> list[Category]:
        return self._categories(0)

    @property
    def second(self) -> list[Category]:
        return self._categories(1)

    @property
    def line_name(self) -> str:
        """The dimension whose categories are the lines of a table."""
        return self.dimensions[:2][-1].name if self.dimensions else ""

    def first_of(self, cell_id: int) -> str:
        return self.keys[cell_id][0].code

    def cells_of(self, column: Category | None, line: Category) -> list[int]:
        """Cells of a line, and of a column when there is one."""
        wanted = {category.pk for category in (column, line) if category}
        return [
            cell_id
            for cell_id, categories in self.keys.items()
            if wanted <= {category.pk for category in categories}
        ]

    def _categories(self, index: int) -> list[Category]:
        found = {row[index].pk: row[index] for row in self.keys.values() if len(row) > index}
        return sorted(found.values(), key=lambda category: (category.position, category.pk))


def breakdown_of(indicator: Indicator) -> Breakdown:
    """The dimensions and cells of an indicator, in two queries."""
    rows = BreakdownDimension.objects.filter(breakdown=indicator.breakdown_id)
    dimensions = [row.dimension for row in rows.select_related("dimension").order_by("position")]
    order = {dimension.pk: position for position, dimension in enumerate(dimensions)}
    keys: dict[int, list[Category]] = {}
    cells = CellCategory.objects.filter(breakdown=indicator.breakdown_id)
    for row in cells.select_related("category").order_by("cell__position", "pk"):
        keys.setdefault(row.cell_id, []).append(row.category)
    for categories in keys.values():
        categories.sort(key=lambda category: order[category.dimension_id])
    return Breakdown(dimensions, keys)


def cell_counts(reports: Iterable[int], indicator: Indicator) -> list[CellCount]:
    """Every month and cell of an indicator in these reports."""
    with connection.cursor() as cursor:
        cursor.execute(CELLS, [list(reports), indicator.pk])
        return [CellCount(*row) for row in cursor.fetchall()]
