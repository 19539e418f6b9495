"""From the page of a month to the months beside it."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.board import this_month
from beneficiaries.models import PeriodLock
from beneficiaries.neighbours import neighbours_of
from programs.months import month_after

from .factories import (
    ALWAYS,
    make_correction,
    make_program,
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
    return make_program_site(active=(before(20), None))


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


def opening(place, month):
    return reverse("count_report_open", args=[place.program_id, place.site_id, month])


def test_a_report_leads_to_the_reports_beside_it(client, place, worker):
    correction = make_correction(place, before(15))
    report = make_report(place, before(14))
    client.force_login(worker)
    page = client.get(report.get_absolute_url()).content.decode()
    assert f'rel="prev" href="{correction.get_absolute_url()}"' in page
    assert f'rel="next" href="{opening(place, before(13))}"' in page
    submit_as_is(report)
    page = client.get(report.get_absolute_url()).content.decode()
    assert f'rel="prev" href="{correction.get_absolute_url()}"' in page


def test_a_month_that_cannot_be_opened_is_not_offered(place, worker):
    assert neighbours_of(make_report(place, before(20)), worker)[0] is None
    assert neighbours_of(make_report(place, before(0)), worker)[1] is None
    report = make_report(place, before(10))
    assert [found.month for found in neighbours_of(report, worker)] == [before(11), before(9)]
    PeriodLock.objects.create(
        organisation=place.organisation,
        span=(before(11), before(10)),
        reason="The auditors have passed.",
        locked_by=worker,
    )
    assert neighbours_of(report, worker)[0] is None


def test_a_reader_and_a_lead_are_led_to_what_they_see_alone():
    program, site = make_program(), make_site()
    program.partnerships.create(organisation=site.organisation, role="implementing", active=ALWAYS)
    shared = make_program_site(program, site)
    lead = make_user(Role.COORDINATOR, program.organisation)
    report, draft = make_report(shared, before(3)), make_report(shared, before(2))
    submit_as_is(report, "submitted")
    assert neighbours_of(report, lead) == (None, None)
    submit_as_is(draft, "submitted")
    assert neighbours_of(report, lead)[1].url == draft.get_absolute_url()


def test_two_reports_beside_take_one_query(place, worker, django_assert_num_queries):
    report = make_report(place, before(5))
    for month in (4, 6):
        make_report(place, before(month))
    assert worker.access
    with django_assert_num_queries(1):
        neighbours_of(report, worker)
