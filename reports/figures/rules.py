"""How counts add up, and where they do not: pure arithmetic over sites and months.

An indicator says it in two words. Over time: `sum`, `last` (a stock: one month stands), `none`
(distinct persons: months never add up). Over sites: `sum`, `none` (the same person may be
counted at two sites: the truth lies between the largest site and all of them together).

The month that stands for a stock is the last complete one, in which every site that owes a
report gave its number: one site of three is no fall. Where no month is complete, it is the one
that lacks the fewest sites, and the total says that it is partial.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

THIN_SPACE = "\u202f"
# A month of a site, in one program.
SiteMonth = tuple[int, dt.date]
# The counted value of one site in one month, all cells of the breakdown added.
Values = Mapping[SiteMonth, int]


@dataclass(frozen=True, order=True)
class Amount:
    """A number, or the range it lies in when sites may count the same person."""

    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    def __str__(self) -> str:
        """« 1 212 » or « 180 – 212 », with thin spaces in both languages."""
        numbers = [self.high] if self.is_exact else [self.low, self.high]
        return " – ".join(f"{number:,}".replace(",", THIN_SPACE) for number in numbers)


@dataclass(frozen=True)
class Total:
    """What a figure amounts to over a period, and how it may be read."""

    amount: Amount
    # The one month it speaks of, when the months of the period do not add up.
    month: dt.date | None = None
    # A stock of a month that lacks sites, as every month does.
    is_partial: bool = False


def over_sites(values: Iterable[int], site_rule: str) -> Amount | None:
    """Sites of one month (or one sum each) together: their sum, or between largest and sum."""
    numbers = list(values)
    if not numbers:
        return None
    everything = sum(numbers)
    return Amount(everything if site_rule == "sum" else max(numbers), everything)


def monthly(values: Values, site_rule: str) -> dict[dt.date, Amount]:
    """Each month on its own, over the sites that reported it."""
    by_month: dict[dt.date, list[int]] = defaultdict(list)
    for (_site, month), value in values.items():
        by_month[month].append(value)
    return {month: over_sites(by_month[month], site_rule) for month in sorted(by_month)}


def by_site(values: Values, time_rule: str) -> dict[int, Total]:
    """Each site on its own, over the months it reported."""
    own: dict[int, dict[tuple[int, dt.date], int]] = defaultdict(dict)
    for (site, month), value in values.items():
        own[site][site, month] = value
    totals = ((site, total(rows, time_rule, "sum")) for site, rows in own.items())
    return {site: found for site, found in totals if found}


def total(
    values: Values, time_rule: str, site_rule: str, owed: Collection[SiteMonth] = ()
) -> Total | None:
    """The figure of a period; None when nothing was counted. `owed`: what should be reported."""
    if not values:
        return None
    if time_rule == "sum":
        sums: dict[int, int] = defaultdict(int)
        for (site, _month), value in values.items():
            sums[site] += value
        return Total(over_sites(sums.values(), site_rule))
    months = monthly(values, site_rule)
    if time_rule == "last":
        lacking = Counter(month for _site, month in set(owed) - values.keys())
        month = _standing(months, {month for _site, month in owed}, lacking)
        return Total(months[month], month, is_partial=lacking[month] > 0)
    month = max(months, key=lambda key: (months[key].low, months[key].high, key))
    return Total(months[month], month)


def _standing(months: Iterable[dt.date], owing: Collection[dt.date], lacking: Counter) -> dt.date:
    """The month of a stock; one of which nothing is owed, as the running one, only for want."""
    return min(months, key=lambda key: (key not in owing, lacking[key], -key.toordinal()))
