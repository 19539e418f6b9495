"""What the database refuses of tally sheets and of workbooks that were sent."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from beneficiaries.models import TallyCount, TallySheet, WorkbookUpload
from programs.violations import explained

from .factories import (
    make_breakdown,
    make_indicator,
    make_organisation,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 20)


@pytest.fixture
def place():
    return make_program_site(is_tallied=True)


def make_sheet(place, **fields) -> TallySheet:
    defaults = {
        "organisation": place.organisation,
        "program": place.program,
        "site": place.site,
        "day": DAY,
        "entered_by": make_user(None),
    }
    return TallySheet.objects.create(**(defaults | fields))


def make_count(sheet, **fields) -> TallyCount:
    indicator = fields.pop("indicator", None) or make_indicator()
    defaults = {
        "organisation": sheet.organisation,
        "sheet": sheet,
        "indicator": indicator,
        "breakdown": indicator.breakdown,
        "cell": indicator.breakdown.cells.first(),
        "value": 3,
    }
    return TallyCount.objects.create(**(defaults | fields))


def make_upload(place, **fields) -> WorkbookUpload:
    defaults = {
        "organisation": place.organisation,
        "user": make_user(None),
        "month": dt.date(2026, 3, 1),
        "sha256": "a" * 64,
    }
    return WorkbookUpload.objects.create(**(defaults | fields))


def refused(message: str):
    return pytest.raises(ValidationError, match=message)


@pytest.mark.parametrize("number", [0, 21])
def test_a_day_has_one_to_twenty_rounds(place, number):
    with refused("1 to 20 rounds"), explained():
        make_sheet(place, number=number)


def test_a_round_of_a_day_is_entered_once(place):
    make_sheet(place)
    with refused("already entered"), explained():
        make_sheet(place)


def test_a_sheet_is_of_an_organisation_of_the_program(place):
    site = make_site()
    with refused("does not take part"), explained():
        make_sheet(place, organisation=site.organisation, site=site)


def test_a_sheet_is_of_a_site_of_its_organisation(place):
    with refused("another organisation"), explained():
        make_sheet(place, site=make_site())


@pytest.mark.parametrize("field", ["day", "number"])
def test_a_sheet_keeps_its_day_and_round(place, field):
    sheet = make_sheet(place)
    with refused("never changes"), explained():
        TallySheet.objects.filter(pk=sheet.pk).update(
            **{field: {"day": dt.date(2026, 3, 21), "number": 2}[field]}
        )


def test_a_cell_of_a_sheet_has_one_number(place):
    sheet, indicator = make_sheet(place), make_indicator()
    make_count(sheet, indicator=indicator)
    with refused("already has a number"), explained():
        make_count(sheet, indicator=indicator)


def test_a_number_is_of_the_organisation_of_its_sheet(place):
    with refused("another organisation"), explained():
        make_count(make_sheet(place), organisation=make_organisation())


def test_a_number_is_counted_the_way_of_its_indicator(place):
    other = make_breakdown()
    with refused("not counted this way"), explained():
        make_count(make_sheet(place), breakdown=other, cell=other.cells.first())


def test_a_cell_is_of_the_breakdown(place):
    with refused("another breakdown"), explained():
        make_count(make_sheet(place), cell=make_breakdown().cells.first())


def test_a_tally_is_at_most_ten_thousand(place):
    with refused("0 to 10,000"), explained():
        make_count(make_sheet(place), value=10_001)


def test_a_file_is_kept_once_for_a_person(place):
    user = make_user(None)
    make_upload(place, user=user)
    make_upload(place)
    with refused("already sent"), explained():
        make_upload(place, user=user)


def test_an_upload_is_of_a_whole_month(place):
    with refused("first day"), explained():
        make_upload(place, month=DAY)


def test_an_upload_knows_its_file_by_its_hash(place):
    with refused("SHA-256"), explained():
        make_upload(place, sha256="any")
