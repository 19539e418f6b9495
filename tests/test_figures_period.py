import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reports.period import MAX_MONTHS, choices, parse

TODAY = dt.date(2026, 11, 22)
FEBRUARY_TO_JUNE = (dt.date(2025, 2, 1), dt.date(2025, 7, 1))


def span(**query: str) -> tuple[dt.date, dt.date]:
    found = parse({"from" if k == "since" else k: v for k, v in query.items()}, TODAY)
    assert not found.errors
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


def test_a_range_goes_from_one_month_to_another_or_is_one_month():
    assert span(period="range", since="2025-02", to=" 2025-06 ") == FEBRUARY_TO_JUNE
    assert span(since="2025-02", to="2025-06") == FEBRUARY_TO_JUNE
    for one in ({"since": "2025-06"}, {"to": "2025-06"}, {"since": "2025-06", "to": "2025-06"}):
        assert span(period="range", **one) == (dt.date(2025, 6, 1), dt.date(2025, 7, 1))


def test_a_range_still_to_be_chosen_starts_with_the_last_twelve_months():
    assert span(period="range") == (dt.date(2025, 11, 1), dt.date(2026, 11, 1))


@pytest.mark.parametrize(
    "code", ["soon", "2026-13", "0000", "9999-12", "1979", "school-2025-00", "２０２６"]
)
def test_a_word_that_cannot_be_read_is_kept_beside_the_last_twelve_months(code):
    found = parse({"period": code, "from": "2025-01"}, TODAY)
    assert (found.code, found.start) == ("last12", dt.date(2025, 11, 1))
    assert found.typed == {"period": code}
    assert found.errors == {"period": "This period cannot be read: choose one from the list."}


EXAMPLE = "Write a year from 1980 to 2100 and a month from 01 to 12, as in 2026-10."


@pytest.mark.parametrize(
    ("first", "last", "errors"),
    [
        ("x", "2025-01", {"from": EXAMPLE}),
        ("2025-01", "2024-13", {"to": EXAMPLE}),
        ("2024-00", "2024-1", {"from": EXAMPLE, "to": EXAMPLE}),
        ("", "1979-12", {"to": EXAMPLE}),
        ("2025-06", "2025-02", {
            "to": "The last month comes before the first: choose June 2025 or a later one.",
        }),
        ("1990-01", "2010-01", {
            "to": "These are more than 20 years: choose December 2009 or an earlier month.",
        }),
    ],
)  # fmt: skip
def test_months_that_cannot_be_read_are_kept_and_each_says_how_to_mend_it(first, last, errors):
    found = parse({"period": "range", "from": first, "to": last}, TODAY)
    assert (found.code, found.start) == ("last12", dt.date(2025, 11, 1))
    assert found.typed == {"period": "range", "from": first, "to": last}
    assert found.errors == errors


def test_what_a_message_proposes_can_be_read():
    assert span(since="2025-06", to="2025-06")
    assert span(since="1990-01", to="2009-12")
    assert span(since="1980-01", to="1980-12")
    assert span(since="2100-01", to="2100-12")


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
            assert not parse({"period": code}, TODAY).errors
