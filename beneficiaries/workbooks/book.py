"""What stands in the workbook of a month: its sites, indicators, cells and numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import get_language

from beneficiaries.models import BeneficiaryCount
from programs.models import Cell, Indicator, Organisation, Program, Site

LANGUAGES = ("fr", "en")
SEPARATOR = " / "
# An indicator in one cell.
Key = tuple[int, int]


@dataclass(frozen=True)
class Block:
    """Indicators that are counted the same way: one head over several lines."""

    cells: list[Cell]
    indicators: list[Indicator]


@dataclass
class Sheet:
    """One site: its numbers so far, and why they may no longer change, if so."""

    site: Site
    counts: dict[Key, BeneficiaryCount] = field(default_factory=dict)
    closed_because: str = ""

    def is_open(self, key: Key) -> bool:
        """Whether a person may write in this cell: not when tally sheets fill it."""
        count = self.counts.get(key)
        return not self.closed_because and not (count and count.is_derived)


@dataclass(frozen=True)
class Book:
    """The workbook of one organisation in one program for one month."""

    organisation: Organisation
    program: Program
    month: dt.date
    blocks: list[Block]
    sheets: list[Sheet]


def in_both(read: Callable[[], object], separator: str = SEPARATOR) -> str:
    """A text in the reader's language, then in the other one; once when they agree."""
    first = get_language() or "en"
    texts = []
    for language in sorted(LANGUAGES, key=lambda language: language != first):
        with translation.override(language):
            texts.append(str(read()))
    return separator.join(dict.fromkeys(texts))
