"""The sheet that says what the screen says: programs, their figures, the targets of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from beneficiaries.models import BeneficiaryCount
from reports.figures import Amount, Board, Tile, expected_by_month, sentences
from reports.figures.completeness import Completeness
from reports.figures.targets import Progress
from reports.figures.tiles import Section

from .file import Mark, neutral

HEAD_ROW, FIRST_MONTH = 4, 3
# Columns whose numbers are not plain ones.
STYLES = {"total": "total", "approved_at": "moment", "start": "day", "end": "day"}
# Three sheets of A4 side by side: fewer would be too small to read.
PAGES_ACROSS = 3
# What stands on a line, by month or by the name of its column.
Line = dict[str | dt.date, Amount | int | str | dt.date | None]


def figures_sheet(sheet: Worksheet, figures: Board, mark: Mark, styles: dict[str, Format]) -> None:
    """One line for each program, for each figure with its months, for what its leading target
    expects of each of them, and for each further target."""
    months, names = figures.selection.period.months, _columns()
    places = {key: FIRST_MONTH + number for number, key in enumerate([*months, *names])}
    sheet.write_string(0, 0, _("Dashboard"), styles["title"])
    sheet.write_string(1, 0, neutral(" · ".join(sentences(figures.selection))))
    sheet.write_string(2, 0, neutral(mark.line))
    for column, text in enumerate([_("Program"), _("Figure"), _("Unit")]):
        sheet.write_string(HEAD_ROW, column, text, styles["head"])
    for month in months:
        sheet.write_datetime(HEAD_ROW, places[month], month, styles["month_head"])
    for name, text in names.items():
        sheet.write_string(HEAD_ROW, places[name], text, styles["head"])
    for row, (words, line) in enumerate(_lines(figures), start=HEAD_ROW + 1):
        for column, text in enumerate(words):
            sheet.write_string(row, column, neutral(text))
        for key, value in line.items():
            _entry(sheet, row, places[key], value, styles[STYLES.get(key, "number")])
    _laid_out(sheet, places)


def _laid_out(sheet: Worksheet, places: dict) -> None:
    sheet.freeze_panes(HEAD_ROW + 1, FIRST_MONTH)
    sheet.set_column(0, 1, 34)
    sheet.set_column(FIRST_MONTH, FIRST_MONTH + len(places), 11)
    for name in ("notes", "about"):
        sheet.set_column(places[name], places[name], 34)
    sheet.set_column(places["approved_at"], places["approved_at"], 16)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(PAGES_ACROSS, 0)
    sheet.repeat_columns(0, FIRST_MONTH - 1)
    sheet.repeat_rows(HEAD_ROW)


def _columns() -> dict[str, str]:
    """The columns after the months, and their heads."""
    return {
        "total": _("Total"),
        "notes": _("How it is read"),
        "pending": _("Not yet approved"),
        "with_unapproved": _("With what is not yet approved"),
        "missing_cells": _("Cells without a number"),
        **{reason.value: str(reason.label) for reason in BeneficiaryCount.MissingReason},
        "sites": _("Sites"),
        "complete_sites": _("Sites complete"),
        "late_sites": _("Sites late"),
        "reports": _("Reports expected"),
        "approved_reports": _("Reports approved"),
        "waiting_reports": _("Reports not yet approved"),
        "corrections": _("Corrections under way"),
        "approved_at": _("Last approval"),
        "target": _("Target"),
        "about": _("What the target is about"),
        "bound_sites": _("Sites of the target"),
        "start": _("First day of the target"),
        "end": _("Last day of the target"),
        "reached": _("Reached"),
        "percent": _("Percent of the target"),
        "expected": _("Expected by now"),
        "expected_percent": _("Percent expected by now"),
        "kept_months": _("Months on target"),
        "reported_months": _("Months reported"),
    }


def _lines(figures: Board) -> Iterator[tuple[list, Line]]:
    """The words of a line (program, figure, unit), and what stands under its columns."""
    for section in figures.sections:
        yield [section.program], _program(section)
        for tile in section.tiles:
            words = [tile.program, tile.indicator, tile.unit]
            yield words, {**tile.months, **_total(tile), **_target(tile.goal)}
            if expected := expected_by_month(figures.selection, tile):
                name = _("%(figure)s: expected by month") % {"figure": tile.indicator}
                yield [tile.program, name, tile.indicator.unit_name], expected
            for progress in tile.further:
                yield words, _target(progress)


def _program(section: Section) -> Line:
    at = section.approved_at
    return {
        **_completeness(section.completeness),
        "waiting_reports": section.waiting_reports,
        "corrections": section.corrections,
        # A spreadsheet knows no time zones: the hour of the screen.
        "approved_at": timezone.localtime(at).replace(tzinfo=None) if at else None,
    }


def _total(tile: Tile) -> Line:
    return {
        "total": _shown(tile),
        "notes": " · ".join([*([_("at least")] if tile.is_at_least else []), *tile.notes]),
        "pending": tile.pending,
        "with_unapproved": tile.with_unapproved,
        "missing_cells": tile.missing_cells,
        **tile.missing,
        **_completeness(tile.completeness),
    }


def _shown(tile: Tile) -> Amount | int | None:
    """The number of the screen, which after "at least" is the lowest."""
    if tile.total and tile.is_at_least:
        return tile.total.amount.low
    return tile.total and tile.total.amount


def _completeness(complete: Completeness) -> Line:
    return {
        "sites": complete.sites,
        "complete_sites": complete.complete_sites,
        "late_sites": complete.late_sites,
        "reports": complete.reports,
        "approved_reports": complete.approved_reports,
    }


def _target(progress: Progress | None) -> Line:
    if progress is None:
        return {}
    goal = progress.goal
    first, last = goal.days
    about = [goal.cell and goal.cell.label, goal.grant]
    months = (progress.kept_months, progress.months) if goal.is_level else (None, None)
    return {
        "target": goal.value,
        "about": " · ".join(str(one) for one in about if one),
        "bound_sites": len(goal.sites) if goal.sites else None,
        "start": first,
        "end": last,
        "reached": progress.reached,
        "percent": progress.percent,
        "expected": progress.expected,
        "expected_percent": progress.expected_percent,
        "kept_months": months[0],
        "reported_months": months[1],
    }


def _entry(sheet: Worksheet, row: int, column: int, value, style: Format) -> None:
    """A number as a number, a day as a day; a range, which is none, as its text."""
    if isinstance(value, Amount) and value.is_exact:
        value = value.high
    if isinstance(value, int):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, style)
    elif value:
        sheet.write_string(row, column, neutral(value))
