"""Reached against target, with the pace expected by now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from programs.models import Cell, Grant, Indicator, Target
from programs.months import month_after
from reports.period import Period, first_of_month

from .rules import Amount, SiteMonth, monthly, total
from .scope import Cover

# Below this part of the expected pace a figure is behind its target.
TOLERANCE = Fraction(95, 100)
UP = Indicator.Direction.UP


@dataclass(frozen=True)
class Goal:
    """One target, or the targets of several sites added, over one span of days."""

    kind: str
    value: int
    start: dt.date
    end: dt.date
    grant: Grant | None
    # The sites it binds; None for the whole program.
    sites: frozenset[int] | None
    # Where a cumulative target starts from: its first day, and the value reached by then.
    counted_from: dt.date
    base: int = 0
    # What its grant covers of the program; None without a grant.
    covers: tuple[Cover, ...] | None = None
    # The one cell it is about ("girls"); None for the whole figure.
    cell: Cell | None = None

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """Its first and its last day."""
        return self.start, self.end - dt.timedelta(days=1)

    @property
    def is_level(self) -> bool:
        return self.kind == Target.Kind.LEVEL

    @cached_property
    def first_month(self) -> dt.date:
        return first_of_month(self.counted_from)

    def binds(self, site_id: int, month: dt.date) -> bool:
        """Whether a site's month counts towards it."""
        return (
            (self.sites is None or site_id in self.sites)
            and self.first_month <= month < self.end
            and (
                self.covers is None
                or any(c.holds(c.scope.program_id, site_id, month) for c in self.covers)
            )
        )

    def elapsed(self, day: dt.date) -> Fraction:
        """The part of its span that is over on `day`."""
        days = (min(max(day, self.start), self.end) - self.start).days
        return Fraction(days, (self.end - self.start).days)

    def expected(self, day: dt.date) -> int:
        """What should be reached by `day` at an even pace (a level: all of it, at any time)."""
        if self.is_level:
            return self.value
        return round(self.base + (self.value - self.base) * self.elapsed(day))


@dataclass(frozen=True)
class Progress:
    """A goal beside what was reached of it."""

    goal: Goal
    reached: Amount | None
    expected: int
    direction: str
    # Months of a level that kept it, of those reported.
    kept_months: int = 0
    months: int = 0

    @property
    def percent(self) -> int | None:
        return _percent(self.reached.low if self.reached else 0, self.goal.value)

    @property
    def expected_percent(self) -> int | None:
        return _percent(self.expected, self.goal.value)

    @property
    def bar(self) -> int:
        """How far the bar goes, from 0 to 100."""
        return min(self.percent or 0, 100)

    @property
    def tick(self) -> int:
        """Where the expected pace stands on the bar, inside it."""
        return min(self.expected_percent or 0, 99)

    @property
    def is_behind(self) -> bool:
        """Clearly short of the expected pace (or above a ceiling), whatever the overlap."""
        if self.reached is None:
            return self.direction == UP and self.expected > 0
        if self.direction == UP:
            return self.reached.high < self.expected * TOLERANCE
        return self.reached.low * TOLERANCE > self.expected


def _percent(part: int, whole: int) -> int | None:
    return round(Fraction(100 * part, whole)) if whole else None


def expected_between(goal: Goal, start: dt.date, end: dt.date) -> int | None:
    """What an even pace asks of the months from `start` up to `end`; None outside its span."""
    if end <= goal.start or start >= goal.end:
        return None
    if goal.is_level:
        return goal.value
    return round((goal.value - goal.base) * (goal.elapsed(end) - goal.elapsed(start)))


def expected_in_month(goal: Goal, month: dt.date) -> int | None:
    return expected_between(goal, month, month_after(month, 1))


def progress(
    goal: Goal,
    indicator: Indicator,
    values: dict[SiteMonth, int],
    period: Period,
    owed: Iterable[SiteMonth] = (),
) -> Progress:
    """What `values` (site, month → number) reached of a goal by the end of the period.

    They add up as the figure itself does; a level is the mean of its months.
    """
    bound = {key: n for key, n in values.items() if goal.binds(*key) and key[1] < period.end}
    if not goal.is_level:
        mine = {key for key in owed if goal.binds(*key)}
        found = total(bound, indicator.time_rule, indicator.site_rule, mine)
        return Progress(
            goal, found.amount if found else None, goal.expected(period.reached),
            indicator.direction,
        )  # fmt: skip
    return _level(goal, indicator, bound, period)


def _level(goal: Goal, indicator: Indicator, values: dict, period: Period) -> Progress:
    inside = {key: n for key, n in values.items() if key[1] >= period.start}
    amounts = list(monthly(inside, indicator.site_rule).values())
    kept = [
        amount
        for amount in amounts
        if (amount.high >= goal.value if indicator.direction == UP else amount.low <= goal.value)
    ]
    mean = None
    if amounts:
        mean = Amount(_mean(a.low for a in amounts), _mean(a.high for a in amounts))
    return Progress(goal, mean, goal.value, indicator.direction, len(kept), len(amounts))


def _mean(numbers: Iterable[int]) -> int:
    rows = list(numbers)
    return round(Fraction(sum(rows), len(rows)))
