"""Which targets apply to a question, and what they ask together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from programs.models import Cell, Grant, Target
from reports.period import Period

from .scope import Cover, rows_where
from .selection import Selection
from .targets import Goal

AT_HAND = """
program_id = ANY(%s) AND lower(span) < %s
AND (grant_id = ANY(%s) OR (%s AND grant_id IS NULL))
ORDER BY span, id
"""

# By (program, indicator); the second one by site then.
Goals = dict[tuple[int, int], list[Goal]]
GoalsBySite = dict[tuple[int, int], dict[int, Goal]]


def goals(selection: Selection, rows: list[Target]) -> Goals:
    """Targets that apply to the question, by (program, indicator), the leading one first.

    The whole program's targets apply only when the whole program is asked for; otherwise those
    of the sites at hand, added when they share a span. Those of single cells follow those of the
    whole figure. Counts are no part of this query.
    """
    _name_cells(rows)
    by_cell: dict[tuple, list[Target]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.cell.position if row.cell else -1):
        by_cell[row.program_id, row.indicator_id, row.cell_id].append(row)
    found: Goals = defaultdict(list)
    for (program_id, indicator_id, _cell), group in by_cell.items():
        found[program_id, indicator_id] += _goals_of(selection, program_id, group)
    return dict(found)


def _name_cells(targets: list[Target]) -> None:
    """The cells that targets are about, with their categories; no query where none is."""
    wanted = {row.cell_id for row in targets if row.cell_id}
    named = Cell.objects.prefetch_related("category_rows__category").in_bulk(wanted)
    for row in targets:
        row.cell = named.get(row.cell_id)


def goals_by_site(selection: Selection, rows: list[Target]) -> GoalsBySite:
    """The leading target of each site, by (program, indicator); those of single cells left out."""
    by_site: dict[tuple[int, int, int], list[Target]] = defaultdict(list)
    for row in rows:
        if row.site_id and row.cell_id is None:
            by_site[row.program_id, row.indicator_id, row.site_id].append(row)
    found: GoalsBySite = defaultdict(dict)
    for (program_id, indicator_id, site_id), group in by_site.items():
        for goal in _ranked(selection, group)[:1]:
            found[program_id, indicator_id][site_id] = goal
    return dict(found)


def targets_at_hand(selection: Selection) -> list[Target]:
    """Targets of no grant or of the grants at hand."""
    covers = selection.visible.covers if selection.covers is None else selection.covers
    programs = [program.pk for program in selection.programs]
    grants = [cover.grant.pk for cover in covers]
    without_grant = selection.covers is None
    parameters = [programs, selection.period.end, grants, without_grant]
    return rows_where(Target, AT_HAND, parameters)


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
        cell=one.cell,
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
