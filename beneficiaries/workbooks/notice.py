"""The first sheet of a workbook: how to fill it in, in both languages."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .book import LANGUAGES, Book
from .months import month_name


def steps() -> list[str]:
    """What to do, in the language of the moment."""
    return [
        _("Each sheet is a site. Fill in the white cells; the grey ones are computed or closed."),
        _("Write whole numbers from 0 to 100,000. Zero means that you counted and found nobody."),
        _("If a number is missing, write why: nc not collected, na not applicable, … withheld."),
        _("An empty cell changes nothing: what the portal already holds stays."),
        _("Do not add, move or rename lines, columns or sheets. Save the file as .xlsx."),
        _("Send it on the page where you downloaded it: you see each change before it is kept."),
        _("Sending fills in the counts; it does not submit them for approval."),
        _("This file holds numbers only: write nothing about a person in it."),
    ]


def write_notice(page, book: Book, formats: dict) -> None:
    """The reader's language first, then the other; then the sheets and their state."""
    page.set_column(0, 0, 4)
    page.set_column(1, 1, 100)
    page.hide_gridlines(2)
    first, row = get_language() or "en", 0
    for language in sorted(LANGUAGES, key=lambda language: language != first):
        with translation.override(language):
            row = _in_one_language(page, book, formats, row)
    for sheet in book.sheets:
        with translation.override(first):
            state = str(sheet.closed.reason) if sheet.closed else ""
            text = " · ".join(part for part in (sheet.site.code, str(sheet.site), state) if part)
        page.write_string(row, 1, text, formats["text"])
        row += 1
    page.protect("", {"format_columns": True, "format_rows": True})


def _in_one_language(page, book: Book, formats: dict, row: int) -> int:
    title = f"{book.program.name} · {month_name(book.month)}"
    page.write_string(row, 0, title, formats["title"])
    page.write_string(row + 1, 0, book.organisation.name, formats["soft"])
    for number, step in enumerate(steps(), start=1):
        page.write_number(row + 1 + number, 0, number, formats["soft"])
        page.write_string(row + 1 + number, 1, step, formats["wrap"])
    return row + len(steps()) + 4
