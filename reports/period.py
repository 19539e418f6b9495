"""Months of a figure: a period is read from the URL and is always whole months.

`period=` holds one word: `last12`, `2026-10` (a month), `2026-Q3`, `2026` (a civil year),
`school-2025-09` and `fiscal-2025-04` (twelve months from a start month), or `range` with
`from=2025-01&to=2025-06`. What cannot be read is kept beside what is wrong with it, and the last
twelve months stand in its place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from babel.dates import format_skeleton, get_month_names
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programs.months import month_after

DEFAULT = "last12"
RANGE = "range"
# A range longer than this is a mistake of typing, and so is a year outside of these.
MAX_MONTHS = 240
FIRST_YEAR, LAST_YEAR = 1980, 2100
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
    # What was typed and cannot be read, and how to mend it, each by its name in the URL.
    typed: Mapping[str, str] = field(default_factory=dict, compare=False)
    errors: Mapping[str, str] = field(default_factory=dict, compare=False)

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
    months = {name: (query.get(name) or "").strip() for name in ("from", "to")}
    code = (query.get("period") or "").strip() or (RANGE if any(months.values()) else DEFAULT)
    if code == DEFAULT:
        return last_twelve(now)
    if code == RANGE:
        return _range(months, now)
    if bounds := _bounds(code):
        return Period(code, *bounds, now)
    error = _("This period cannot be read: choose one from the list.")
    return last_twelve(now, typed={"period": code}, errors={"period": error})


def last_twelve(now: dt.date, **refused: Mapping[str, str]) -> Period:
    return Period(DEFAULT, month_after(now, -12), now, now, **refused)


def month_of(text: str) -> dt.date | None:
    """The month that a text like 2026-10 names; None for any other text."""
    found = MONTH.match(text)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    is_one = FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12
    return dt.date(year, month, 1) if is_one else None


def _range(typed: Mapping[str, str], now: dt.date) -> Period:
    """From one month to another; one alone is that month; both empty are still to be chosen."""
    found = {name: month_of(text) for name, text in typed.items() if text}
    if not found:
        return replace(last_twelve(now), code=RANGE)
    if errors := _refused(found, now):
        return last_twelve(now, typed={"period": RANGE, **typed}, errors=errors)
    return Period(RANGE, min(found.values()), month_after(max(found.values()), 1), now)


def _refused(months: Mapping[str, dt.date | None], now: dt.date) -> dict[str, str]:
    """What is wrong with months that were typed, and how to mend it, by their names."""
    unread = [name for name, month in months.items() if month is None]
    if unread:
        text = _(
            "Write a year from %(first)s to %(last)s and a month from 01 to 12, as in %(example)s."
        )
        example = f"{month_after(now, -1):%Y-%m}"
        values = {"first": FIRST_YEAR, "last": LAST_YEAR, "example": example}
        return dict.fromkeys(unread, text % values)
    first, last = months.get("from"), months.get("to")
    if not first or not last:
        return {}
    if last < first:
        text = _("The last month comes before the first: choose %(month)s or a later one.")
        return {"to": text % {"month": month_name(first)}}
    if months_between(first, last) >= MAX_MONTHS:
        text = _("These are more than %(years)s years: choose %(month)s or an earlier month.")
        latest = month_name(month_after(first, MAX_MONTHS - 1))
        return {"to": text % {"years": MAX_MONTHS // 12, "month": latest}}
    return {}


def _bounds(code: str) -> tuple[dt.date, dt.date] | None:
    """The first day in and the first day out of a period written as one word."""
    start, months = month_of(code), 1
    if found := QUARTER.match(code):
        start, months = month_of(f"{found[1]}-{int(found[2]) * 3 - 2:02}"), 3
    elif found := YEAR.match(code):
        start, months = month_of(f"{code}-01"), 12
    elif found := TWELVE_MONTHS.match(code):
        start, months = month_of(f"{found[2]}-{found[3]}"), 12
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
