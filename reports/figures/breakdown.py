"""The cells of an indicator: their categories, and what was counted in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from programs.models import Category, Dimension, Indicator

from .scope import named

# The categories of each cell in the order of the dimensions, cell after cell.
KEYS = """
SELECT key.cell_id, key.dimension_id, key.category_id
FROM programs_cellcategory key
JOIN programs_cell cell ON cell.id = key.cell_id
JOIN programs_breakdowndimension own
  ON own.breakdown_id = key.breakdown_id AND own.dimension_id = key.dimension_id
WHERE key.breakdown_id = %s
ORDER BY cell.position, cell.id, own.position
"""
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
    """The dimensions and cells of an indicator, in three plain queries."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [indicator.breakdown_id])
        rows = cursor.fetchall()
    dimensions = named(Dimension, {dimension for _cell, dimension, _category in rows})
    categories = named(Category, {category for _cell, _dimension, category in rows})
    keys: dict[int, list[Category]] = {}
    for cell, _dimension, category in rows:
        keys.setdefault(cell, []).append(categories[category])
    order = dict.fromkeys(dimension for _cell, dimension, _category in rows)
    return Breakdown([dimensions[key] for key in order], keys)


def cell_counts(reports: Iterable[int], indicator: Indicator) -> list[CellCount]:
    """Every month and cell of an indicator in these reports."""
    with connection.cursor() as cursor:
        cursor.execute(CELLS, [list(reports), indicator.pk])
        return [CellCount(*row) for row in cursor.fetchall()]
