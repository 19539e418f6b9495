"""The totals of the screen as rows: of each program, of each figure, of its targets and months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from programs.models import Site
from reports.figures import (
    Amount,
    Board,
    Figure,
    Row,
    Tile,
    expected_by_month,
    goals_by_site,
    site_rows,
)
from reports.figures.completeness import Completeness
from reports.figures.targets import Progress
from reports.figures.tiles import Section

from .file import neutral

HEAD = (
    "program", "program_fr", "program_en", "site", "site_fr", "site_en",
    "indicator", "indicator_fr", "indicator_en", "unit",
    "from", "to", "low", "high", "at_least", "shown_indicator", "shown_month",
    "with_unapproved_low", "with_unapproved_high",
    "not_yet_approved",
    "cells_not_collected", "cells_not_applicable", "cells_withheld",
    "sites", "sites_complete", "sites_late", "reports", "reports_approved",
    "reports_not_approved", "corrections", "last_approval",
    "target_kind", "target", "target_from", "target_to", "target_grant", "target_cell",
    "target_sites", "reached_low",
    "reached_high", "percent", "expected", "expected_percent", "months_kept", "months_reported",
    "expected_in_period",
)  # fmt: skip
REASONS = ("not_collected", "not_applicable", "withheld")


def totals(board: Board) -> Iterator[list]:
    """For each program its reports; for each figure its total over the period, further targets,
    then month by month and site by site."""
    period, goals = board.selection.period, goals_by_site(board.selection, board.targets)
    whole = {"from": f"{period.start:%Y-%m}", "to": f"{period.last_month:%Y-%m}"}
    for section in board.sections:
        yield _row(_program(section), whole, _reports(section))
        for tile in section.tiles:
            words = _program(section) | _indicator(tile)
            yield _row(words, whole, _total(tile), _target(tile.goal))
            for progress in tile.further:
                yield _row(words, whole, _target(progress))
            yield from _months(words, tile, expected_by_month(board.selection, tile))
            for row in site_rows(Figure(board, section, tile), goals):
                site = board.selection.visible.sites[int(row.key)]
                yield _row(words, _place(site), whole, _site(row, tile))


def _months(words: dict, tile: Tile, expected: dict[dt.date, int]) -> Iterator[list]:
    """What was counted in each month, and what the leading target asks of it."""
    for month in sorted(tile.months.keys() | expected.keys()):
        asked = {"from": f"{month:%Y-%m}", "to": f"{month:%Y-%m}"}
        asked["expected_in_period"] = expected.get(month, "")
        yield _row(words, asked, _pair("", tile.months.get(month)))


def _row(*parts: dict) -> list:
    found = {name: value for part in parts for name, value in part.items()}
    return [found.get(name, "") for name in HEAD]


def _program(section: Section) -> dict:
    program = section.program
    return {
        "program": program.code,
        "program_fr": neutral(program.name_fr),
        "program_en": neutral(program.name_en),
    }


def _place(site: Site) -> dict:
    """A confidential site is known by its code alone."""
    names = [site.code] * 2 if site.is_confidential else [site.name_fr, site.name_en]
    return dict(zip(("site", "site_fr", "site_en"), [site.code, *map(neutral, names)], strict=True))


def _site(row: Row, tile: Tile) -> dict:
    """What a site counted, its reports, and what its own target asks of the period."""
    approved, owed = row.reports or ("", "")
    return {
        **_pair("", row.total),
        "shown_indicator": _stand_in(tile),
        "reports": owed,
        "reports_approved": approved,
        "expected_in_period": "" if row.expected is None else row.expected,
    }


def _indicator(tile: Tile) -> dict:
    indicator = tile.indicator
    return {
        "indicator": indicator.code,
        "indicator_fr": neutral(indicator.name_fr),
        "indicator_en": neutral(indicator.name_en),
        "unit": indicator.unit,
    }


def _reports(section: Section) -> dict:
    """How many reports of a program came, and when the last of them was approved."""
    approved_at = section.approved_at
    return {
        **_completeness(section.completeness),
        "reports_not_approved": section.waiting_reports,
        "corrections": section.corrections,
        "last_approval": approved_at.isoformat(timespec="seconds") if approved_at else "",
    }


def _completeness(complete: Completeness) -> dict:
    return {
        "sites": complete.sites,
        "sites_complete": complete.complete_sites,
        "sites_late": complete.late_sites,
        "reports": complete.reports,
        "reports_approved": complete.approved_reports,
    }


def _pair(prefix: str, amount: Amount | None) -> dict:
    return {f"{prefix}low": amount.low, f"{prefix}high": amount.high} if amount else {}


def _total(tile: Tile) -> dict:
    total = tile.total
    return {
        **_pair("", total.amount if total else None),
        "at_least": int(tile.is_at_least),
        "shown_indicator": _stand_in(tile),
        "shown_month": f"{total.month:%Y-%m}" if total and total.month else "",
        **_pair("with_unapproved_", tile.with_unapproved),
        "not_yet_approved": tile.pending.high if tile.pending else "",
        **{f"cells_{reason}": tile.missing.get(reason, 0) for reason in REASONS},
        **_completeness(tile.completeness),
    }


def _stand_in(tile: Tile) -> str:
    return tile.stand_in.code if tile.stand_in else ""


def _target(progress: Progress | None) -> dict:
    if progress is None:
        return {}
    goal = progress.goal
    first, last = goal.days
    return {
        "target_kind": goal.kind,
        "target": goal.value,
        "target_from": first.isoformat(),
        "target_to": last.isoformat(),
        "target_grant": neutral(goal.grant or ""),
        "target_cell": str(goal.cell or ""),
        "target_sites": len(goal.sites) if goal.sites else "",
        **_pair("reached_", progress.reached),
        "percent": progress.percent,
        "expected": progress.expected,
        "expected_percent": progress.expected_percent,
        "months_kept": progress.kept_months,
        "months_reported": progress.months,
    }
