"""Reports of long ago that are not in are counted, never dropped."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.board import this_month
from beneficiaries.models import PeriodLock
from beneficiaries.overdue import overdue
from programs.models import ProgramSite
from programs.months import month_after

from .factories import (
    make_correction,
    make_program_site,
    make_report,
    make_site,
    make_user,
    submit_as_is,
)

pytestmark = pytest.mark.django_db


def before(months):
    return month_after(this_month(), -months)


@pytest.fixture
def place():
    """A site whose organisation began twenty months ago."""
    place = make_program_site()
    submit_as_is(make_report(place, before(20)))
    return read(place)


def read(place):
    return ProgramSite.objects.select_related("program").get(pk=place.pk)


def months(*places, until=15):
    return [month for _place, month in overdue(places, before(until))]


def test_what_is_not_in_is_overdue_from_the_first_report_on(place):
    submit_as_is(make_report(place, before(19)), "submitted")
    make_report(place, before(18))
    make_correction(place, before(17))
    assert months(place) == [before(18), before(16)]
    assert months(read(make_program_site())) == []


def test_a_site_owes_only_the_months_in_which_it_is_open(place):
    site = make_site(place.organisation)
    other = read(make_program_site(place.program, site, active=(before(17), before(16))))
    assert months(other) == [before(17)]
    place.program.ends_on = before(18)
    assert months(place) == [before(19), before(18)]


def test_a_locked_month_is_not_overdue(place):
    user = make_user(Role.COORDINATOR, place.organisation)
    PeriodLock.objects.create(
        organisation=place.organisation,
        span=(before(18), before(16)),
        reason="The auditors have passed.",
        locked_by=user,
    )
    assert months(place) == [before(19), before(16)]


@pytest.mark.parametrize("role", [Role.FIELD_WORKER, Role.COORDINATOR])
def test_today_counts_them_and_leads_to_their_board(client, place, role):
    for month in range(19, 13, -1):
        submit_as_is(make_report(place, before(month)))
    client.force_login(make_user(role, place.organisation))
    page = client.get(reverse("home")).content.decode()
    assert "2 reports of older months are late" in page
    assert f'href="{reverse("count_board")}?to={before(12):%Y-%m}"' in page
    assert "Nothing due." not in page


def test_one_query_however_many_sites(place, django_assert_num_queries):
    here = place.program, place.organisation
    sites = [read(make_program_site(here[0], make_site(here[1]))) for _ in range(3)]
    for month in range(20, 15, -1):
        for one in (place, *sites):
            if month < 20 or one != place:
                submit_as_is(make_report(one, before(month)))
    for some in ([place], [place, *sites]):
        with django_assert_num_queries(1):
            assert overdue(some, before(15)) == []
