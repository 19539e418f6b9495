"""A correction that is not finished is work to do, also of a month long past."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import report as reports
from beneficiaries.board import this_month
from beneficiaries.home import work_of
from programs.months import month_after

from .factories import make_correction, make_program_site, make_site, make_user

pytestmark = pytest.mark.django_db
REASON = "Please check the boys of 12 to 17."
LAST = month_after(this_month(), -1)
LONG_AGO = month_after(this_month(), -20)


@pytest.fixture
def place():
    return make_program_site(active=(LONG_AGO, None))


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation)


def opened(client, user):
    client.force_login(user)
    return client.get(reverse("home")).content.decode()


def returned(correction, *, to, by):
    reports.submit(report=correction, by=to)
    return reports.return_to_author(report=correction, reason=REASON, by=by)


def listed(user):
    return [mark.report for mark in work_of(user).to_enter if mark.report]


def test_a_returned_correction_comes_first_with_its_reason(client, place, worker, coordinator):
    correction = returned(make_correction(place, LAST), to=worker, by=coordinator)
    first = opened(client, worker).split("My reports to enter")[1].split("</li>")[0]
    assert f"<q>{REASON}</q>" in first
    assert "correction returned" in first
    assert f'href="{correction.get_absolute_url()}">Mend' in first


def test_a_correction_that_was_begun_is_continued(client, place, worker):
    correction = make_correction(place, LAST)
    [row] = [row for row in opened(client, worker).split("<li>") if "correction in progress" in row]
    assert f"<q>{correction.correction_reason}</q>" in row
    assert f'href="{correction.get_absolute_url()}">Continue' in row


def test_a_correction_of_a_month_long_past_is_work_too(place, worker, coordinator):
    correction = make_correction(place, LONG_AGO)
    assert correction in listed(worker)
    returned(correction, to=worker, by=coordinator)
    assert listed(worker)[0] == correction
    reports.submit(report=correction, by=worker)
    assert correction not in listed(worker)


def test_a_reviewer_finishes_corrections_of_their_own(place, worker, coordinator):
    correction = make_correction(place, LAST)
    assert listed(coordinator) == [correction]
    returned(correction, to=worker, by=coordinator)
    assert listed(coordinator) == []
    other = make_user(Role.COORDINATOR, place.organisation)
    returned(correction, to=coordinator, by=other)
    assert listed(coordinator) == [correction]
    assert listed(other) == []


def test_many_corrections_take_as_many_queries_as_one(
    client, place, worker, coordinator, django_assert_max_num_queries
):
    make_correction(place, LONG_AGO)
    opened(client, worker)
    with django_assert_max_num_queries(16) as one:
        client.get(reverse("home"))
    for back in (1, 2, 15, 18):
        site = make_program_site(
            place.program, make_site(place.organisation), active=(LONG_AGO, None)
        )
        correction = make_correction(site, month_after(this_month(), -back))
        if back % 2:
            returned(correction, to=worker, by=coordinator)
    with django_assert_max_num_queries(len(one)):
        page = client.get(reverse("home")).content.decode()
    assert page.count("correction returned") == 2
