"""What the tests of a month's page stand on: a site, its indicator and report, who enters it."""

import datetime as dt

import pytest

from accounts.roles import Role

from .factories import make_program_indicator, make_program_site, make_report, make_user

MONTH = dt.date(2026, 1, 1)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def worker(place, client):
    user = make_user(Role.FIELD_WORKER, place.organisation, display_name="Asha")
    client.force_login(user)
    return user


@pytest.fixture
def indicator(place):
    return make_program_indicator(place.program).indicator


@pytest.fixture
def report(place, indicator):
    return make_report(place, MONTH)


def cells(indicator):
    return list(indicator.breakdown.cells.order_by("position"))
