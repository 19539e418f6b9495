"""Tally sheets whose sums are the figures of the month, exactly."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from typing import TYPE_CHECKING

from beneficiaries import tallies
from beneficiaries.actions import tally as tally_actions
from programs.models import Indicator

from .counts import chance, spread

if TYPE_CHECKING:
    from .reports import Desk

Key = tuple[int, int]
USUAL_ROUNDS = 3
ROUNDS = "ROUNDS"


def make_sheets(desk: Desk, month: dt.date, figures: dict[Key, int]) -> set[Key]:
    """The rounds of a month until today; returns the cells that they fill in the report."""
    events = {
        row.indicator.pk: row.indicator
        for row in desk.sheet.rows
        if row.indicator.measure == Indicator.Measure.EVENTS
    }
    tallied = {key: value for key, value in figures.items() if key[0] in events}
    rounds = _rounds(events, tallied)
    days = _days(desk, month, rounds)
    names = _names(desk)
    shared = {
        key: _shares(desk, month, names[key], value, rounds) for key, value in tallied.items()
    }
    held = [n for n, day in enumerate(days) if tallies.is_open_on(desk.place, day)]
    for n in held:
        tally_actions.save_sheet(
            place=desk.place,
            day=days[n],
            number=1,
            revision=0,
            values={key: parts[n] for key, parts in shared.items() if parts[n]},
            by=desk.enters,
        )
    return set(tallied) if held else set()


def _rounds(events: dict[int, Indicator], tallied: dict[Key, int]) -> int:
    """As many sheets as rounds are counted; some group arrivals where none are."""
    counted = [value for key, value in tallied.items() if events[key[0]].code == ROUNDS]
    return sum(counted) if counted else USUAL_ROUNDS


def _days(desk: Desk, month: dt.date, rounds: int) -> list[dt.date]:
    length = monthrange(month.year, month.month)[1]
    dice = chance(desk.prog.code, desk.work.site, "days", month)
    return [month.replace(day=day) for day in sorted(dice.sample(range(2, length), rounds))]


def _names(desk: Desk) -> dict[Key, str]:
    """Codes instead of the database's numbers, which differ from one machine to another."""
    return {
        (row.indicator.pk, column.cell_id): f"{row.indicator.code}|{column.key}"
        for row in desk.sheet.rows
        for column in row.columns
    }


def _shares(desk: Desk, month: dt.date, name: str, value: int, rounds: int) -> list[int]:
    """A month's figure as the figures of its rounds, some larger than others."""
    if name.startswith(ROUNDS):
        return [1] * rounds
    sizes = chance(desk.prog.code, desk.work.site, "sizes", month)
    weights = {f"ROUND_{n}": sizes.uniform(0.5, 1.5) for n in range(rounds)}
    dice = chance(desk.prog.code, desk.work.site, "rounds", month, name)
    return list(spread(value, list(weights), weights, dice).values())
