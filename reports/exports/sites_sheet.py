"""The sheet of sites: each figure site by site, as in the charts of the dashboard."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.figures import Amount, Board, Figure, goals_by_site, site_rows

from .file import neutral


def sites_sheet(sheet: Worksheet, figures: Board, styles: dict[str, Format]) -> None:
    """One line for each figure of each site, with its own target and its reports."""
    head = [
        _("Program"), _("Figure"), _("Unit"), _("Site"), _("Total"), _("Expected"),
        _("Reports approved"), _("Reports expected"),
    ]  # fmt: skip
    sheet.write_row(0, 0, head, styles["head"])
    for row, line in enumerate(_lines(figures), start=1):
        for column, entry in enumerate(line):
            if isinstance(entry, int):
                sheet.write_number(row, column, entry, styles["number"])
            elif entry is not None:
                sheet.write_string(row, column, neutral(entry))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 1, 34)
    sheet.set_column(2, 2, 11)
    sheet.set_column(3, 3, 34)
    sheet.set_column(4, len(head) - 1, 11)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _lines(figures: Board) -> Iterator[list]:
    goals = goals_by_site(figures.selection, figures.targets)
    for section in figures.sections:
        for tile in section.tiles:
            words = [tile.program, tile.indicator, tile.unit]
            for row in site_rows(Figure(figures, section, tile), goals):
                reports = row.reports or (None, None)
                yield [*words, row.label, _number(row.total), row.expected, *reports]


def _number(amount: Amount | None) -> int | Amount | None:
    """A range, which is no number, stays one."""
    return amount.high if amount and amount.is_exact else amount
