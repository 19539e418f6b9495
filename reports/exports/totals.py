"""The totals of the screen as rows: one for each figure, one for each of its months."""

from __future__ import annotations

from collections.abc import Iterator

from reports.figures import Amount, Board, Tile
from reports.figures.targets import Progress

from .file import neutral

HEAD = (
    "program", "program_fr", "program_en", "indicator", "indicator_fr", "indicator_en", "unit",
    "from", "to", "low", "high", "at_least", "shown_indicator", "shown_month",
    "with_unapproved_low", "with_unapproved_high",
    "not_yet_approved",
    "cells_not_collected", "cells_not_applicable", "cells_withheld",
    "sites", "sites_complete", "sites_late", "reports", "reports_approved",
    "target_kind", "target", "target_from", "target_to", "target_grant", "target_cell",
    "reached_low",
    "reached_high", "percent", "expected", "expected_percent", "months_kept", "months_reported",
)  # fmt: skip
REASONS = ("not_collected", "not_applicable", "withheld")


def totals(board: Board) -> Iterator[list]:
    """For each figure its total over the period, further targets, then month by month."""
    period = board.selection.period
    whole = [f"{period.start:%Y-%m}", f"{period.last_month:%Y-%m}"]
    for tile in board.tiles:
        words = _words(tile)
        yield [*words, *whole, *_total(tile), *_target(tile.goal)]
        for progress in [one for one in tile.progress if one is not tile.goal]:
            yield [*words, *whole, *[""] * (len(_total(tile))), *_target(progress)]
        for month, amount in tile.months.items():
            yield [*words, *[f"{month:%Y-%m}"] * 2, *_pair(amount)]


def _words(tile: Tile) -> list:
    program, indicator = tile.program, tile.indicator
    names = (program.name_fr, program.name_en), (indicator.name_fr, indicator.name_en)
    return [
        program.code, *map(neutral, names[0]), indicator.code, *map(neutral, names[1]),
        indicator.unit,
    ]  # fmt: skip


def _pair(amount: Amount | None) -> list:
    return [amount.low, amount.high] if amount else ["", ""]


def _total(tile: Tile) -> list:
    total, complete = tile.total, tile.completeness
    return [
        *_pair(total.amount if total else None),
        int(tile.is_at_least),
        tile.stand_in.code if tile.stand_in else "",
        f"{total.month:%Y-%m}" if total and total.month else "",
        *_pair(tile.with_unapproved),
        tile.pending.high if tile.pending else "",
        *[tile.missing.get(reason, 0) for reason in REASONS],
        complete.sites, complete.complete_sites, complete.late_sites,
        complete.reports, complete.approved_reports,
    ]  # fmt: skip


def _target(progress: Progress | None) -> list:
    if progress is None:
        return []
    first, last = progress.goal.days
    return [
        progress.goal.kind, progress.goal.value, first.isoformat(), last.isoformat(),
        neutral(progress.goal.grant or ""), str(progress.goal.cell or ""),
        *_pair(progress.reached), progress.percent,
        progress.expected, progress.expected_percent, progress.kept_months, progress.months,
    ]  # fmt: skip
