"""Who opens which page of a report: a table."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import report as reports

from .factories import (
    ALWAYS,
    make_filled_report,
    make_program,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 1, 1)


@pytest.fixture
def shared():
    """A partner's site in the program of a lead."""
    program, site = make_program(), make_site()
    program.partnerships.create(organisation=site.organisation, role="implementing", active=ALWAYS)
    return make_program_site(program, site)


@pytest.fixture
def report(shared):
    return make_filled_report(shared, MONTH)


def addresses(report):
    row = report.counts.first()
    one = [report.pk]
    return {
        "count_report": reverse("count_report", args=one),
        "history": reverse("count_cell_history", args=[report.pk, row.indicator_id]),
        "paste": reverse("count_report_paste", args=one),
        "submit": reverse("count_report_submit", args=one),
        "correct": reverse("count_report_correct", args=one),
        "approve": reverse("count_report_approve", args=one),
        "return": reverse("count_report_return", args=one),
    }


REVIEW = {"approve", "return"}
# role → (in the partner's organisation, in the lead's, in another): status of reading
TABLE = [
    (Role.FIELD_WORKER, 200, 404, 404),
    (Role.CASE_WORKER, 200, 404, 404),
    (Role.PARTNER, 200, 404, 404),
    (Role.COORDINATOR, 200, 404, 404),
    (Role.ADMINISTRATOR, 403, 403, 403),
    (Role.FUNDER, 403, 403, 403),
    (Role.AUDITOR, 403, 403, 403),
]


@pytest.mark.parametrize(("role", "own", "lead", "other"), TABLE)
def test_a_draft_is_for_its_own_organisation(client, shared, report, role, own, lead, other):
    places = {
        shared.organisation: own,
        shared.program.organisation: lead,
        make_site().organisation: other,
    }
    for organisation, expected in places.items():
        client.force_login(make_user(role, organisation))
        found = {name: client.get(url).status_code for name, url in addresses(report).items()}
        assert found["count_report"] == expected
        assert found["history"] == expected
        for name in ("paste", "submit", "correct"):
            assert found[name] in ({expected} | ({302} if expected == 200 else set()))
        if role != Role.COORDINATOR:
            assert {found[name] for name in REVIEW} == {403}


def test_the_lead_reads_what_was_submitted_and_changes_nothing(client, shared, report):
    partner = make_user(Role.PARTNER, shared.organisation)
    lead = make_user(Role.COORDINATOR, shared.program.organisation)
    client.force_login(lead)
    assert client.get(report.get_absolute_url()).status_code == 404
    reports.submit(report=report, by=partner)
    assert client.get(report.get_absolute_url()).status_code == 200
    cell = report.counts.first()
    fields = {"indicator": cell.indicator_id, "cell": cell.cell_id, "value": "9", "revision": "0"}
    assert client.post(reverse("count_cell_save", args=[report.pk]), fields).status_code == 403
    reports.return_to_author(report=report, reason="Please check the boys.", by=lead)
    assert client.get(report.get_absolute_url()).status_code == 404


def test_a_field_worker_of_another_site_finds_nothing(client, shared, report):
    elsewhere = make_site(shared.organisation)
    client.force_login(make_user(Role.FIELD_WORKER, shared.organisation, site=elsewhere))
    assert client.get(report.get_absolute_url()).status_code == 404


def test_nobody_enters_for_another_organisation(client, shared):
    client.force_login(make_user(Role.FIELD_WORKER))
    url = reverse("count_report_open", args=[shared.program.pk, shared.site.pk, MONTH])
    assert client.post(url).status_code == 404


def test_the_lead_opens_no_report_of_its_partner(client, shared):
    client.force_login(make_user(Role.COORDINATOR, shared.program.organisation))
    url = reverse("count_report_open", args=[shared.program.pk, shared.site.pk, MONTH])
    assert client.post(url).status_code == 403
    assert client.get(url).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["count_cell_save", "count_comment_save", "count_report_take_back"],
)
def test_writing_takes_a_post(client, shared, report, name):
    client.force_login(make_user(Role.FIELD_WORKER, shared.organisation))
    assert client.get(reverse(name, args=[report.pk])).status_code == 405


@pytest.mark.parametrize("cell", ["", "0", "abc", "9" * 40, "-1"])
def test_a_cell_that_is_not_there_is_not_found(client, shared, report, cell):
    client.force_login(make_user(Role.FIELD_WORKER, shared.organisation))
    fields = {"indicator": "1", "cell": cell, "value": "1"}
    assert client.post(reverse("count_cell_save", args=[report.pk]), fields).status_code == 404
