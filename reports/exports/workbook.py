"""A workbook: the figures as on the screen, the counts they are made of, and a codebook."""

from __future__ import annotations

import gc
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.figures import Board

from .codebook import HEAD, Line, lines
from .counts import Counts
from .figures_sheet import figures_sheet
from .file import Mark
from .sites_sheet import sites_sheet

# In memory: nothing in clear is left in a temporary file, and equal texts are written once. The
# budget of a day (reports/budget.py) bounds what it takes.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
EPOCH = 693594  # 30 December 1899, from which spreadsheets count days


def workbook(figures: Board, found: Counts, mark: Mark) -> bytes:
    """Figures and sites (in the reader's language), data (tidy), codebook (both languages)."""
    file = io.BytesIO()
    with _collector_paused(), xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"comments": mark.line})
        styles = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "number": book.add_format({"num_format": "#,##0"}),
            "total": book.add_format({"num_format": "#,##0", "bold": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "month_head": book.add_format({"num_format": "mmm yyyy", "bold": True, "bottom": 1}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        figures_sheet(book.add_worksheet(_("Figures")), figures, mark, styles)
        sites_sheet(book.add_worksheet(_("Sites")), figures, styles)
        _data(book.add_worksheet("data"), found, styles)
        _codebook(book.add_worksheet("codebook"), lines(figures, found, mark), styles)
        for sheet in book.worksheets():
            sheet.set_footer(f"&L{mark.number}&R&P / &N")
    return file.getvalue()


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Every cell lives until the file is written: to look for garbage among half a million of them
    takes a fifth of the time, and finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _data(sheet: Worksheet, found: Counts, styles: dict[str, Format]) -> None:
    """Every count cell by cell: codes as in the codebook, real numbers and dates."""
    head = [
        "month", "organisation", "program", "site", "indicator",
        *[dimension.code.lower() for dimension in found.dimensions],
        "value", "missing_reason", "state", "version",
    ]  # fmt: skip
    sheet.write_row(0, 0, head, styles["head"])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head), 14)
    last = _data_rows(sheet, found, len(head) - 4, styles["day"])
    sheet.autofilter(0, 0, last, len(head) - 1)


def _data_rows(sheet: Worksheet, found: Counts, value_column: int, day: Format) -> int:
    """Blank boxes are not written: most counts lack no number. The last row."""
    row = 0
    seen = found.selection.visible
    texts = cache(lambda cell: found.texts(cell, "code"))
    for row, cell in enumerate(found.cells(), start=1):
        report = cell.report
        sheet.write_number(row, 0, report.month.toordinal() - EPOCH, day)
        sheet.write_string(row, 1, seen.organisations[report.organisation_id].code)
        sheet.write_string(row, 2, seen.programs[report.program_id].code)
        sheet.write_string(row, 3, seen.sites[report.site_id].code)
        sheet.write_string(row, 4, cell.indicator.code)
        for column, text in enumerate(texts(cell.cell_id), start=5):
            if text:
                sheet.write_string(row, column, text)
        if cell.value is None:
            sheet.write_string(row, value_column + 1, cell.missing_reason)
        else:
            sheet.write_number(row, value_column, cell.value)
        sheet.write_string(row, value_column + 2, report.status)
        sheet.write_number(row, value_column + 3, report.version)
    return row


def _codebook(sheet: Worksheet, written: Iterable[Line], styles: dict[str, Format]) -> None:
    """One line for each code used in the other sheets, and what the file was made from."""
    sheet.write_row(0, 0, HEAD, styles["head"])
    for row, line in enumerate(written, start=1):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text, styles["wrap"])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 5, 44)
