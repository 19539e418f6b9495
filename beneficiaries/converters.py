"""Months and days in addresses: 2026-10 and 2026-10-31, of believable years."""

import datetime as dt

# Far enough from the first and the last date there is to count months and days around them.
YEARS = range(1950, 2200)


def believable(day: dt.date) -> dt.date:
    """The day itself; a ValueError, which means not found, for a year out of reason."""
    if day.year not in YEARS:
        raise ValueError
    return day


class MonthConverter:
    """The first day of a month, written as year and month."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return believable(dt.date.fromisoformat(f"{value}-01"))

    def to_url(self, value: dt.date) -> str:
        return f"{value:%Y-%m}"


class DayConverter:
    """A day, as ISO writes it."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return believable(dt.date.fromisoformat(value))

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()
