"""The screens of a role: it is given to somebody, and ends on a day."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Invitation, Membership
from accounts.roles import Role
from tests.factories import (
    make_organisation,
    make_program,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def administrator(organisation, client):
    user = make_user(Role.ADMINISTRATOR, organisation)
    client.force_login(user)
    return user


@pytest.fixture
def worker(organisation):
    return make_user(Role.FIELD_WORKER, organisation, display_name="Asha")


def grant_data(**fields) -> dict:
    return {"role": "coordinator", "active_0": "2026-01-01", "active_1": ""} | fields


def test_a_role_is_given_from_the_screen(client, administrator, worker, organisation):
    program = make_program(organisation)
    address = reverse("membership_grant", args=[worker.pk])
    answer = client.post(address, grant_data(program=program.pk), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account", args=[worker.pk])
    given = worker.memberships.get(role="coordinator")
    assert (given.program, given.granted_by) == (program, administrator)


def test_nothing_but_the_forms_own_fields_is_taken(client, administrator, worker, organisation):
    more = {
        "user": administrator.pk,
        "organisation": make_organisation().pk,
        "granted_by": worker.pk,
        "is_active": "0",
        "revision": "9",
    }
    client.post(reverse("membership_grant", args=[worker.pk]), grant_data(**more))
    given = Membership.objects.get(role="coordinator")
    assert (given.user, given.organisation, given.granted_by) == (
        worker,
        organisation,
        administrator,
    )


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"role": "platform_administrator"}, "Select a valid choice"),
        ({"role": ""}, "This field is required."),
        ({"active_0": ""}, "Give the first day."),
        ({"active_0": "2026-02-01", "active_1": "2026-01-01"}, "must not be before the first"),
    ],
)
def test_what_the_form_refuses_stays_typed(client, administrator, worker, fields, message):
    address = reverse("membership_grant", args=[worker.pk])
    answer = client.post(address, grant_data(active_1="2026-12-31") | fields)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="error-summary"' in html
    assert message in html
    assert fields.get("active_1", "2026-12-31") in html


def test_places_of_others_are_not_offered(client, administrator, worker):
    address = reverse("membership_grant", args=[worker.pk])
    for name, row in (("program", make_program()), ("site", make_site())):
        answer = client.post(address, grant_data(**{name: row.pk}))
        assert "Select a valid choice" in answer.content.decode()
    assert worker.memberships.count() == 1


def test_a_program_goes_with_a_site_where_it_runs(client, administrator, worker, organisation):
    elsewhere, place = make_site(organisation), make_program_site(make_program(organisation))
    data = grant_data(program=place.program.pk, site=elsewhere.pk)
    typed = {"email": "new@example.org", "language": "fr"}
    for address in (reverse("membership_grant", args=[worker.pk]), reverse("invite")):
        html = client.post(address, data | typed).content.decode()
        assert html.count("This program does not run at this site.") == 2  # above, and at the site
        assert '<a href="#id_site"' in html
        assert f'<option value="{elsewhere.pk}" selected>' in html
    assert (worker.memberships.count(), Invitation.objects.count()) == (1, 0)
    given = data | {"site": place.site.pk}
    assert client.post(reverse("membership_grant", args=[worker.pk]), given).status_code == 302
    assert worker.memberships.get(role="coordinator").site == place.site


def test_a_role_of_the_whole_takes_no_site(client, administrator, worker, organisation):
    data = grant_data(role="auditor", site=make_site(organisation).pk)
    answer = client.post(reverse("membership_grant", args=[worker.pk]), data)
    assert "held in a whole organisation" in answer.content.decode()


def test_a_stale_end_says_so_and_can_be_sent_again(client, administrator, worker):
    membership = worker.memberships.get()
    address = reverse("membership_end", args=[membership.pk])
    Membership.objects.filter(pk=membership.pk).update(active=(dt.date(2001, 1, 1), None))
    data = {"last_day": "2030-01-01", "revision": membership.revision}
    html = client.post(address, data).content.decode()
    assert "Somebody changed this" in html
    assert 'name="revision" value="2"' in html
    assert client.post(address, data | {"revision": "2"}).status_code == 302


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_role_ends_in_a_believable_year(client, administrator, worker, day):
    membership = worker.memberships.get()
    data = {"last_day": day, "revision": membership.revision}
    answer = client.post(reverse("membership_end", args=[membership.pk]), data)
    assert "Give a year between 1900 and 2199." in answer.content.decode()
