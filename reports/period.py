"""Months of a figure: a period is read from the URL and is always whole months.

`period=` holds one word: `last12`, `2026-10` (a month), `2026-Q3`, `2026` (a civil year),
`school-2025-09` and `fiscal-2025-04` (twelve months from a start month), or `range` with
`from=2025-01&to=2025-06`. What cannot be read becomes the last twelve months.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from babel.dates import format_skeleton, get_month_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programs.months import month_after

DEFAULT = "last12"
RANGE = "range"
# A range longer than this is a mistake of typing.
MAX_MONTHS = 240
FIRST_YEAR = 1980
# Months in which school years begin: France and Cambodia or Nepal in autumn, India in June.
SCHOOL_STARTS = (9, 6)
FISCAL_STARTS = (4, 7, 10)
MONTH = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII)
QUARTER = re.compile(r"(\d{4})-Q([1-4])\Z", re.ASCII)
YEAR = re.compile(r"(\d{4})\Z", re.ASCII)
TWELVE_MONTHS = re.compile(r"(school|fiscal)-(\d{4})-(\d{2})\Z", re.ASCII)


def first_of_month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def months_between(start: dt.date, end: dt.date) -> int:
    """How many months from `start` up to `end`, both firsts of a month."""
    return (end.year - start.year) * 12 + end.month - start.month


def months_of(start: dt.date, end: dt.date) -> Iterator[dt.date]:
    for number in range(months_between(start, end)):
        yield month_after(start, number)


@dataclass(frozen=True)
class Period:
    """Whole months from `start` up to `end`, the first day that is no longer in it."""

    code: str
    start: dt.date
    end: dt.date
    # The first day of the running month: nothing is due from it on.
    now: dt.date = field(compare=False)
    # Whether the URL asked for something that could not be read.
    is_fallback: bool = field(default=False, compare=False)

    @cached_property
    def months(self) -> tuple[dt.date, ...]:
        return tuple(months_of(self.start, self.end))

    @property
    def past_months(self) -> list[dt.date]:
        """The months that are over, whose counts may be expected."""
        return [month for month in self.months if month < self.now]

    @property
    def last_month(self) -> dt.date:
        return month_after(self.end, -1)

    @property
    def is_one_month(self) -> bool:
        return months_between(self.start, self.end) == 1

    @property
    def reached(self) -> dt.date:
        """Up to where the period has elapsed: its end, or the running month before that."""
        return max(self.start, min(self.end, self.now))

    @property
    def label(self) -> str:
        """« 3e trimestre 2026 », "School year 2025–2026 (Sep – Aug)"… with its months."""
        return label(self)

    @property
    def span(self) -> str:
        """« nov. 2025 – oct. 2026 », or the one month."""
        if self.is_one_month:
            return month_name(self.start)
        return f"{short(self.start)} – {short(self.last_month)}"

    @property
    def label_and_span(self) -> str:
        """The months beside the name of a period, where the name is not the months already."""
        return self.span if self.label == self.span else f"{self.label} · {self.span}"


def short(month: dt.date) -> str:
    return format_skeleton("yMMM", month, locale=get_language())


def month_name(month: dt.date) -> str:
    return format_skeleton("yMMMM", month, locale=get_language())


def parse(query: Mapping[str, str], today: dt.date) -> Period:
    """The period a query string asks for; the last twelve complete months otherwise."""
    now = first_of_month(today)
    code = (query.get("period") or DEFAULT).strip()
    if code == DEFAULT:
        return last_twelve(now)
    bounds = _range(query, now) if code == RANGE else _bounds(code)
    if bounds is None or not _is_believable(*bounds):
        return last_twelve(now, is_fallback=True)
    return Period(code, *bounds, now)


def last_twelve(now: dt.date, *, is_fallback: bool = False) -> Period:
    return Period(DEFAULT, month_after(now, -12), now, now, is_fallback)


def _is_believable(start: dt.date, end: dt.date) -> bool:
    return start.year >= FIRST_YEAR and 0 < months_between(start, end) <= MAX_MONTHS


def _month(text: str) -> dt.date | None:
    found = MONTH.match(text.strip())
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    return dt.date(year, month, 1) if 1900 <= year <= 9000 and 1 <= month <= 12 else None


def _range(query: Mapping[str, str], now: dt.date) -> tuple[dt.date, dt.date] | None:
    """Months from and to, in any order; both empty means that they are still to be chosen."""
    texts = [query.get("from") or "", query.get("to") or ""]
    if not any(texts):
        return month_after(now, -12), now
    months = [month for month in map(_month, texts) if month]
    if len(months) < sum(map(bool, texts)):
        return None
    return min(months), month_after(max(months), 1)


def _bounds(code: str) -> tuple[dt.date, dt.date] | None:
    """The first day in and the first day out of a period written as one word."""
    start, months = _month(code), 1
    if found := QUARTER.match(code):
        start, months = _month(f"{found[1]}-{int(found[2]) * 3 - 2:02}"), 3
    elif found := YEAR.match(code):
        start, months = _month(f"{code}-01"), 12
    elif found := TWELVE_MONTHS.match(code):
        start, months = _month(f"{found[2]}-{found[3]}"), 12
    return (start, month_after(start, months)) if start else None


def label(period: Period) -> str:
    """A period in the reader's language, as people say it."""
    if period.code == DEFAULT:
        return _("Last 12 months")
    if found := QUARTER.match(period.code):
        return quarter_label(int(found[1]), int(found[2]))
    if found := TWELVE_MONTHS.match(period.code):
        return twelve_months_label(found[1], period.start)
    if YEAR.match(period.code):
        return _("Year %(year)s") % {"year": period.start.year}
    return period.span


