"""A figure by sex and age, or by whatever its breakdown tells apart."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils.translation import gettext as _

from programs.models import Indicator
from reports.period import short

from .breakdown import CellCount, breakdown_of
from .rules import Amount, over_sites
from .tables import Entry, Figure, Row, Table, adds_up, columns_of
from .tiles import LAST, Tile


def sex_age(asked: Figure) -> Table:
    """The figure by the two first dimensions of its breakdown (sex and age), in its unit."""
    tile, indicator = asked.tile, asked.tile.counted
    breakdown = breakdown_of(indicator)
    month = tile.total.month if tile.total else None
    cells = _entries_by_cell(asked.cells(indicator), month)
    lines = breakdown.second or breakdown.first
    columns = breakdown.first if breakdown.second else []
    rows = [
        Row(
            key=line.code,
            label=line.name,
            entries=[_entry(breakdown.cells_of(column, line), cells) for column in columns],
            total=_entry(breakdown.cells_of(None, line), cells),
        )
        for line in lines
    ]
    return Table(
        name="sex_age",
        title=" × ".join(dimension.name for dimension in breakdown.dimensions[:2]),
        unit=indicator.unit_name,
        head=breakdown.line_name,
        columns=columns_of(columns),
        rows=rows,
        notes=[*_month_note(tile, indicator), *_sites_added_note(asked, indicator)],
        total=_entry(list(breakdown.keys), cells),
    )


def _entries_by_cell(counts: list[CellCount], month: dt.date | None) -> dict[int, list[Entry]]:
    """What was counted in each cell, over the months that the total is made of."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for count in counts:
        if month is not None and count.month != month:
            continue
        if count.value is not None:
            found[count.cell_id].append(Amount(count.value, count.value))
        found[count.cell_id] += count.reasons or []
    return found


def _entry(cell_ids: list[int], cells: dict[int, list[Entry]]) -> Entry:
    """Cells added; without any number, the reason that they share."""
    entries = [entry for cell_id in cell_ids for entry in cells.get(cell_id, [])]
    numbers = [entry.high for entry in entries if isinstance(entry, Amount)]
    if numbers:
        return over_sites(numbers, "sum")
    reasons = {entry for entry in entries if isinstance(entry, str)}
    return reasons.pop() if len(reasons) == 1 else None


def _month_note(tile: Tile, indicator: Indicator) -> list[str]:
    if not tile.total or not tile.total.month or not tile.is_over_months:
        return []
    if indicator.time_rule == LAST:
        return [tile.stock_note]
    values = {"month": short(tile.total.month)}
    return [_("In %(month)s, the highest month: distinct counts never add up.") % values]


def _sites_added_note(asked: Figure, indicator: Indicator) -> list[str]:
    if adds_up(asked, indicator):
        return []
    return [_("All the sites together: two of them may count the same person or household.")]
