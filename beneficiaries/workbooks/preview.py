"""What applying a workbook would change now, site by site."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from accounts.models import User
from beneficiaries.models import BeneficiaryCount, WorkbookUpload
from beneficiaries.sheet import Column
from programs.models import Indicator, Site

from .book import Book, Key, SiteSheet, book_of
from .desk import places_of
from .seal import said
from .values import Written


@dataclass(frozen=True)
class Difference:
    """One number that would change: where it stands, what it was, is and would be."""

    cell: str
    indicator: Indicator
    column: Column
    was: Written
    now: Written
    says: Written

    @property
    def is_changed_meanwhile(self) -> bool:
        """Whether somebody else changed it since the workbook was downloaded."""
        return self.now != self.was

    @property
    def why_missing_now(self) -> str:
        return _reason(self.now)

    @property
    def why_missing_then(self) -> str:
        return _reason(self.says)


@dataclass
class SiteChanges:
    """The changes of one site; they are left out while its month is closed."""

    sheet: SiteSheet
    changes: list[Difference] = field(default_factory=list)
    # Cells that tally sheets fill now, or that the month no longer asks for.
    skipped: int = 0

    @property
    def site(self) -> Site:
        return self.sheet.site


@dataclass
class Preview:
    """Everything that applying would do."""

    book: Book | None
    sites: list[SiteChanges]

    @property
    def to_apply(self) -> list[SiteChanges]:
        return [one for one in self.sites if one.changes and not one.sheet.closed]

    @property
    def number(self) -> int:
        return sum(len(one.changes) for one in self.to_apply)

    @property
    def fingerprint(self) -> str:
        """Changes when what would be done changes."""
        content = [
            (one.site.pk, c.indicator.pk, c.column.cell_id, c.now, c.says)
            for one in self.to_apply
            for c in one.changes
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def preview(upload: WorkbookUpload, user: User) -> Preview:
    """The rows of an upload against the numbers of now, for the sites that `user` enters."""
    places = places_of(
        user,
        program_id=upload.program_id,
        organisation_id=upload.organisation_id,
        month=upload.month,
    )
    if not places:
        return Preview(None, [])
    book = book_of(places, upload.month)
    sheets = {sheet.site.pk: sheet for sheet in book.sheets}
    asked = _asked(book)
    found: dict[int, SiteChanges] = {}
    for site_id, *row in upload.rows:
        if sheet := sheets.get(site_id):
            _add(found.setdefault(site_id, SiteChanges(sheet)), asked, row)
    return Preview(book, [found[site_id] for site_id in sheets if site_id in found])


def _reason(said: Written) -> str:
    """Why a number is missing, in words; "" for a number or an empty cell."""
    return str(BeneficiaryCount.MissingReason(said[1]).label) if said[1] else ""


def _asked(book: Book) -> dict[Key, tuple[Indicator, Column]]:
    return {
        (row.indicator.pk, column.cell_id): (row.indicator, column)
        for block in book.blocks
        for row in block.rows
        for column in row.columns
    }


def _add(one: SiteChanges, asked: dict, row: list) -> None:
    indicator_id, cell_id, value, reason, was_value, was_reason, cell = row
    key, says = (indicator_id, cell_id), (value, reason)
    now = said(one.sheet.counts.get(key))
    if now == says:
        return
    if key not in asked or not (one.sheet.closed or one.sheet.is_open(key)):
        one.skipped += 1
        return
    one.changes.append(Difference(cell, *asked[key], (was_value, was_reason), now, says))
