"""What applying a workbook would change now, program by program and site by site."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from accounts.models import User
from beneficiaries.models import BeneficiaryCount, WorkbookUpload
from beneficiaries.sheet import Column
from programs.models import Indicator, Program, Site

from .book import Key, SiteSheet, book_of, by_program
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
    """The changes of one site in one program; they are left out while its month is closed."""

    sheet: SiteSheet
    changes: list[Difference] = field(default_factory=list)
    # Cells that tally sheets fill now, or that the month no longer asks for.
    skipped: int = 0

    @property
    def program(self) -> Program:
        return self.sheet.program

    @property
    def site(self) -> Site:
        return self.sheet.site

    @property
    def is_seen(self) -> bool:
        return bool(self.changes or self.skipped)


@dataclass
class Preview:
    """Everything that applying would do, and the sheets whose counts one may not enter now."""

    sites: list[SiteChanges] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.programs or self.beyond)

    @property
    def programs(self) -> list[tuple[Program, list[SiteChanges]]]:
        """What there is to look at."""
        return by_program(one for one in self.sites if one.is_seen)

    @property
    def written(self) -> list[tuple[Program, list[SiteChanges]]]:
        """The sites that the workbook is about, with their reports."""
        return by_program(one for one in self.sites if one.sheet.report)

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
            (*one.sheet.place, c.indicator.pk, c.column.cell_id, c.now, c.says)
            for one in self.to_apply
            for c in one.changes
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def preview(upload: WorkbookUpload, user: User) -> Preview:
    """The rows of an upload against the numbers of now, where `user` still enters the month."""
    where = {"organisation_id": upload.organisation_id, "month": upload.month}
    places = places_of(user, **where)
    sheets = book_of(places, upload.month).sheets if places else []
    found = {sheet.place: SiteChanges(sheet) for sheet in sheets}
    asked = {sheet.place: _asked(sheet) for sheet in sheets}
    touched, beyond = set(), []
    for name, program_id, site_id, *row in upload.rows:
        place = program_id, site_id
        touched.add(place)
        if place in found:
            _add(found[place], asked[place], row)
        elif name not in beyond:
            beyond.append(name)
    return Preview([one for place, one in found.items() if place in touched], beyond)


def _reason(said: Written) -> str:
    """Why a number is missing, in words; "" for a number or an empty cell."""
    return str(BeneficiaryCount.MissingReason(said[1]).label) if said[1] else ""


def _asked(sheet: SiteSheet) -> dict[Key, tuple[Indicator, Column]]:
    return {
        (row.indicator.pk, column.cell_id): (row.indicator, column)
        for block in sheet.blocks
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
