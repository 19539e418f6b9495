import datetime as dt

import pytest
from django import forms
from django.db.backends.postgresql.psycopg_any import DateRange

from programs.fields import DateSpanField


class SpanForm(forms.Form):
    active = DateSpanField()
    agreed = DateSpanField(required=False, is_open_ended=False)


def form(first="", last="", agreed_first="", agreed_last=""):
    return SpanForm(
        {
            "active_0": first,
            "active_1": last,
            "agreed_0": agreed_first,
            "agreed_1": agreed_last,
        }
    )


def test_the_last_day_is_included():
    filled = form("2026-01-01", "2026-01-31")
    assert filled.is_valid()
    assert filled.cleaned_data["active"] == DateRange(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    assert filled.cleaned_data["agreed"] is None


def test_without_a_last_day_the_range_has_no_end():
    filled = form("2026-01-01")
    assert filled.is_valid()
    assert filled.cleaned_data["active"] == DateRange(dt.date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("", "", "This field is required."),
        ("", "2026-01-31", "Give the first day."),
        ("2026-01-31", "2026-01-30", "The last day must not be before the first."),
        ("0026-01-31", "", "Give a year between 1900 and 2199."),
        ("2026-01-31", "9999-12-31", "Give a year between 1900 and 2199."),
        ("2026-02-30", "", "Enter a valid date."),
    ],
)
def test_what_is_refused(first, last, message):
    assert form(first, last).errors == {"active": [message]}


def test_an_end_may_be_demanded():
    assert form("2026-01-01", "", "2026-01-01").errors == {"agreed": ["Give the last day."]}


def test_what_is_stored_is_shown_with_its_last_day():
    stored = DateRange(dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    html = SpanForm(initial={"active": stored}).as_div()
    assert 'value="2026-01-01"' in html
    assert 'value="2026-01-31"' in html


def test_each_day_has_a_label_and_the_summary_leads_to_the_first():
    bound = form()["active"]
    assert 'for="id_active_0"' in str(bound)
    assert 'for="id_active_1"' in str(bound)
    assert bound.id_for_label == "id_active_0"


def test_the_same_span_is_no_change():
    stored = DateRange(dt.date(2026, 1, 1), None)
    filled = SpanForm({"active_0": "2026-01-01", "active_1": ""}, initial={"active": stored})
    assert not filled.has_changed()
