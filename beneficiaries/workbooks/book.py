"""What stands in the workbook of a month: its programs, sites, indicators, cells and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.utils import translation
from django.utils.translation import get_language

from beneficiaries.closed import Closed, closed_months, current_reports
from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.sheet import Block, asked_of
from programs.models import Organisation, Program, ProgramSite, Site

from .names import Place, sheet_names

LANGUAGES = ("fr", "en")
# An indicator in one cell.
Key = tuple[int, int]


@dataclass
class SiteSheet:
    """One site in one program: its numbers so far, and why they may no longer change, if so."""

    name: str
    program: Program
    site: Site
    closed: Closed | None = None
    report: CountReport | None = None
    blocks: list[Block] = field(default_factory=list)
    counts: dict[Key, BeneficiaryCount] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return self.program.pk, self.site.pk

    def is_open(self, key: Key) -> bool:
        """Whether a person may write in this cell: not when tally sheets fill it."""
        count = self.counts.get(key)
        return self.closed is None and not (count and count.is_derived)


@dataclass
class Book:
    """The workbook of one organisation for one month: a sheet for each site of each program."""

    organisation: Organisation
    month: dt.date
    sheets: list[SiteSheet]

    @property
    def name(self) -> str:
        """Of the file: the organisation's code and the month, nobody's name."""
        return f"{self.organisation.code}-{self.month:%Y-%m}".lower()


def sheets_of(places: Collection[ProgramSite], month: dt.date) -> list[SiteSheet]:
    """The sheets of some sites of one organisation, without numbers yet: three queries at most."""
    keys = [(place.organisation_id, place.program_id, place.site_id) for place in places]
    reports = current_reports(keys, [month])
    closed = closed_months(keys, [month], reports)
    names = sheet_names(places)
    return [
        SiteSheet(
            name=names[place.program_id, place.site_id],
            program=place.program,
            site=place.site,
            closed=closed.get((key, month)),
            report=reports.get((key, month)),
        )
        for key, place in zip(keys, places, strict=True)
    ]


def book_of(places: list[ProgramSite], month: dt.date) -> Book:
    """The book of some sites of an organisation: seven queries at most, however many."""
    return _book(places[0].organisation, month, sheets_of(places, month))


def to_fill(places: list[ProgramSite], month: dt.date) -> Book:
    """The book to fill in: no number leaves with it that nobody may change any more."""
    sheets = [sheet for sheet in sheets_of(places, month) if not sheet.closed]
    return _book(places[0].organisation, month, sheets)


def _book(organisation: Organisation, month: dt.date, sheets: list[SiteSheet]) -> Book:
    asked = asked_of({sheet.program.pk for sheet in sheets}, month)
    reported = {sheet.report.pk: sheet for sheet in sheets if sheet.report}
    for sheet in sheets:
        sheet.blocks = asked[sheet.program.pk].blocks
    for count in BeneficiaryCount.objects.filter(report__in=reported):
        reported[count.report_id].counts[count.indicator_id, count.cell_id] = count
    return Book(organisation, month, sheets)


def by_program(rows: Iterable) -> list[tuple[Program, list]]:
    """Rows of programs, in their order, under each program."""
    return [(program, list(own)) for program, own in groupby(rows, lambda row: row.program)]


def in_both(read: Callable[[], object], separator: str = " / ") -> str:
    """A text in the reader's language, then in the other one; once when they agree."""
    first = get_language() or "en"
    texts = []
    for language in sorted(LANGUAGES, key=lambda language: language != first):
        with translation.override(language):
            texts.append(str(read()))
    return separator.join(dict.fromkeys(texts))
