"""A site that keeps tally sheets, who enters them, and where its pages are."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role

from .factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_user,
)

DAY = dt.date(2026, 3, 20)
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def place():
    place = make_program_site(is_tallied=True)
    make_program_indicator(place.program, make_indicator(make_breakdown(), name_en="Encounters"))
    place.refresh_from_db()
    return place


@pytest.fixture
def worker(place, client):
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    client.force_login(worker)
    return worker


def url(place, day=DAY, number=1, name="tally_sheet") -> str:
    return reverse(name, args=[place.pk, day, number])
