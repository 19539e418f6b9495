"""Months, each known by its first day."""

from __future__ import annotations

import datetime as dt


def month_after(month: dt.date, number: int = 1) -> dt.date:
    """The first day of the month that stands `number` months later (or earlier, if negative)."""
    index = month.year * 12 + month.month - 1 + number
    return dt.date(index // 12, index % 12 + 1, 1)
