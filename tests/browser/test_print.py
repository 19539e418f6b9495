"""A month on paper: every column of it, on A4."""

import re

import pytest

from accounts.roles import Role
from programs.actions import create_breakdown
from tests.browser.conftest import DESK
from tests.factories import (
    make_dimension,
    make_filled_report,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_user,
    submit_as_is,
)

# What a lying sheet leaves between margins of 10 mm: 277 mm, in px.
WIDTH = 1047
BEYOND = """(width) => [...document.querySelectorAll("main :is(th, td, input, p, h1)")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .map((one) => one.outerHTML.slice(0, 100))"""


@pytest.fixture
def report(server):
    """Three by seven cells of five figures each."""
    place = make_program_site()
    ages = ("UNDER_6", "TO_11", "TO_17", "TO_24", "TO_59", "OVER_60", "U")
    dimensions = [make_dimension("SEX", "F", "M", "U"), make_dimension("AGE", *ages)]
    wide = create_breakdown(code="WIDE", name_fr="Large", name_en="Wide", dimensions=dimensions)
    for name in ("Contacts with people met in the street", "Nights"):
        indicator = make_indicator(wide, name_en=name, name_fr=name)
        make_program_indicator(place.program, indicator)
    return make_filled_report(place, value=10_000)


@pytest.mark.parametrize("status", ["draft", "approved"])
def test_a_wide_month_fits_on_a_sheet(visit, report, status):
    if status == "approved":
        submit_as_is(report)
    person = visit("en", DESK)
    person.sign_in(make_user(Role.COORDINATOR, report.organisation))
    person.open(report.get_absolute_url())
    person.page.emulate_media(media="print")
    person.page.set_viewport_size({"width": WIDTH, "height": 700})
    assert person.page.evaluate(BEYOND, WIDTH) == []
    sheet = person.page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[0 0 84[12]", sheet), "not lying"
