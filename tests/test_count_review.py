"""Reading, approving, returning and correcting a month on screen."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.count import Entry
from beneficiaries.board import this_month
from beneficiaries.models import BeneficiaryCount, CountReport
from programs.months import month_after

from .factories import (
    make_filled_report,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_user,
)

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 1, 1)
REASON = "The register says otherwise."


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


@pytest.fixture
def coordinator(place, client):
    user = make_user(Role.COORDINATOR, place.organisation)
    client.force_login(user)
    return user


@pytest.fixture
def submitted(place, worker):
    return reports.submit(report=make_filled_report(place, MONTH), by=worker)


def post(client, name, report, **fields):
    return client.post(reverse(name, args=[report.pk]), fields)


def approved_months(place, worker, coordinator, value, month=MONTH):
    """Approved reports of six months before, `value` in each of nine cells."""
    for back in range(1, 7):
        report = make_filled_report(place, month_after(month, -back), value=value)
        reports.submit(report=report, by=worker)
        reports.approve(report=report, by=coordinator)


def test_a_reviewer_approves(client, coordinator, submitted):
    page = client.get(submitted.get_absolute_url()).content.decode()
    assert "Approve January" in page
    assert "<input inputmode" not in page
    post(client, "count_report_approve", submitted)
    submitted.refresh_from_db()
    assert submitted.status == "approved"


def test_a_return_without_a_reason_is_refused_and_said(client, coordinator, submitted):
    page = post(client, "count_report_return", submitted, reason="bad").content.decode()
    assert '<li><a href="#reason">Say in at least ten characters what to mend.</a></li>' in page
    assert ">bad</textarea>" in page
    post(client, "count_report_return", submitted, reason=REASON)
    submitted.refresh_from_db()
    assert submitted.status == "returned"


def test_a_reviewer_sees_what_changed_since_the_return(client, coordinator, worker, submitted):
    reports.return_to_author(report=submitted, reason=REASON, by=coordinator)
    count = submitted.counts.first()
    entries = {(count.indicator_id, count.cell_id): Entry(value=4)}
    counts.save_cells(report=submitted, entries=entries, by=worker)
    reports.submit(report=submitted, by=worker)
    page = client.get(submitted.get_absolute_url()).content.decode()
    assert "1 cell changed since it was returned" in page
    assert "<del\n>1</del>" in page


def test_the_number_before_is_written_as_the_one_after(client, coordinator, worker, place):
    report = reports.submit(report=make_filled_report(place, MONTH, value=1234), by=worker)
    reports.return_to_author(report=report, reason=REASON, by=coordinator)
    number, reason = report.counts.all()[:2]
    entries = {
        (number.indicator_id, number.cell_id): Entry(value=1235),
        (reason.indicator_id, reason.cell_id): Entry(missing_reason="withheld"),
    }
    counts.save_cells(report=report, entries=entries, by=worker)
    reports.submit(report=report, by=worker)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "1\u202f235<del\n>1\u202f234</del>" in page
    assert page.count("<del\n>1\u202f234</del>") == 2


def test_who_submitted_is_told_that_someone_else_approves(client, coordinator, place):
    report = reports.submit(report=make_filled_report(place, MONTH), by=coordinator)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "someone else approves it" in page
    assert "Undo: take it back" in page
    post(client, "count_report_take_back", report)
    report.refresh_from_db()
    assert report.status == "draft"


def test_two_approvals_make_one(client, coordinator, submitted):
    post(client, "count_report_approve", submitted)
    answer = client.post(reverse("count_report_approve", args=[submitted.pk]), follow=True)
    assert "somebody else was quicker" in answer.content.decode()


def test_a_correction_shows_what_it_changes(client, coordinator, worker, submitted):
    reports.approve(report=submitted, by=coordinator)
    answer = post(client, "count_report_correct", submitted, reason=REASON)
    version = CountReport.objects.get(version=2)
    assert answer["Location"] == version.get_absolute_url()
    count = version.counts.first()
    entries = {(count.indicator_id, count.cell_id): Entry(value=7)}
    counts.save_cells(report=version, entries=entries, by=worker)
    reports.submit(report=version, by=worker)
    page = client.get(version.get_absolute_url()).content.decode()
    assert "1 cell differs from the version it corrects" in page
    assert REASON in page


def test_a_correction_without_a_reason_is_refused_and_said(client, coordinator, submitted):
    reports.approve(report=submitted, by=coordinator)
    page = post(client, "count_report_correct", submitted, reason="typo").content.decode()
    assert '<a href="#reason">Say in at least ten characters why it is corrected.</a>' in page
    assert ">typo</textarea>" in page


def test_a_reason_that_came_too_late_is_shown_again(client, coordinator, worker, submitted):
    reports.take_back(report=submitted, by=worker)
    page = post(client, "count_report_return", submitted, reason=REASON).content.decode()
    assert "somebody else was quicker" in page
    assert f"You had written: “{REASON}”." in page


def test_an_unusual_total_is_explained_before_it_is_submitted(client, coordinator, worker, place):
    approved_months(place, worker, coordinator, value=10)
    report = make_filled_report(place, MONTH, value=30)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "270 is far from the usual 90" in page
    with pytest.raises(reports.checks.NotReady):
        reports.submit(report=report, by=worker)
    indicator = report.counts.first().indicator
    counts.explain(report=report, indicator=indicator, text="A new shelter opened.", by=worker)
    reports.submit(report=report, by=worker)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "A new shelter opened." in page
    assert "+180" in page


def test_nobody_asks_why_a_month_is_low_before_it_is_over(client, coordinator, worker, place):
    approved_months(place, worker, coordinator, 10, this_month())
    report = make_filled_report(place, this_month(), value=2)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "far from the usual" not in page
    assert "say why" not in page
    assert "Nothing to mend so far." in page
    client.force_login(worker)
    page = post(client, "count_report_submit", report).content.decode()
    assert "18 is far from the usual 90" in page
    assert f'id="note-{report.counts.first().indicator_id}"' in page
    assert "?part=checks&amp;tried=1" in page
    part = client.get(report.get_absolute_url(), {"part": "checks", "tried": "1"})
    assert "far from the usual" in part.content.decode()
    report.counts.update(value=30)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "270 is far from the usual 90" in page


def test_a_small_change_is_usual(client, coordinator, worker, place):
    approved_months(place, worker, coordinator, value=1)
    report = make_filled_report(place, MONTH, value=2)
    assert reports.submit(report=report, by=worker).status == "submitted"


def test_persons_never_exceed_contacts(client, coordinator, worker, place):
    report = make_filled_report(place, MONTH)
    persons = report.counts.first().indicator
    contacts = make_indicator_bounding(persons, place.program)
    fill(report, contacts, 0)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "cannot be more than" in page
    with pytest.raises(reports.checks.NotReady):
        reports.submit(report=report, by=worker)


def make_indicator_bounding(indicator, program):
    bound = make_indicator(indicator.breakdown)
    make_program_indicator(program, bound)
    indicator.at_most = bound
    indicator.save()
    return bound


def fill(report, indicator, value):
    BeneficiaryCount.objects.bulk_create(
        BeneficiaryCount(
            organisation_id=report.organisation_id,
            report=report,
            indicator=indicator,
            breakdown_id=indicator.breakdown_id,
            cell=cell,
            value=value,
        )
        for cell in indicator.breakdown.cells.all()
    )
