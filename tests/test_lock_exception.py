"""Who may change a locked month all the same reads why, and until which day."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from beneficiaries.actions import correction as corrections
from beneficiaries.actions import lock as locks
from beneficiaries.actions import report as reports
from beneficiaries.board import this_month
from beneficiaries.home import work_of
from programs.months import month_after

from .factories import make_correction, make_filled_report, make_program_site, make_user

pytestmark = pytest.mark.django_db
LAST = month_after(this_month(), -1)
LONG_AGO = month_after(this_month(), -20)
WHY = "The register was found again."
SENT = "The report was sent to the funder."
UNTIL = timezone.localdate() + dt.timedelta(days=3)


@pytest.fixture
def place():
    return make_program_site(active=(LONG_AGO, None))


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation)


def freed(place, coordinator, month=LAST, until=UNTIL, program=None):
    lock = locks.lock_months(
        organisation=place.organisation,
        program=program,
        first=month,
        last=month,
        reason=SENT,
        by=coordinator,
    )
    return locks.grant_exception(
        lock=lock, site=place.site, month=month, until=until, reason=WHY, by=coordinator
    )


def page_of(client, user, url):
    client.force_login(user)
    return client.get(url).content.decode()


def assert_told(page):
    assert "This month is locked. An exception opens it until" in page
    assert f"{UNTIL.day}" in page.split("opens it until")[1].split("included")[0]
    assert WHY in page
    assert SENT in page


def test_the_grid_the_correction_and_the_opening_of_a_month_tell_of_it(
    client, place, worker, coordinator
):
    begun = reverse("count_report_open", args=[place.program.pk, place.site.pk, LONG_AGO])
    freed(place, coordinator, LONG_AGO)
    assert_told(page_of(client, worker, begun))
    correction = make_correction(place, LAST)
    assert WHY not in page_of(client, worker, correction.get_absolute_url())
    freed(place, coordinator)
    assert_told(page_of(client, worker, correction.get_absolute_url()))
    assert_told(page_of(client, worker, correction.supersedes.get_absolute_url()))


def test_an_exception_that_is_over_frees_nothing(client, place, worker, coordinator):
    report = make_filled_report(place, LAST)
    exception = freed(place, coordinator)
    exception.until = timezone.localdate() - dt.timedelta(days=2)
    exception.save()
    page = page_of(client, worker, report.get_absolute_url())
    assert "An exception opens it" not in page
    assert "ask for an exception" in page


def test_a_second_lock_takes_it_back(client, place, worker, coordinator):
    report = make_filled_report(place, LAST)
    freed(place, coordinator)
    second = freed(place, coordinator, program=place.program, until=timezone.localdate())
    assert reports.held(report) == (None, second)
    second.delete()
    assert reports.held(report) == (second.lock, None)


@pytest.mark.parametrize("month", [LAST, LONG_AGO])
def test_today_lists_what_an_exception_waits_for(client, place, worker, coordinator, month):
    report = make_filled_report(place, month)
    reports.submit(report=report, by=worker)
    reports.approve(report=report, by=coordinator)
    assert report not in [mark.report for mark in work_of(worker).to_enter]
    freed(place, coordinator, month)
    page = page_of(client, worker, reverse("home"))
    link = f'href="{report.get_absolute_url()}"'
    [row] = [row for row in page.split("<li>") if link in row]
    assert "Locked month, open until" in row
    assert WHY in row
    assert ">Correct<" in row
    correction = corrections.correct(report=report, reason=WHY, by=worker)
    [mark] = [mark for mark in work_of(worker).to_enter if mark.is_corrected]
    assert (mark.report, mark.exception.reason) == (correction, WHY)
    reports.submit(report=correction, by=worker)
    reports.approve(report=correction, by=coordinator)
    assert correction not in [mark.report for mark in work_of(worker).to_enter]


def test_today_lists_a_freed_month_that_nobody_entered(client, place, worker, coordinator):
    freed(place, coordinator, LONG_AGO)
    [mark] = [mark for mark in work_of(worker).to_enter if mark.exception]
    assert (mark.month, mark.report, mark.is_locked) == (LONG_AGO, None, False)
    assert WHY in page_of(client, worker, reverse("home"))
