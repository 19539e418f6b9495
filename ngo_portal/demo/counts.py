"""Invented figures, the same on every machine on the same day.

Each figure comes from `random.Random` seeded with its program, site, indicator and month, so
adding a site changes no other figure. People come first, cell by cell; what is counted in
contacts or items follows from them, so that persons never exceed contacts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from random import Random

from programs.months import month_after

from .shapes import Prog, Row, Work

Cells = Mapping[str, int]
UNKNOWN = {"U", "AGE_U"}

# Who is met for the first time in a civil year: nearly everybody of January, then this part of
# a year's newcomers, January to December.
KNOWN_IN_JANUARY = 0.95
NEWCOMERS = (0.0, 0.2, 0.13, 0.1, 0.06, 0.12, 0.12, 0.06, 0.07, 0.06, 0.05, 0.03)

# How a month compares with the usual one, January to December.
STEADY = (1.0,) * 12
INDIA_SCHOOL = (1.03, 1.04, 1.0, 0.86, 0.72, 1.02, 1.0, 1.02, 1.04, 0.93, 0.97, 1.02)
INDIA_NIGHTS = (0.98, 0.98, 0.99, 1.0, 1.05, 1.04, 1.07, 1.06, 1.03, 0.95, 0.97, 0.98)
BENGAL_VILLAGES = (1.06, 1.06, 1.04, 1.0, 0.95, 0.9, 0.84, 0.84, 0.92, 0.9, 1.05, 1.06)
NEPAL_HILLS = (0.96, 1.0, 1.05, 1.06, 1.04, 0.92, 0.84, 0.88, 1.0, 0.82, 1.05, 1.06)
CAMBODIA_BORDER = (1.05, 1.0, 1.08, 0.86, 1.12, 1.08, 1.04, 1.0, 0.94, 0.9, 0.98, 1.0)
PARIS = (1.0, 1.0, 1.04, 1.0, 1.02, 1.06, 0.9, 0.55, 1.06, 1.08, 1.05, 0.92)


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from `first` to `last`, both included."""
    number = (last.year - first.year) * 12 + last.month - first.month + 1
    return [month_after(first_of(first), n) for n in range(number)]


def chance(*parts: object) -> Random:
    """The dice of one figure. A text seeds alike on every machine, unlike hash()."""
    return Random("|".join(map(str, parts)))  # noqa: S311 - invented figures, not secrets


def weight(key: str, profile: Mapping[str, float]) -> float:
    """How much of a total falls in a cell, from its categories' weights."""
    codes = set(key.split("|"))
    if not (codes - UNKNOWN) & profile.keys():
        return float(not codes & UNKNOWN)
    return math.prod(profile.get(code, 0.0) for code in codes)


def spread(total: int, keys: Sequence[str], profile: Mapping[str, float], dice: Random) -> Cells:
    """Whole numbers over the cells that add up to `total`, near their weights."""
    weights = [weight(key, profile) * dice.uniform(0.9, 1.1) for key in keys]
    whole = sum(weights)
    if not whole:
        weights, whole = [1.0] * len(keys), float(len(keys))
    wanted = [total * w / whole for w in weights]
    values = [math.floor(w) for w in wanted]
    largest = sorted(range(len(keys)), key=lambda i: (values[i] - wanted[i], i))
    for i in largest[: total - sum(values)]:
        values[i] += 1
    return dict(zip(keys, values, strict=True))


def usual(program: Prog, work: Work, month: dt.date, start: dt.date) -> float:
    """People of a month before chance: size, growth since the start, season."""
    years = ((month.year - start.year) * 12 + month.month - start.month) / 12
    return work.people * (1 + program.growth * years) * program.season[month.month - 1]


def known(row: Row, month: dt.date) -> int:
    """The total that is published; the same month of the last known year afterwards."""
    year = min(month.year, max(year for year, _month in row.exact))
    return row.exact.get((year, month.month), 0)


def rounded(value: float, dice: Random) -> int:
    """A whole number whose mean is `value`."""
    return math.floor(value) + (dice.random() < value % 1)


class Month:
    """The figures of one site for one month; `keys` gives the cells of each indicator."""

    def __init__(
        self,
        program: Prog,
        work: Work,
        month: dt.date,
        start: dt.date,
        keys: Mapping[str, Sequence[str]],
    ) -> None:
        self.program, self.work, self.month, self.start = program, work, month, start
        self.keys = keys
        self.rows = {row.indicator: row for row in program.rows}

    def all(self) -> dict[str, Cells]:
        """Every indicator of the program: its values by cell."""
        return {indicator: self.of(indicator) for indicator in self.rows}

    def of(self, indicator: str) -> Cells:
        """The values of one indicator, made the way its row says."""
        row, keys = self.rows[indicator], self.keys[indicator]
        dice = chance(self.program.code, self.work.site, indicator, self.month)
        if row.exact:
            return spread(known(row, self.month), keys, self.program.profile, dice)
        return getattr(self, f"_{row.how}")(row, self._among(row), dice)

    def _among(self, row: Row) -> Cells:
        """The people a figure is drawn from: the month's, or those of another row."""
        if row.among:
            return self.of(row.among)
        dice = chance(self.program.code, self.work.site, "people", self.month)
        total = usual(self.program, self.work, self.month, self.start) * dice.uniform(0.95, 1.05)
        if pace := self.rows.get(self.program.paced_by):
            total *= 0.6 * known(pace, self.month)
        return spread(round(total), self.keys[row.indicator], self.program.profile, dice)

    @staticmethod
    def _active(row: Row, among: Cells, dice: Random) -> Cells:
        """The month's distinct people."""
        return among

    def _new(self, row: Row, among: Cells, dice: Random) -> Cells:
        """First met this year; `rate` is a year's newcomers for each person of a month."""
        newcomers = row.rate * NEWCOMERS[self.month.month - 1]
        return self._share(newcomers or KNOWN_IN_JANUARY, among, dice)

    def _part(self, row: Row, among: Cells, dice: Random) -> Cells:
        """Some of the month's people."""
        return self._share(row.rate, among, dice)

    @staticmethod
    def _share(share: float, among: Cells, dice: Random) -> Cells:
        share *= dice.uniform(0.94, 1.06)
        return {
            key: min(number, rounded(number * min(1.0, share), dice))
            for key, number in among.items()
        }

    @staticmethod
    def _times(row: Row, among: Cells, dice: Random) -> Cells:
        """Contacts, nights, meals: so many for each of the month's people, one at least."""
        rate = row.rate * dice.uniform(0.97, 1.03)
        return {
            key: max(number, round(number * rate * dice.uniform(0.95, 1.05)))
            for key, number in among.items()
        }

    def _few(self, row: Row, among: Cells, dice: Random) -> Cells:
        """Sessions, visits, actions: `rate` in a usual month, whatever the number of people."""
        mean = row.rate * self.program.season[self.month.month - 1]
        total = sum(rounded(mean / 4, dice) for _week in range(4))
        return spread(total, list(among), self.program.profile, dice)
