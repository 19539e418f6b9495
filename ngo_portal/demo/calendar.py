"""The months of the demonstration, seen from a day: two rolling years, true months otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from zoneinfo import ZoneInfo

from programs.months import month_after

from .counts import chance, first_of, months_between
from .shapes import Prog, Span, Work

ROLLING_MONTHS = 24


@dataclass(frozen=True)
class Calendar:
    """What the demonstration shows on the day `now` falls on."""

    now: dt.datetime
    months: int = ROLLING_MONTHS

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @property
    def this_month(self) -> dt.date:
        return first_of(self.today)

    @property
    def first_month(self) -> dt.date:
        """The first of the rolling months, all over."""
        return month_after(self.this_month, -self.months)

    @property
    def opened_at(self) -> dt.datetime:
        """When its people came: their roles are as old as its months."""
        return dt.datetime.combine(self.first_month, dt.time(9), ZoneInfo("UTC"))

    def start_of(self, work: Work) -> dt.date:
        return work.since or self.first_month

    def span_of(self, work: Work) -> Span:
        """From when to when (not included) a site is open for a program."""
        until = work.until
        if work.stopped_months_ago is not None:
            until = month_after(self.this_month, 1 - work.stopped_months_ago)
        return self.start_of(work), until

    @staticmethod
    def span_of_rows(prog: Prog) -> Span:
        """As long as the program, its indicators are asked for."""
        return prog.starts_on, prog.ends_on and prog.ends_on + dt.timedelta(days=1)

    def months_of(self, prog: Prog, work: Work) -> list[dt.date]:
        """The months a report is expected for, the current one included while the work goes on."""
        since, until = self.span_of(work)
        last = self.this_month
        for end in (until and until - dt.timedelta(days=1), prog.ends_on):
            last = min(last, first_of(end)) if end else last
        return months_between(since, last)

    def submitted_at(
        self, prog: Prog, work: Work, month: dt.date, days_late: int = 0
    ) -> dt.datetime:
        """In office hours, in time: within the days to report, never after now."""
        dice = chance(prog.code, work.site, "submitted", month)
        day = dice.randint(1, max(1, prog.due_days - 2)) if not days_late else prog.due_days
        return self.moment(month_after(month) + dt.timedelta(days=day - 1 + days_late), dice)

    def reviewed_at(
        self, prog: Prog, work: Work, month: dt.date, days_late: int = 0
    ) -> dt.datetime:
        """The day after the submission, never after now."""
        dice = chance(prog.code, work.site, "reviewed", month)
        submitted = self.submitted_at(prog, work, month, days_late)
        return self.moment(submitted.date() + dt.timedelta(days=1), dice)

    def moment(self, day: dt.date, dice: Random) -> dt.datetime:
        at = dt.time(dice.randint(5, 10), dice.randrange(60))
        return min(self.now, dt.datetime.combine(day, at, ZoneInfo("UTC")))
