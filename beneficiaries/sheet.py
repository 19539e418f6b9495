"""What a month's report asks for and holds: indicators by cells, in the order of the grid.

One query for each of: indicators, cells, counts, notes; earlier months are `earlier.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from django.db.models import F
from django.http import Http404
from django.utils.translation import gettext

from programs.models import (
    Breakdown,
    Category,
    Cell,
    CellCategory,
    Indicator,
    Program,
    ProgramIndicator,
)
from programs.months import month_after

from .models import BeneficiaryCount, CountNote, CountReport


@dataclass(frozen=True)
class Column:
    """One cell of a breakdown, under its categories in the order of the dimensions."""

    cell_id: int
    key: str
    categories: tuple[Category, ...]

    @property
    def label(self) -> str:
        return " · ".join(str(category) for category in self.categories) or gettext("Total")

    @property
    def is_whole(self) -> bool:
        """The one column of an indicator that is not broken down: its number is the total."""
        return not self.categories

    @property
    def group(self) -> str:
        """What stands over it: its first category, when it has several."""
        return str(self.categories[0]) if len(self.categories) > 1 else ""

    @property
    def own(self) -> str:
        return " · ".join(str(category) for category in self.categories[1:]) or self.label


@dataclass
class Row:
    """One indicator with its counts by cell; the total is the sum of the cells, always."""

    indicator: Indicator
    columns: list[Column]
    is_main: bool = False
    counts: dict[int, BeneficiaryCount] = field(default_factory=dict)
    note: CountNote | None = None

    @property
    def total(self) -> int | None:
        """None when no cell holds a number."""
        return total_of(count.value for count in self.counts.values())

    def name_of(self, column: Column) -> str:
        """A cell among all those of a report."""
        if column.is_whole:
            return str(self.indicator)
        return f"{self.indicator}, {column.label}"

    @property
    def empty(self) -> list[Column]:
        """Cells with neither a number nor a reason."""
        return [column for column in self.columns if column.cell_id not in self.counts]


@dataclass
class Block:
    """One table of the grid: the indicators that share a breakdown."""

    breakdown: Breakdown
    columns: list[Column]
    rows: list[Row]

    @cached_property
    def groups(self) -> list[tuple[str, list[Column]]]:
        """Columns under their first category; one nameless group for a single dimension."""
        return [(name, list(columns)) for name, columns in groupby(self.columns, lambda c: c.group)]

    @property
    def is_whole(self) -> bool:
        """Not broken down: its one column is the total already."""
        return any(column.is_whole for column in self.columns)

    @property
    def is_grouped(self) -> bool:
        return any(name for name, _columns in self.groups)

    @cached_property
    def group_of(self) -> dict[int, int]:
        """By cell, the cell that opens its group."""
        return {
            column.cell_id: columns[0].cell_id
            for _name, columns in self.groups
            for column in columns
        }


@dataclass
class Sheet:
    """The whole of a report, or of an empty one."""

    blocks: list[Block]

    @property
    def rows(self) -> Iterator[Row]:
        return (row for block in self.blocks for row in block.rows)

    @cached_property
    def by_indicator(self) -> dict[int, Row]:
        return {row.indicator.pk: row for row in self.rows}

    @cached_property
    def keys(self) -> dict[tuple[int, int], Column]:
        """Every (indicator, cell) that the month asks for."""
        return {
            (row.indicator.pk, column.cell_id): column
            for row in self.rows
            for column in row.columns
        }

    def row_or_404(self, indicator_id: int) -> Row:
        if row := self.by_indicator.get(indicator_id):
            return row
        raise Http404

    def column_or_404(self, indicator_id: int, cell_id: int) -> Column:
        if column := self.keys.get((indicator_id, cell_id)):
            return column
        raise Http404


def total_of(values: Iterable[int | None]) -> int | None:
    """The sum of the numbers among `values`; None when there is none."""
    numbers = [value for value in values if value is not None]
    return sum(numbers) if numbers else None


def asked(*, program: Program, month: dt.date) -> Sheet:
    """The empty sheet of a program for a month: two queries."""
    return asked_of([program.pk], month)[program.pk]


def asked_of(program_ids: Collection[int], month: dt.date) -> dict[int, Sheet]:
    """The empty sheets of programs for a month: two queries, or three, however many programs."""
    sheets = {program_id: Sheet([]) for program_id in program_ids}
    asked_for = list(
        ProgramIndicator.objects.filter(
            program__in=program_ids, active__overlap=(month, month_after(month))
        )
        .select_related("indicator__breakdown")
        .order_by("position", "indicator__code")
    )
    columns = _columns({one.indicator.breakdown_id for one in asked_for}, month)
    blocks: dict[tuple[int, int], Block] = {}
    for one in asked_for:
        breakdown = one.indicator.breakdown
        own = columns.get(breakdown.pk, [])
        if (key := (one.program_id, breakdown.pk)) not in blocks:
            blocks[key] = Block(breakdown, own, [])
            sheets[one.program_id].blocks.append(blocks[key])
        blocks[key].rows.append(Row(one.indicator, own, one.is_main))
    return sheets


def asks_for(*, program_id: int, month: dt.date, indicator: Indicator) -> bool:
    """Whether the program reports this indicator in this month."""
    return ProgramIndicator.objects.filter(
        program=program_id, indicator=indicator, active__overlap=(month, month_after(month))
    ).exists()


def filled(report: CountReport) -> Sheet:
    """The sheet of a report with its counts and explanations: four queries."""
    sheet = asked(program=report.program, month=report.month)
    for count in BeneficiaryCount.objects.filter(report=report):
        if row := sheet.by_indicator.get(count.indicator_id):
            row.counts[count.cell_id] = count
    for note in CountNote.objects.filter(report=report):
        if row := sheet.by_indicator.get(note.indicator_id):
            row.note = note
    return sheet


def _columns(breakdown_ids: set[int], month: dt.date) -> dict[int, list[Column]]:
    """Cells of the breakdowns whose categories are all in use during the month, in order."""
    rows = (
        CellCategory.objects.filter(breakdown__in=breakdown_ids)
        .filter(breakdown__dimension_rows__dimension=F("dimension"))
        .select_related("cell", "category")
        .order_by("breakdown", "cell__position", "breakdown__dimension_rows__position")
    )
    columns: dict[int, list[Column]] = {}
    for cell, members in groupby(rows, lambda row: row.cell):
        categories = tuple(row.category for row in members)
        if all(_in_use(category, month) for category in categories):
            own = columns.setdefault(cell.breakdown_id, [])
            own.append(Column(cell.pk, cell.key, categories))
    # A total alone has one cell, of no category.
    without = Cell.objects.filter(breakdown__in=breakdown_ids - columns.keys(), category_rows=None)
    for cell in without:
        columns[cell.breakdown_id] = [Column(cell.pk, cell.key, ())]
    return columns


def _in_use(category: Category, month: dt.date) -> bool:
    first, after = category.valid.lower, category.valid.upper
    return (first is None or first < month_after(month)) and (after is None or after > month)
