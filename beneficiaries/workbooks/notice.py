"""The first sheet of a workbook: how to fill it in, and what each sheet is, in both languages."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .book import LANGUAGES, Book, SiteSheet, by_program, in_both
from .months import month_name


def steps() -> list[str]:
    """What to do, in the language of the moment."""
    return [
        _(
            "Each sheet is a site in a program. Fill in the white cells; the grey ones are "
            "computed or closed."
        ),
        _("Write whole numbers from 0 to 100 000. Zero means that you counted and found nobody."),
        _("If a number is missing, write why: nc not collected, na not applicable, … withheld."),
        _("An empty cell changes nothing: what the portal already holds stays."),
        _("Do not add, move or rename lines, columns or sheets. Save the file as .xlsx."),
        _("Send it on the page where you downloaded it: you see each change before it is kept."),
        _("Sending fills in the counts; it does not submit them for approval."),
        _("This file holds numbers only: write nothing about a person in it."),
    ]


def write_notice(page, book: Book, formats: dict) -> None:
    """The reader's language first, then the other; then the sheets by program, with their state."""
    page.set_column(0, 0, 4)
    page.set_column(1, 1, 100)
    page.hide_gridlines(2)
    first, row = get_language() or "en", 0
    for language in sorted(LANGUAGES, key=lambda language: language != first):
        with translation.override(language):
            row = _in_one_language(page, book, formats, row)
    for program, sheets in by_program(book.sheets):
        name = f"{program.code} · {in_both(lambda program=program: program.name)}"
        page.write_string(row, 0, name, formats["strong"])
        for sheet in sheets:
            row += 1
            _link(page, row, sheet, formats)
        row += 2
    page.protect("", {"format_columns": True, "format_rows": True})


def _link(page, row: int, sheet: SiteSheet, formats: dict) -> None:
    """The site and its state, which lead to its sheet."""
    parts = [sheet.name, in_both(lambda: sheet.site)]
    if sheet.closed:
        parts.append(in_both(lambda: sheet.closed.reason))
    page.write_url(row, 1, f"internal:'{sheet.name}'!A1", formats["link"], " · ".join(parts))


def _in_one_language(page, book: Book, formats: dict, row: int) -> int:
    page.write_string(row, 0, book.organisation.name, formats["title"])
    page.write_string(row + 1, 0, month_name(book.month), formats["soft"])
    for number, step in enumerate(steps(), start=1):
        page.write_number(row + 1 + number, 0, number, formats["soft"])
        page.write_string(row + 1 + number, 1, step, formats["wrap"])
    return row + len(steps()) + 4
