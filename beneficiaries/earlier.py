"""Totals of the months before, to compare a month with: last month, a year ago, the usual."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from statistics import median

from django.db.models import Sum

from programs.months import month_after

from .models import BeneficiaryCount, CountReport

# A change is unusual when it is more than SPREADS times the usual spread away from the median
# (1.4826 × MAD is a standard deviation when counts are normal), and at least SMALLEST_CHANGE:
# counts of small sites jump by a few people without any meaning.
MONTHS = 12
FEWEST_MONTHS = 4
SPREADS = 3 * 1.4826
SMALLEST_CHANGE = 10


@dataclass(frozen=True)
class Unusual:
    """How far a total stands from the median of the approved months before."""

    total: int
    usual: int

    @property
    def percent(self) -> int | None:
        """The change in percent of the usual; None when the usual is zero."""
        return round((self.total - self.usual) * 100 / self.usual) if self.usual else None

    @property
    def is_drop(self) -> bool:
        return self.total < self.usual

    @property
    def drop(self) -> int:
        """How many percent less than the usual."""
        return -(self.percent or 0)


class Earlier:
    """Totals by indicator of the twelve months before a month, from one query."""

    def __init__(
        self,
        rows: list[tuple[int, dt.date, str, int, int | None]],
        month: dt.date,
        *,
        is_unfinished: bool = False,
    ):
        self._month, self._is_unfinished = month, is_unfinished
        self._latest: dict[tuple[int, dt.date], tuple[int, int | None]] = {}
        self._approved: dict[int, list[int]] = {}
        for indicator, of, status, version, total in rows:
            rank = version + (10_000 if status == CountReport.Status.APPROVED else 0)
            if rank > self._latest.get((indicator, of), (0, None))[0]:
                self._latest[indicator, of] = (rank, total)
            if status == CountReport.Status.APPROVED and total is not None:
                self._approved.setdefault(indicator, []).append(total)

    def last_month(self, indicator_id: int) -> int | None:
        """The total of the month before: approved, or else of the latest version."""
        return self._latest.get((indicator_id, month_after(self._month, -1)), (0, None))[1]

    def year_ago(self, indicator_id: int) -> int | None:
        """The total of the same month last year: approved, or else of the latest version."""
        return self._latest.get((indicator_id, month_after(self._month, -12)), (0, None))[1]

    def unusual(self, indicator_id: int, total: int | None) -> Unusual | None:
        """How `total` leaves the usual of the approved months, if it does.

        While its month is unfinished a total may still be low without a reason.
        """
        before = self._approved.get(indicator_id, [])
        if total is None or len(before) < FEWEST_MONTHS:
            return None
        usual = median(before)
        spread = median(abs(value - usual) for value in before)
        if abs(total - usual) <= max(SPREADS * spread, SMALLEST_CHANGE - 1):
            return None
        strange = Unusual(total=total, usual=round(usual))
        return None if strange.is_drop and self._is_unfinished else strange


def earlier(report: CountReport, *, is_unfinished: bool = False) -> Earlier:
    """What the same site reported in the same program in the twelve months before."""
    reports = CountReport.objects.filter(
        program=report.program_id,
        site=report.site_id,
        month__gte=month_after(report.month, -MONTHS),
        month__lt=report.month,
    ).exclude(status=CountReport.Status.SUPERSEDED)
    totals = (
        BeneficiaryCount.objects.filter(report__in=reports)
        .values_list("indicator", "report__month", "report__status", "report__version")
        .annotate(total=Sum("value"))
        .order_by()
    )
    return Earlier(list(totals), report.month, is_unfinished=is_unfinished)
