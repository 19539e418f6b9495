"""Months counted on and back."""

import datetime as dt

import pytest

from programs.months import month_after


@pytest.mark.parametrize(
    ("month", "number", "found"),
    [
        ((2026, 1), 1, (2026, 2)),
        ((2026, 12), 1, (2027, 1)),
        ((2026, 1), -1, (2025, 12)),
        ((2026, 3), 24, (2028, 3)),
        ((2026, 3), 0, (2026, 3)),
    ],
)
def test_the_month_after(month, number, found):
    assert month_after(dt.date(*month, 1), number) == dt.date(*found, 1)
