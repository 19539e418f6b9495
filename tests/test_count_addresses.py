"""Months and days in addresses: of believable years, or not found."""

import pytest

from accounts.roles import Role

from .factories import make_program_site, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "answers"),
    [
        ("/counts/{0.program_id}/{0.site_id}/9999-12/open/", 404),
        ("/counts/{0.program_id}/{0.site_id}/1949-12/open/", 404),
        ("/counts/{0.program_id}/{0.site_id}/2026-13/open/", 404),
        ("/counts/{0.program_id}/{0.site_id}/2199-12/open/", 200),
        ("/counts/{0.program_id}/{0.site_id}/1950-01/open/", 200),
        ("/workbooks/{0.organisation_id}/9999-12/", 404),
        ("/workbooks/{0.organisation_id}/0001-01/", 404),
        ("/tally/{0.pk}/9999-12/", 404),
        ("/tally/{0.pk}/0001-01/", 404),
        ("/tally/{0.pk}/9999-12-31/", 404),
        ("/tally/{0.pk}/0001-01-01/", 404),
        ("/tally/{0.pk}/1950-01/", 200),
        ("/tally/{0.pk}/2199-12/", 200),
    ],
)
def test_an_address_of_an_unbelievable_month_is_not_found(client, address, answers):
    place = make_program_site(is_tallied=True)
    client.force_login(make_user(Role.FIELD_WORKER, place.organisation))
    client.raise_request_exception = False
    assert client.get(address.format(place)).status_code == answers
