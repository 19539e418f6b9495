"""Who opens the pages of the tally sheets, and of which days."""

import pytest
from django.urls import reverse

from accounts.roles import Role

from .factories import make_membership, make_program_site, make_site, make_user
from .tally_pages import MARCH, place, url, worker

pytestmark = pytest.mark.django_db
__all__ = ["place", "worker"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FIELD_WORKER, 200),
        (Role.CASE_WORKER, 200),
        (Role.COORDINATOR, 200),
        (Role.PARTNER, 200),
        (Role.ADMINISTRATOR, 403),
        (Role.AUDITOR, 403),
        (Role.FUNDER, 403),
    ],
)
def test_who_opens_the_sheets(client, place, role, status):
    client.force_login(make_user(role, place.organisation))
    month = reverse("tally_sheets", args=[place.pk, MARCH])
    for page in (reverse("tally_places"), month, url(place)):
        assert client.get(page).status_code == status


def test_another_organisations_or_sites_sheets_are_not_found(client, place):
    elsewhere = make_site(place.organisation)
    for stranger in (
        make_user(Role.FIELD_WORKER),
        make_user(Role.FIELD_WORKER, place.organisation, site=elsewhere),
        make_user(Role.COORDINATOR),
    ):
        client.force_login(stranger)
        month = reverse("tally_sheets", args=[place.pk, MARCH])
        assert [client.get(page).status_code for page in (month, url(place))] == [404, 404]
        assert client.post(url(place, name="tally_sheet_cancel")).status_code == 404


def test_a_right_held_elsewhere_opens_nothing_here(client, place):
    mixed = make_user(Role.ADMINISTRATOR, place.organisation)
    make_membership(mixed, Role.FIELD_WORKER)
    client.force_login(mixed)
    assert client.get(url(place)).status_code == 404


def test_a_site_without_tally_sheets_has_no_page(client, worker, place):
    other = make_program_site(place.program, make_site(place.organisation))
    assert client.get(reverse("tally_sheets", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("path", ["/tally/{}/2999-01-01/", "/tally/{}/1999-01-01/", "/tally/{}/x/"])
def test_a_day_that_cannot_be_is_not_found(client, place, worker, path):
    assert client.get(path.format(place.pk)).status_code == 404
    assert client.get(url(place, number=21)).status_code == 404
    assert client.get(url(place, number=7)).status_code == 404  # not before the sixth
