"""Helpers of the tests of the demonstration's data: figures without a database."""

from __future__ import annotations

import datetime as dt
from itertools import product

from ngo_portal.demo import families
from ngo_portal.demo.calendar import Calendar
from ngo_portal.demo.counts import Cells, Month
from ngo_portal.demo.shapes import Prog, Work
from programs.standard import BREAKDOWNS, DIMENSIONS, INDICATORS

NOW = dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
INDICATOR = {row.code: row for row in INDICATORS}
PROGRAMS = [program for family in families.ALL for program in family.programs]
REAL = [family for family in families.ALL if not family.is_invented]


def cell_keys() -> dict[str, list[str]]:
    """The keys of the cells of every standard indicator, in their order."""
    codes = {dimension.code: [c.code for c in dimension.categories] for dimension in DIMENSIONS}
    keys = {
        breakdown.code: ["|".join(c) for c in product(*(codes[d] for d in breakdown.dimensions))]
        for breakdown in BREAKDOWNS
    }
    return {row.code: keys[row.breakdown] for row in INDICATORS}


KEYS = cell_keys()


def figures(prog: Prog, work: Work, month: dt.date, calendar: Calendar) -> dict[str, Cells]:
    """The figures of a site for a month, by indicator and cell."""
    return Month(prog, work, month, calendar.start_of(work), KEYS).all()


def program(code: str) -> Prog:
    return next(one for one in PROGRAMS if one.code == code)


def total(prog: Prog, indicator: str, first: dt.date, last: dt.date, calendar: Calendar) -> int:
    """An indicator's sum over all sites of a program, from one month to another."""
    return sum(
        sum(figures(prog, work, month, calendar)[indicator].values())
        for work in prog.works
        for month in calendar.months_of(prog, work)
        if first <= month <= last
    )
