"""Months and days in addresses: 2026-10 and 2026-10-31."""

import datetime as dt


class MonthConverter:
    """The first day of a month, written as year and month."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(f"{value}-01")

    def to_url(self, value: dt.date) -> str:
        return f"{value:%Y-%m}"


class DayConverter:
    """A day, as ISO writes it."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date) -> str:
        return value.isoformat()
