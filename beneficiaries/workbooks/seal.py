"""The hidden sheet of a workbook: what it is about and where each number stands, signed.

Nothing else of a file that comes back says which organisation, month or cell a number is for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from beneficiaries.models import BeneficiaryCount

from .book import Book
from .checking import NotAWorkbook
from .layout import tables
from .values import EMPTY, Written

SALT = "beneficiaries.workbook"
FORMAT = 1
# A cell of a spreadsheet holds 32 767 characters.
PART = 30_000


@dataclass(frozen=True)
class Place:
    """One number that may be written: where it stands, what it counts, what it was when given."""

    row: int
    column: int
    indicator_id: int
    cell_id: int
    was: Written


@dataclass(frozen=True)
class SealedSheet:
    """The sheet of a site: its places, and the codes and keys that must still stand beside."""

    site_id: int
    name: str
    places: list[Place]
    landmarks: dict[tuple[int, int], str]


@dataclass(frozen=True)
class Seal:
    """What a workbook is about."""

    organisation_id: int
    program_id: int
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
        "program": book.program.pk,
        "month": book.month.isoformat(),
        "landmarks": _landmarks(book),
        "sheets": [[s.site.pk, s.site.code, _places(book, s)] for s in book.sheets],
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
    landmarks = {(row, column): label for row, column, label in about["landmarks"]}
    return Seal(
        organisation_id=about["organisation"],
        program_id=about["program"],
        month=dt.date.fromisoformat(about["month"]),
        sheets=[
            SealedSheet(site_id, name, [_place(one) for one in places], landmarks)
            for site_id, name, places in about["sheets"]
        ],
    )


def _landmarks(book: Book) -> list[tuple[int, int, str]]:
    marks = []
    for table in tables(book.blocks):
        marks += [(table.keys_at, at, column.key) for at, column in table.columns]
        marks += [(line.at, 0, line.row.indicator.code) for line in table.lines]
    return marks


def _places(book: Book, sheet) -> list[tuple]:
    return [
        (line.at, at, *key, *said(sheet.counts.get(key)))
        for table in tables(book.blocks)
        for line in table.lines
        for at, column in table.columns
        if sheet.is_open(key := (line.row.indicator.pk, column.cell_id))
    ]


def _place(one: list) -> Place:
    row, column, indicator_id, cell_id, value, reason = one
    return Place(row, column, indicator_id, cell_id, (value, reason))
