"""A figure month by month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from programs.models import Indicator
from reports.period import short

from .breakdown import breakdown_of
from .rules import Amount
from .selection import Selection
from .tables import Column, Entry, Figure, Row, Table, adds_up, columns_of, overlap_note
from .targets import expected_in_month
from .tiles import NONE, Tile


def trend(asked: Figure) -> Table:
    """The figure of each month, by the first dimension of its breakdown (sex), in its unit."""
    tile, indicator = asked.tile, asked.tile.indicator
    goal = tile.goal.goal if tile.goal else None
    expected = expected_by_month(asked.selection, tile)
    split = _split_by_month(asked, indicator)
    rows = [
        Row(
            key=f"{month:%Y-%m}",
            label=short(month),
            entries=split.entries(month),
            total=tile.months.get(month),
            expected=expected.get(month),
        )
        for month in asked.selection.period.months
        if month < asked.selection.period.now or month in tile.months
    ]
    return Table(
        name="trend",
        title=_("Month by month"),
        unit=indicator.unit_name,
        head=_("Month"),
        columns=split.columns,
        rows=rows,
        notes=[*overlap_note(indicator, asked), *_trend_notes(rows, indicator)],
        level=goal.value if goal and goal.is_level else None,
    )


def expected_by_month(selection: Selection, tile: Tile) -> dict[dt.date, int]:
    """What its leading target asks of each month of the period, where it runs; months to come too.

    A level is asked of every month alike.
    """
    if not tile.goal:
        return {}
    months = selection.period.months
    found = {month: expected_in_month(tile.goal.goal, month) for month in months}
    return {month: number for month, number in found.items() if number is not None}


def _trend_notes(rows: list[Row], indicator: Indicator) -> list[str]:
    notes = []
    if any(row.total is None for row in rows):
        notes.append(_("A month without a bar has no approved report: it is not a zero."))
    if indicator.time_rule == NONE:
        notes.append(_("Months stand side by side: distinct counts never add up over months."))
    return notes


@dataclass(frozen=True)
class _Split:
    columns: list[Column]
    sums: dict[tuple[dt.date, str], int]

    def entries(self, month: dt.date) -> list[Entry]:
        found = (self.sums.get((month, column.key)) for column in self.columns)
        return [None if number is None else Amount(number, number) for number in found]


def _split_by_month(asked: Figure, indicator: Indicator) -> _Split:
    """Sums by month and category; none where sites may count the same person."""
    breakdown = breakdown_of(indicator)
    if not breakdown.first or not adds_up(asked, indicator):
        return _Split([], {})
    sums: dict[tuple[dt.date, str], int] = {}
    for count in asked.cells(indicator):
        if count.value is not None:
            key = count.month, breakdown.first_of(count.cell_id)
            sums[key] = sums.get(key, 0) + count.value
    return _Split(columns_of(breakdown.first), dict(sums))
