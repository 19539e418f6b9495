"""What stands in the workbook of a month: its sites, indicators, cells and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import get_language

from beneficiaries.closed import Closed, closed_sites, current_reports
from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.sheet import Block, asked
from programs.models import Organisation, Program, ProgramSite, Site

LANGUAGES = ("fr", "en")
# An indicator in one cell.
Key = tuple[int, int]


@dataclass
class SiteSheet:
    """One site: its numbers so far, and why they may no longer change, if so."""

    site: Site
    counts: dict[Key, BeneficiaryCount] = field(default_factory=dict)
    closed: Closed | None = None
    report: CountReport | None = None

    def is_open(self, key: Key) -> bool:
        """Whether a person may write in this cell: not when tally sheets fill it."""
        count = self.counts.get(key)
        return self.closed is None and not (count and count.is_derived)


@dataclass
class Book:
    """The workbook of one organisation in one program for one month."""

    organisation: Organisation
    program: Program
    month: dt.date
    blocks: list[Block]
    sheets: list[SiteSheet]

    @property
    def name(self) -> str:
        """Of the file: codes and the month, nobody's name."""
        return f"{self.organisation.code}-{self.program.code}-{self.month:%Y-%m}".lower()


def book_of(places: Iterable[ProgramSite], month: dt.date) -> Book:
    """The book of some sites of one organisation in one program: six queries, or seven."""
    places = list({place.site_id: place for place in places}.values())
    program, organisation = places[0].program, places[0].organisation
    ids = [place.site_id for place in places]
    closed = closed_sites(organisation=organisation, program=program, month=month, site_ids=ids)
    reports = current_reports(program=program, month=month, site_ids=ids)
    sheets = {
        place.site_id: SiteSheet(
            site=place.site,
            closed=closed.get(place.site_id),
            report=reports.get(place.site_id),
        )
        for place in places
    }
    sites = {report.pk: site_id for site_id, report in reports.items()}
    for count in BeneficiaryCount.objects.filter(report__in=sites):
        sheet = sheets[sites[count.report_id]]
        sheet.counts[count.indicator_id, count.cell_id] = count
    blocks = asked(program=program, month=month).blocks
    return Book(organisation, program, month, blocks, list(sheets.values()))


def in_both(read: Callable[[], object], separator: str = " / ") -> str:
    """A text in the reader's language, then in the other one; once when they agree."""
    first = get_language() or "en"
    texts = []
    for language in sorted(LANGUAGES, key=lambda language: language != first):
        with translation.override(language):
            texts.append(str(read()))
    return separator.join(dict.fromkeys(texts))
