"""Words and numbers as the reader's language writes them."""

import datetime as dt

import pytest
from django.utils import timezone
from django.utils.translation import override

from ngo_portal.templatetags.portal import day
from programs.templatetags.catalogue import dated


@pytest.mark.parametrize(
    ("language", "first", "other"),
    [("fr", "1er\xa0janv. 2020", "21 janv. 2020"), ("en", "1 Jan 2020", "21 Jan 2020")],
)
def test_french_says_the_first_of_a_month(language, first, other):
    with override(language):
        for written in (day, dated):
            assert written(dt.date(2020, 1, 1)) == first
            assert written(dt.date(2020, 1, 21)) == other


def test_a_first_of_this_year_has_its_day_of_the_week():
    with override("fr"):
        first = day(timezone.localdate().replace(month=3, day=1))
    assert first.endswith(". 1er\xa0mars")
