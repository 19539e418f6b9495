"""A figure by site, and the programs' figures by pillar."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from programs.alphabet import place_of
from programs.models import Indicator, ProgramIndicator
from programs.months import month_after

from .board import board
from .goals import GoalsBySite, goals_by_site
from .rules import Amount, by_site
from .selection import Selection
from .tables import Figure, Row, Table, overlap_note
from .targets import Goal, expected_between
from .tiles import LAST, Tile


def sites(asked: Figure) -> Table:
    """The figure of each site on its own, beside its own target, in its unit."""
    tile, indicator = asked.tile, asked.tile.counted
    return Table(
        name="sites",
        title=_("By site"),
        unit=indicator.unit_name,
        head=_("Site"),
        columns=[],
        rows=site_rows(asked, goals_by_site(asked.selection, asked.board.targets)),
        notes=[*_site_notes(tile, indicator), *overlap_note(indicator, asked)],
        total=tile.total.amount if tile.total and indicator.time_rule == "sum" else None,
    )


def site_rows(asked: Figure, goals: GoalsBySite) -> list[Row]:
    """What each site counted, beside its own target and its reports, the largest first."""
    tile, names = asked.tile, asked.selection.visible.sites
    totals = by_site(asked.values(tile.counted), tile.counted.time_rule)
    own = goals.get((tile.program.pk, tile.indicator.pk), {})
    expected = {site: _expected(goal, asked.selection) for site, goal in own.items()}
    owed = _reports_by_site(asked)
    rows = [
        Row(
            key=str(site),
            label=str(names[site]),
            entries=[],
            total=totals[site].amount if site in totals else None,
            expected=expected.get(site),
            reports=owed.get(site),
        )
        for site in owed.keys() | totals.keys()
    ]
    return sorted(rows, key=_largest_first)


def _largest_first(row: Row) -> tuple:
    return -(row.total.high if isinstance(row.total, Amount) else -1), place_of(row.label)


def _site_notes(tile: Tile, indicator: Indicator) -> list[str]:
    if not tile.is_over_months or indicator.time_rule == "sum":
        return []
    if indicator.time_rule == LAST:
        return [_("Each site at the end of the last month it reported.")]
    return [_("Each site in its highest month: distinct counts never add up.")]


def _expected(goal: Goal, selection: Selection) -> int | None:
    """What a site should have reached in the months at hand, where its target runs."""
    months = selection.period.past_months
    return expected_between(goal, months[0], month_after(months[-1], 1)) if months else None


def _reports_by_site(asked: Figure) -> dict[int, tuple[int, int]]:
    """Approved and expected monthly reports of each site."""
    rows = asked.board.data.rows(asked.tile.program.pk, asked.tile.counted.pk)
    approved = {(c.report.site_id, c.report.month) for c in rows if c.report.is_approved}
    owed = asked.section.owed.months
    both = Counter(site for site, _month in owed & approved)
    return {site: (both[site], number) for site, number in Counter(s for s, _m in owed).items()}


def pillars(selection: Selection, unit: str) -> Table:
    """The first figure of each program in one unit, by pillar. Programs are never added."""

    def is_wanted(row: ProgramIndicator, rows: list[ProgramIndicator]) -> bool:
        first = next((r for r in rows if r.indicator.unit == unit), None)
        return first is not None and row.indicator_id in (
            first.indicator_id,
            first.indicator.summed_by_id,
        )

    built = board(selection, is_wanted)
    rows = [_pillar_row(section.tiles[0]) for section in built.sections if section.tiles]
    return Table(
        name="pillars",
        title=_("By pillar"),
        unit=str(Indicator.Unit(unit).label),
        head=_("Program"),
        columns=[],
        rows=sorted(rows, key=lambda row: (row.group, _largest_first(row))),
        notes=[
            _("The first figure of each program. A person may be met in several: do not add them.")
        ],
        group_head=_("Pillar"),
    )


def _pillar_row(tile: Tile) -> Row:
    return Row(
        key=tile.key,
        label=str(tile.program),
        entries=[],
        total=tile.total.amount if tile.total else None,
        group=str(tile.program.get_pillar_display()),
    )
