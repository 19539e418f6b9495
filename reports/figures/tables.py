"""A figure told apart: the rows that its chart, its table and its export share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from programs.models import Category, Indicator, ProgramIndicator

from .board import Board, Values, board
from .breakdown import CellCount, cell_counts
from .rules import Amount
from .selection import Selection, read_key
from .tiles import Section, Tile

# A number, the reason it is missing ("not_collected"…), or nothing at all.
Entry = Amount | str | None


@dataclass(frozen=True)
class Column:
    """One series: a category, or the whole figure."""

    key: str
    label: str
    is_unknown: bool = False


@dataclass(frozen=True)
class Row:
    """One bar or line: a month, an age, a site, a program."""

    key: str
    label: str
    entries: list[Entry]
    total: Entry
    # What was to be reached of it, at an even pace.
    expected: int | None = None
    # Approved and expected reports behind it.
    reports: tuple[int, int] | None = None
    group: str = ""


@dataclass(frozen=True)
class Table:
    """A figure told apart, ready to be drawn, read, printed and exported."""

    name: str
    title: str
    unit: str
    head: str
    columns: list[Column]
    rows: list[Row]
    notes: list[str]
    # Only where parts add up: the same number as the tile.
    total: Entry = None
    # A level to keep up, drawn as a line.
    level: int | None = None
    group_head: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(isinstance(row.total, Amount) for row in self.rows)

    @property
    def has_expected(self) -> bool:
        return any(row.expected is not None for row in self.rows)

    @property
    def has_reports(self) -> bool:
        return any(row.reports for row in self.rows)

    @property
    def is_split(self) -> bool:
        """Whether series stand beside the total."""
        return len(self.columns) > 1


@dataclass(frozen=True)
class Figure:
    """One figure of the dashboard with the rows that it is made of."""

    board: Board
    section: Section
    tile: Tile

    @property
    def selection(self) -> Selection:
        return self.board.selection

    def values(self, indicator: Indicator) -> Values:
        return self.board.values(self.tile.program.pk, indicator.pk)

    def cells(self, indicator: Indicator) -> list[CellCount]:
        """Its numbers cell by cell, of the reports that the total is made of."""
        kept = [
            report.pk
            for report in self.board.data.reports
            if report.program_id == self.tile.program.pk
            and (report.is_approved or self.selection.with_unapproved)
        ]
        return cell_counts(kept, indicator)


def figure(selection: Selection, key: str) -> Figure | None:
    """The figure of a key "program-indicator", if it is visible and reported in the period."""
    program, indicator = map(read_key, key.partition("-")[::2])
    if indicator is None or program not in {p.pk for p in selection.programs}:
        return None
    narrow = replace(selection, chosen={**selection.chosen, "program": program})

    def is_wanted(row: ProgramIndicator, rows: list[ProgramIndicator]) -> bool:
        wanted = {indicator}
        wanted |= {r.indicator.summed_by_id for r in rows if r.indicator_id == indicator}
        return row.indicator_id in wanted

    built = board(narrow, is_wanted)
    for section in built.sections:
        for tile in section.tiles:
            if tile.key == key:
                return Figure(built, section, tile)
    return None


def columns_of(categories: Iterable[Category]) -> list[Column]:
    return [Column(c.code, c.name, c.is_unknown) for c in categories]


def adds_up(asked: Figure, indicator: Indicator) -> bool:
    """Whether sites may be added: their rule says so, or there is one."""
    if indicator.site_rule == Indicator.SiteRule.SUM:
        return True
    return len({site for site, _month in asked.values(indicator)}) < 2


def overlap_note(indicator: Indicator, asked: Figure) -> list[str]:
    if adds_up(asked, indicator):
        return []
    return [
        _(
            "Two sites may count the same person or household: the number lies between "
            "the largest site and all the sites together."
        )
    ]
