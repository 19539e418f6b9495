"""The hidden sheet of a workbook: what it is about and where each number stands, signed.

Nothing else of a file that comes back says which organisation, program, site, month or cell a
number is for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from beneficiaries.models import BeneficiaryCount

from .book import Book, SiteSheet
from .checking import NotAWorkbook
from .layout import tables
from .values import EMPTY, Written

SALT = "beneficiaries.workbook"
FORMAT = 2
# A cell of a spreadsheet holds 32 767 characters.
PART = 30_000


@dataclass(frozen=True)
class Place:
    """One number: where it stands, what it counts, what it was when given."""

    row: int
    column: int
    indicator_id: int
    cell_id: int
    was: Written


@dataclass(frozen=True)
class SealedSheet:
    """The sheet of a site in a program: its places, and the codes and keys still beside them."""

    name: str
    program_id: int
    site_id: int
    places: list[Place]
    landmarks: dict[tuple[int, int], str]


@dataclass(frozen=True)
class Seal:
    """What a workbook is about."""

    organisation_id: int
    month: dt.date
    sheets: list[SealedSheet]


def said(count: BeneficiaryCount | None) -> Written:
    """What a cell of the portal says, in the terms of a workbook."""
    return (count.value, count.missing_reason) if count else EMPTY


def seal(book: Book) -> list[str]:
    """The signed description of a book, in parts that fit in cells."""
    about = {
        "format": FORMAT,
        "organisation": book.organisation.pk,
        "month": book.month.isoformat(),
        "landmarks": {sheet.program.pk: _landmarks(sheet) for sheet in book.sheets},
        "sheets": [[sheet.name, *sheet.place, _places(sheet)] for sheet in book.sheets],
    }
    text = signing.dumps(about, salt=SALT, compress=True)
    return [text[start : start + PART] for start in range(0, len(text), PART)]


def opened(text: str) -> Seal:
    """The description back; NotAWorkbook when this portal did not write it."""
    try:
        about = signing.loads(text, salt=SALT)
        if about["format"] != FORMAT:
            raise NotAWorkbook(_("This workbook is of an older version. Download a fresh one."))
    except signing.BadSignature as error:
        raise NotAWorkbook(
            _("This workbook was not made by this portal, or was changed where it must not be.")
        ) from error
    # The keys of JSON are texts.
    landmarks = {
        int(program_id): {(row, column): label for row, column, label in marks}
        for program_id, marks in about["landmarks"].items()
    }
    return Seal(
        organisation_id=about["organisation"],
        month=dt.date.fromisoformat(about["month"]),
        sheets=[
            SealedSheet(name, program, site, [_place(one) for one in places], landmarks[program])
            for name, program, site, places in about["sheets"]
        ],
    )


def _landmarks(sheet: SiteSheet) -> list[tuple[int, int, str]]:
    marks = []
    for table in tables(sheet.blocks):
        marks += [(table.keys_at, at, column.key) for at, column in table.columns]
        marks += [(line.at, 0, line.row.indicator.code) for line in table.lines]
    return marks


def _places(sheet: SiteSheet) -> list[tuple]:
    """All of an open sheet, grey cells too: who changed one is told that it is left as it is."""
    if sheet.closed:
        return []
    return [
        (line.at, at, *key, *said(sheet.counts.get(key)))
        for table in tables(sheet.blocks)
        for line in table.lines
        for at, column in table.columns
        for key in [(line.row.indicator.pk, column.cell_id)]
    ]


def _place(one: list) -> Place:
    row, column, indicator_id, cell_id, value, reason = one
    return Place(row, column, indicator_id, cell_id, (value, reason))
