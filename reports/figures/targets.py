"""Reached against target, with the pace expected by now."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from programs.models import Grant, Indicator, Target
from programs.months import month_after
from reports.period import Period, first_of_month

from .rules import Amount, SiteMonth, monthly, total
from .scope import Cover, rows_where
from .selection import Selection

# Below this part of the expected pace a figure is behind its target.
TOLERANCE = Fraction(95, 100)
UP = Indicator.Direction.UP
OVER_WHOLE_FIGURES = """
program_id = ANY(%s) AND cell_id IS NULL AND lower(span) < %s
AND (grant_id = ANY(%s) OR (%s AND grant_id IS NULL))
ORDER BY span, id
"""


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


Goals = dict[tuple[int, int], list[Goal]]


def goals(selection: Selection) -> Goals:
    """Targets that apply to the question, by (program, indicator), the leading one first.

    The whole program's targets apply only when the whole program is asked for; otherwise those
    of the sites at hand, added when they share a span. Counts are no part of this query.
    """
    by_figure: dict[tuple[int, int], list[Target]] = defaultdict(list)
    for row in _targets(selection):
        by_figure[row.program_id, row.indicator_id].append(row)
    return {key: _goals_of(selection, key[0], found) for key, found in by_figure.items()}


def site_goals(selection: Selection, program_id: int, indicator_id: int) -> dict[int, Goal]:
    """The leading target of each site, for one figure."""
    by_site: dict[int, list[Target]] = defaultdict(list)
    for row in _targets(selection):
        if row.site_id and (row.program_id, row.indicator_id) == (program_id, indicator_id):
            by_site[row.site_id].append(row)
    found = {site: _ranked(selection, group) for site, group in by_site.items()}
    return {site: ranked[0] for site, ranked in found.items() if ranked}


def _targets(selection: Selection) -> list[Target]:
    """Targets over whole figures, of no grant or of the grants at hand."""
    covers = selection.visible.covers if selection.covers is None else selection.covers
    programs = [program.pk for program in selection.programs]
    grants = [cover.grant.pk for cover in covers]
    without_grant = selection.covers is None
    parameters = [programs, selection.period.end, grants, without_grant]
    return rows_where(Target, OVER_WHOLE_FIGURES, parameters)


def expected_in_month(goal: Goal, month: dt.date) -> int | None:
    """What an even pace asks of one month; None outside the goal's span."""
    after = month_after(month, 1)
    if after <= goal.start or month >= goal.end:
        return None
    if goal.is_level:
        return goal.value
    return round((goal.value - goal.base) * (goal.elapsed(after) - goal.elapsed(month)))


def _goals_of(selection: Selection, program_id: int, rows: list[Target]) -> list[Goal]:
    whole = selection.is_whole(selection.visible.programs[program_id])
    places = {p.site_id for p in selection.places if p.program_id == program_id}
    of_program = [row for row in rows if row.site_id is None and whole]
    of_sites = [row for row in rows if row.site_id in places]
    return _ranked(selection, of_program or of_sites)


def _ranked(selection: Selection, rows: list[Target]) -> list[Goal]:
    """The goals that overlap the period, the leading one first."""
    period = selection.period
    found = [_goal(selection, group, rows) for group in _same_span(rows)]
    overlapping = [goal for goal in found if goal.start < period.end and goal.end > period.start]
    return sorted(overlapping, key=lambda goal: _rank(goal, period))


def _rank(goal: Goal, period: Period) -> tuple:
    """Without a grant first, then those that still run at the period's end, latest first."""
    return goal.grant is not None, goal.end < period.reached, -goal.start.toordinal()


def _same_span(rows: Iterable[Target]) -> list[list[Target]]:
    groups: dict[tuple, list[Target]] = defaultdict(list)
    for row in rows:
        groups[row.grant_id, row.kind, row.span.lower, row.span.upper].append(row)
    return list(groups.values())


def _goal(selection: Selection, group: list[Target], rows: list[Target]) -> Goal:
    """One goal of targets that share grant, kind and span."""
    one, period = group[0], selection.period
    sites = frozenset(row.site_id for row in group if row.site_id)
    earlier = _earlier(one, sites, rows)
    before = max((row.span.upper for row in earlier), default=None)
    starts = [row.span.lower or period.start for row in [*earlier, one]]
    return Goal(
        kind=one.kind,
        value=sum(row.value for row in group),
        start=one.span.lower or period.start,
        end=one.span.upper or period.end,
        grant=_grant(selection, one),
        sites=sites or None,
        counted_from=min(starts),
        base=sum(row.value for row in earlier if row.span.upper == before),
        covers=_covers(selection, one),
    )


def _earlier(one: Target, sites: frozenset[int], rows: list[Target]) -> list[Target]:
    """The steps before a cumulative target; other kinds start with themselves."""
    if one.kind != Target.Kind.CUMULATIVE:
        return []
    return [
        row
        for row in rows
        if row.kind == one.kind
        and row.grant_id == one.grant_id
        and row.site_id in (sites or {None})
        and row.span.upper
        and row.span.upper <= one.span.lower
    ]


def _grant(selection: Selection, target: Target) -> Grant | None:
    """Its grant, as the covers at hand already hold it."""
    grants = (cover.grant for cover in selection.visible.covers)
    return next((grant for grant in grants if grant.pk == target.grant_id), None)


def _covers(selection: Selection, target: Target) -> tuple[Cover, ...] | None:
    if target.grant_id is None:
        return None
    return tuple(
        cover
        for cover in selection.visible.covers
        if cover.grant.pk == target.grant_id and cover.scope.program_id == target.program_id
    )


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
