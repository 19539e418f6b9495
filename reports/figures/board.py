"""The dashboard: every figure of a question, loaded in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial

from django.db.backends.postgresql.psycopg_any import DateRange

from programs.models import Indicator, Program, ProgramIndicator, Target
from reports.period import first_of_month

from .completeness import Expected, expected
from .counts import APPROVED, CellValues, Count, Dataset, Report, Values, cell_values, load
from .goals import goals, targets_at_hand
from .rules import Total, monthly, total
from .scope import named, rows_where
from .selection import Selection
from .targets import Goal, Progress, progress
from .tiles import LAST, NONE, Section, Tile

REPORTED = """
program_id = ANY(%s) AND active && daterange(%s, %s) ORDER BY is_main DESC, position, id
"""


@dataclass
class Board:
    """Everything the dashboard shows."""

    selection: Selection
    figures: dict[int, list[ProgramIndicator]]
    targets: list[Target]
    goals: dict[tuple[int, int], list[Goal]]
    data: Dataset
    # Counts from before the period, which older targets take in.
    earlier: Dataset
    # Those of the single cells that have a target of their own.
    cells: CellValues
    sections: list[Section] = field(default_factory=list)
    _values: dict[tuple, Values] = field(default_factory=dict)
    _months: dict[tuple, list[dt.date]] = field(default_factory=dict)

    @cached_property
    def tiles(self) -> list[Tile]:
        return [tile for section in self.sections for tile in section.tiles]

    @cached_property
    def stamp(self) -> str:
        """Changes with whatever the charts are drawn from; "" when counts may still change.

        The counts of approved reports are frozen: the list of reports stands for them.
        """
        if self.selection.with_unapproved:
            return ""
        seen = self.selection.visible
        parts = [
            self.selection.query,
            sorted(self.selection.days.items()),
            [(report.pk, report.status) for report in self.data.reports],
            [(tile.key, tile.indicator.revision) for tile in self.tiles],
            [(target.pk, target.revision) for target in self.targets],
            seen.places,
            [(one.scope.program_id, one.scope.site_id, one.start, one.end) for one in seen.covers],
            [(key, one.revision) for key, one in (*seen.programs.items(), *seen.sites.items())],
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def tile(self, key: str) -> Tile | None:
        """The figure asked for, or the first one."""
        found = [tile for tile in self.tiles if tile.key == key]
        return next(iter(found or self.tiles), None)

    def values(
        self, program_id: int, indicator_id: int, *, with_unapproved: bool | None = None
    ) -> Values:
        """Site and month → number of a figure, of approved reports, or of the open ones too."""
        if with_unapproved is None:
            with_unapproved = self.selection.with_unapproved
        key = program_id, indicator_id, with_unapproved and self.data.has_open
        if key not in self._values:
            rows = self.data.rows(program_id, indicator_id)
            self._values[key] = standing_values(rows, with_unapproved=with_unapproved)
        return self._values[key]

    def months_within(self, span: DateRange) -> list[dt.date]:
        """The months of the period that a span of days touches."""
        key = span.lower, span.upper
        if key not in self._months:
            months = self.selection.period.months
            self._months[key] = [month for month in months if _touches(span, month)]
        return self._months[key]


def standing_values(rows: Iterable[Count], *, with_unapproved: bool) -> Values:
    return {
        (report.site_id, report.month): value
        for report, value, _missing in rows
        if value is not None and (with_unapproved or report.status == APPROVED)
    }


# Whether a program's figure is wanted, among all those of the program in order.
Wanted = Callable[[ProgramIndicator, list[ProgramIndicator]], bool]


def board(selection: Selection, is_wanted: Wanted | None = None) -> Board:
    """The figures of a question, program by program; persons and contacts never mixed."""
    figures = reported_figures(selection)
    if is_wanted:
        figures = {
            program: [row for row in rows if is_wanted(row, rows)]
            for program, rows in figures.items()
        }
    rows = targets_at_hand(selection)
    targets = goals(selection, rows)
    indicators = {row.indicator_id: row.indicator for rows in figures.values() for row in rows}
    data = load(selection, indicators, selection.period.start, selection.period.end)
    earlier = _earlier(selection, targets, indicators)
    cells = _cells(selection, targets, indicators, [*data.reports, *earlier.reports])
    built = Board(selection, figures, rows, targets, data, earlier, cells)
    built.sections = [
        _section(built, program) for program in selection.programs if figures.get(program.pk)
    ]
    return built


def reported_figures(selection: Selection) -> dict[int, list[ProgramIndicator]]:
    """The indicators each program reports in the period, a row for each span, main count first."""
    period, programs = selection.period, [program.pk for program in selection.programs]
    rows = rows_where(ProgramIndicator, REPORTED, [programs, period.start, period.end])
    indicators = named(Indicator, {row.indicator_id for row in rows})
    found: dict[int, list[ProgramIndicator]] = defaultdict(list)
    for row in rows:
        row.indicator = indicators[row.indicator_id]
        found[row.program_id].append(row)
    return dict(found)


def _earlier(
    selection: Selection,
    targets: dict[tuple[int, int], list[Goal]],
    indicators: dict[int, Indicator],
) -> Dataset:
    """Counts from the start of targets that began before the period."""
    start, first, wanted = selection.period.start, selection.period.start, set()
    for (_program, indicator_id), found in targets.items():
        since = min((goal.first_month for goal in found), default=start)
        if since < start and indicator_id in indicators:
            wanted |= {indicator_id, indicators[indicator_id].summed_by_id} - {None}
            first = min(first, since)
    return load(selection, wanted, first, start) if wanted else Dataset()


def _cells(
    selection: Selection,
    targets: dict[tuple[int, int], list[Goal]],
    indicators: dict[int, Indicator],
    reports: list[Report],
) -> CellValues:
    """What was counted in each cell that has a target, and in the same cell of a stand-in."""
    wanted = {
        (one, goal.cell.pk)
        for (_program, indicator_id), found in targets.items()
        if indicator_id in indicators
        for goal in found
        if goal.cell
        for one in (indicator_id, indicators[indicator_id].summed_by_id)
        if one
    }
    counting = [one for one in reports if one.is_approved or selection.with_unapproved]
    return cell_values(counting, wanted) if wanted else {}


def _section(built: Board, program: Program) -> Section:
    data, key = built.data, program.pk
    mine = [report for report in data.reports if report.program_id == key]
    owed = expected(built.selection, program, mine)
    first: dict[int, ProgramIndicator] = {}
    for row in built.figures[key]:
        first.setdefault(row.indicator_id, row)
    present = {key: row.indicator for key, row in first.items()}
    approved = [report for report in mine if report.is_approved]
    return Section(
        program=program,
        owed=owed,
        tiles=[_tile(built, row, present, owed) for row in first.values()],
        completeness=owed.completeness({(r.site_id, r.month) for r in approved}),
        waiting_reports=len(mine) - len(approved),
        corrections=sum(r.program_id == key for r in data.corrections),
        approved_at=_moment(max((r.reviewed or 0 for r in approved), default=0)),
    )


def _moment(seconds: float) -> dt.datetime | None:
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC) if seconds else None


def _tile(
    built: Board, row: ProgramIndicator, present: dict[int, Indicator], owed: Expected
) -> Tile:
    """One figure: its own months, and the number that stands for the period."""
    indicator, period = row.indicator, built.selection.period
    own = built.values(row.program_id, indicator.pk)
    counted = _stand_in(built, row, present) or indicator
    rows = built.data.rows(row.program_id, counted.pk)
    add = partial(total, time_rule=counted.time_rule, site_rule=counted.site_rule, owed=owed.months)
    values = built.values(row.program_id, counted.pk)
    later = built.values(row.program_id, counted.pk, with_unapproved=True)
    shown = add(values)
    everything = shown if later is values else add(later)
    approved = {(r.site_id, r.month) for r, _value, _missing in rows if r.status == APPROVED}
    is_replaced = counted is not indicator
    return Tile(
        program=owed.program,
        indicator=indicator,
        is_main=row.is_main,
        total=shown,
        months=monthly(own, indicator.site_rule),
        with_unapproved=everything.amount if everything and everything != shown else None,
        missing=dict(sorted(_missing(built, row.program_id, counted.pk).items())),
        completeness=owed.completeness(approved, _months(built, row, shown, counted)),
        progress=_progress(built, row, counted, owed),
        stand_in=counted if is_replaced else None,
        peak=total(own, NONE, indicator.site_rule) if is_replaced else None,
        is_over_months=not period.is_one_month,
    )


def _stand_in(
    built: Board, row: ProgramIndicator, present: dict[int, Indicator]
) -> Indicator | None:
    """What to show over several months for a distinct count, if the program reports it."""
    other = present.get(row.indicator.summed_by_id)
    if built.selection.period.is_one_month or row.indicator.time_rule != NONE or other is None:
        return None
    return other if built.values(row.program_id, other.pk) else None


def _months(
    built: Board, row: ProgramIndicator, shown: Total | None, counted: Indicator
) -> list[dt.date]:
    """The months whose reports the total needs: all that the figure is asked for, or its own."""
    if shown and counted.time_rule == LAST:
        return [shown.month]
    spans = [
        one.active for one in built.figures[row.program_id] if one.indicator_id == row.indicator_id
    ]
    return sorted(set().union(*(built.months_within(span) for span in spans)))


def _touches(span: DateRange, month: dt.date) -> bool:
    """Whether a day of the month lies in a span, which is open where it has no bound."""
    lower, upper = span.lower, span.upper
    return (upper is None or month < upper) and (lower is None or first_of_month(lower) <= month)


def _missing(built: Board, program_id: int, indicator_id: int) -> Counter:
    """Cells without a number, by reason, in the reports that the total is made of."""
    found: Counter = Counter()
    for count in built.data.rows(program_id, indicator_id):
        if count.missing and (count.report.is_approved or built.selection.with_unapproved):
            found += built.data.missing[count.report.pk, indicator_id]
    return found


def _progress(
    built: Board, row: ProgramIndicator, counted: Indicator, owed: Expected
) -> list[Progress]:
    """The figure beside each of its targets, with the months before the period that they take.

    A level is kept month by month: there the figure's own months stand, not its stand-in's; and
    so does one cell where the stand-in is broken down otherwise.
    """
    found = []
    for goal in built.goals.get((row.program_id, row.indicator_id), []):
        is_other = goal.cell and goal.cell.breakdown_id != counted.breakdown_id
        indicator = row.indicator if goal.is_level or is_other else counted
        values = _counted_for(built, row.program_id, indicator.pk, goal)
        found.append(progress(goal, indicator, values, built.selection.period, owed.months))
    return found


def _counted_for(built: Board, program_id: int, indicator_id: int, goal: Goal) -> Values:
    """Site and month → what was counted of a goal's figure or cell, before the period too."""
    if goal.cell:
        return built.cells.get((program_id, indicator_id, goal.cell.pk), {})
    before = standing_values(
        built.earlier.rows(program_id, indicator_id),
        with_unapproved=built.selection.with_unapproved,
    )
    return before | built.values(program_id, indicator_id)
