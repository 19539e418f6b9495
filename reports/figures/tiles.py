"""What the dashboard says of one program: its figures, each with how far it may be trusted."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from programs.models import Indicator, Program
from reports.period import short

from .completeness import Completeness, Expected
from .rules import Amount, Total
from .targets import Progress

NONE, LAST, SUM = Indicator.TimeRule.NONE, Indicator.TimeRule.LAST, Indicator.TimeRule.SUM


@dataclass(frozen=True)
class Tile:
    """One figure of one program over the period: its number, and how far it may be trusted."""

    program: Program
    indicator: Indicator
    is_main: bool
    # The number shown; None when nothing was counted.
    total: Total | None
    # Each month on its own, in order.
    months: dict[dt.date, Amount]
    # The number with what is not yet approved, when that changes it.
    with_unapproved: Amount | None
    # Reasons of missing cells → how many.
    missing: dict[str, int]
    completeness: Completeness
    progress: list[Progress]
    # Shown instead of this one, which does not add up over months.
    stand_in: Indicator | None = None
    # The highest month of the figure itself, when another stands in for it.
    peak: Total | None = None
    is_over_months: bool = False

    @cached_property
    def key(self) -> str:
        return f"{self.program.pk}-{self.indicator.pk}"

    @property
    def counted(self) -> Indicator:
        """The indicator whose number is shown."""
        return self.stand_in or self.indicator

    @property
    def unit(self) -> str:
        return self.counted.unit_name

    @property
    def is_at_least(self) -> bool:
        """Distinct persons of one month, in a period of several: more were reached."""
        return bool(self.total and self.is_over_months and self.counted.time_rule == NONE)

    @property
    def is_of_last_month(self) -> bool:
        return bool(self.total and self.is_over_months and self.counted.time_rule == LAST)

    @property
    def stock_note(self) -> str:
        """The month whose end a stock speaks of, and whether every site is in it."""
        if not self.is_of_last_month:
            return ""
        values = {"month": short(self.total.month)}
        if self.total.is_partial:
            return _("At the end of %(month)s, the fullest month: none has every site.") % values
        return _("At the end of %(month)s, the last complete month.") % values

    @property
    def counts_years_apart(self) -> bool:
        """New persons of two civil years: whoever came in both is counted in both."""
        is_yearly = self.counted.measure == Indicator.Measure.NEW_IN_YEAR
        return is_yearly and len({month.year for month in self.months}) > 1

    @property
    def notes(self) -> list[str]:
        """How its number is to be read, in sentences."""
        found = [self._months_note]
        if self.total and not self.total.amount.is_exact:
            found.append(
                _("Between the largest site and all sites together: "
                  "two sites may count the same person or household.")
            )  # fmt: skip
        if self.counts_years_apart:
            found.append(
                _("Over several civil years: whoever came in more than one is counted in each.")
            )
        return [note for note in found if note]

    @property
    def _months_note(self) -> str:
        """Why its months do not add up, and what stands for them."""
        if self.stand_in:
            text = _("%(name)s: distinct counts of several months never add up.")
            sentences = [text % {"name": self.stand_in}]
            if self.peak:
                values = {"peak": self.peak.amount, "month": short(self.peak.month)}
                sentences.append(_("Highest month: %(peak)s (%(month)s).") % values)
            return " ".join(sentences)
        if self.is_at_least:
            values = {"number": self.total.amount, "month": short(self.total.month)}
            return (
                _("%(number)s in %(month)s, the highest month: "
                  "distinct counts of several months never add up.") % values
            )  # fmt: skip
        return self.stock_note

    @property
    def pending(self) -> Amount | None:
        """What is still to be approved, where it may be added."""
        if not self.with_unapproved or self.counted.time_rule != SUM:
            return None
        if not self.with_unapproved.is_exact or (self.total and not self.total.amount.is_exact):
            return None
        approved = self.total.amount.high if self.total else 0
        return Amount(*[self.with_unapproved.high - approved] * 2)

    @property
    def missing_cells(self) -> int:
        return sum(self.missing.values())

    @property
    def missing_mark(self) -> str:
        """Why there is no number at all: the reason all the cells share, if they do."""
        return next(iter(self.missing)) if len(self.missing) == 1 and not self.total else ""

    @property
    def goal(self) -> Progress | None:
        """The leading target of the whole figure."""
        return next((one for one in self.progress if one.goal.cell is None), None)

    @property
    def further(self) -> list[Progress]:
        """Its other targets: of grants, of single cells."""
        return [one for one in self.progress if one is not self.goal]

    @cached_property
    def sparkline(self) -> str:
        """Bars of the months as one SVG path, 100 wide and 24 high."""
        top = max((amount.high for amount in self.months.values()), default=0)
        if not top or len(self.months) < 2:
            return ""
        step = 100 / len(self.months)
        heights = [24 * amount.high / top for amount in self.months.values()]
        return "".join(
            f"M{number * step:.1f},24v-{height:.1f}h{step * 0.7:.1f}v{height:.1f}z"
            for number, height in enumerate(heights)
        )


@dataclass(frozen=True)
class Section:
    """A program under its name, with its figures."""

    program: Program
    owed: Expected
    tiles: list[Tile]
    completeness: Completeness
    # Reports submitted or in progress that count for nothing yet.
    waiting_reports: int
    corrections: int
    # When a report of the section was last approved.
    approved_at: dt.datetime | None
