import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reports.period import MAX_MONTHS, choices, parse

TODAY = dt.date(2026, 11, 22)


def span(**query: str) -> tuple[dt.date, dt.date]:
    found = parse({"from" if k == "since" else k: v for k, v in query.items()}, TODAY)
    assert not found.is_fallback
    return found.start, found.end


@pytest.mark.parametrize(
    ("code", "first", "after"),
    [
        ("last12", (2025, 11), (2026, 11)),
        ("2026-10", (2026, 10), (2026, 11)),
        ("2026-12", (2026, 12), (2027, 1)),
        ("2026-Q4", (2026, 10), (2027, 1)),
        ("2026", (2026, 1), (2027, 1)),
        ("school-2025-09", (2025, 9), (2026, 9)),
        ("school-2026-06", (2026, 6), (2027, 6)),
        ("fiscal-2025-04", (2025, 4), (2026, 4)),
    ],
)
def test_a_period_is_one_word(code, first, after):
    assert span(period=code) == (dt.date(*first, 1), dt.date(*after, 1))


def test_a_range_is_read_in_any_order():
    wanted = (dt.date(2025, 2, 1), dt.date(2025, 7, 1))
    assert span(period="range", since="2025-02", to="2025-06") == wanted
    assert span(period="range", since="2025-06", to="2025-02") == wanted


def test_a_range_still_to_be_chosen_starts_with_the_last_twelve_months():
    assert span(period="range") == (dt.date(2025, 11, 1), dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    "query",
    [
        {"period": "soon"}, {"period": "2026-13"}, {"period": "0000"}, {"period": "9999-12"},
        {"period": "range", "from": "x", "to": "2025-01"},
        {"period": "range", "from": "1990-01", "to": "2026-01"},
        {"period": "school-2025-00"}, {"period": "２０２６"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_becomes_the_last_twelve_months(query):
    found = parse(query, TODAY)
    assert found.is_fallback
    assert found.start == dt.date(2025, 11, 1)


@given(st.dictionaries(st.sampled_from(["period", "from", "to"]), st.text(max_size=20)))
def test_any_text_gives_a_period(query):
    found = parse(query, TODAY)
    assert 0 < len(found.months) <= MAX_MONTHS
    assert found.label


def test_only_months_that_are_over_are_expected():
    found = parse({"period": "2026"}, TODAY)
    assert len(found.past_months) == 10
    assert found.reached == dt.date(2026, 11, 1)


def test_labels_follow_the_language():
    found = parse({"period": "range", "from": "2026-02", "to": "2026-08"}, TODAY)
    with translation.override("fr"):
        assert found.label == "févr. 2026 – août 2026"
    with translation.override("en"):
        assert found.label == "Feb 2026 – Aug 2026"


def test_every_choice_of_the_menu_can_be_read_back():
    for group in choices(dt.date(2026, 11, 1), {7}):
        for code, _label in group.options:
            assert not parse({"period": code}, TODAY).is_fallback