def quarter_label(year: int, quarter: int) -> str:
    return [
        _("1st quarter of %(year)s"),
        _("2nd quarter of %(year)s"),
        _("3rd quarter of %(year)s"),
        _("4th quarter of %(year)s"),
    ][quarter - 1] % {"year": year}


def twelve_months_label(kind: str, start: dt.date) -> str:
    last = month_after(start, 11)
    names = get_month_names("abbreviated", context="stand-alone", locale=get_language())
    years = str(start.year) if last.year == start.year else f"{start.year}–{last.year}"
    values = {"years": years, "first": names[start.month], "last": names[last.month]}
    if kind == "school":
        return _("School year %(years)s (%(first)s – %(last)s)") % values
    return _("Fiscal year %(years)s (%(first)s – %(last)s)") % values


@dataclass(frozen=True)
class Group:
    """Periods of one kind, to choose from: (code, label) pairs."""

    label: str
    options: list[tuple[str, str]]


def choices(now: dt.date, fiscal_starts: Iterable[int] = ()) -> list[Group]:
    """What the period menu offers; `fiscal_starts` adds the start months of visible grants."""
    starts = tuple(m for m in sorted({*FISCAL_STARTS, *fiscal_starts}) if m != 1)
    return _choices(now, starts, get_language())


@lru_cache(maxsize=64)
def _choices(now: dt.date, starts: tuple[int, ...], language: str) -> list[Group]:
    """The same all month long in one language, and slow to write."""
    return [
        Group(_("Months"), [_month_choice(month_after(now, -n)) for n in range(1, 25)]),
        Group(_("Quarters"), [_quarter_choice(month_after(now, -3 * n)) for n in range(8)]),
        Group(_("Civil years"), [(str(y), str(y)) for y in range(now.year, now.year - 5, -1)]),
        Group(_("School years"), _years("school", SCHOOL_STARTS, now)),
        Group(_("Fiscal years of funders"), _years("fiscal", starts, now)),
    ]


def _month_choice(month: dt.date) -> tuple[str, str]:
    return f"{month:%Y-%m}", month_name(month)


def _quarter_choice(month: dt.date) -> tuple[str, str]:
    quarter = (month.month + 2) // 3
    return f"{month.year}-Q{quarter}", quarter_label(month.year, quarter)


def _years(kind: str, starts: Iterable[int], now: dt.date) -> list[tuple[str, str]]:
    """The running year and the two before it, for each start month."""
    options = []
    for month in starts:
        running = now.year if now.month >= month else now.year - 1
        for year in range(running, running - 3, -1):
            start = dt.date(year, month, 1)
            options.append((f"{kind}-{start:%Y-%m}", twelve_months_label(kind, start)))
    return options
