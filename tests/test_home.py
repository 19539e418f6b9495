"""What waits for each person today."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import report as reports
from beneficiaries.board import this_month
from programs.months import month_after

from .factories import (
    ALWAYS,
    make_filled_report,
    make_grant,
    make_program_site,
    make_report,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
REASON = "Please check the boys of 12 to 17."


def opened(client, user):
    client.force_login(user)
    return client.get(reverse("home")).content.decode()


@pytest.fixture
def place():
    """A site open since last month."""
    return make_program_site(active=(month_after(this_month(), -1), None))


def test_staff_see_the_reports_to_enter(client, place):
    page = opened(client, make_user(Role.FIELD_WORKER, place.organisation))
    assert "My reports to enter" in page
    last = month_after(this_month(), -1)
    url = reverse("count_report_open", args=[place.program.pk, place.site.pk, last])
    assert f'action="{url}"' in page
    assert "The month in progress" in page
    assert "To approve" not in page


def test_a_returned_report_comes_first_with_its_reason(client, place):
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    coordinator = make_user(Role.COORDINATOR, place.organisation)
    report = make_filled_report(place, month_after(this_month(), -1))
    reports.submit(report=report, by=worker)
    reports.return_to_author(report=report, reason=REASON, by=coordinator)
    page = opened(client, worker)
    assert REASON in page
    assert "Mend" in page


def test_when_nothing_is_due_the_next_date_is_said(client):
    place = make_program_site(active=(this_month(), None))
    page = opened(client, make_user(Role.FIELD_WORKER, place.organisation))
    assert "Nothing due." in page
    assert "Next:" in page


def test_a_coordinator_sees_what_to_approve_and_who_is_late(client, place):
    worker = make_user(Role.FIELD_WORKER, place.organisation, display_name="Asha")
    report = make_filled_report(place, month_after(this_month(), -1))
    reports.submit(report=report, by=worker)
    late = make_program_site(
        place.program,
        make_site(place.organisation),
        active=(month_after(this_month(), -3), None),
    )
    page = opened(client, make_user(Role.COORDINATOR, place.organisation))
    assert report.get_absolute_url() in page
    assert "Asha" in page
    assert str(late.site) in page.split("Late</h2>")[1]
    assert "Open the dashboard" in page
    assert "My reports to enter" not in page


def test_each_late_report_has_its_action(client, place):
    last = month_after(this_month(), -1)
    coordinator = make_user(Role.COORDINATOR, place.organisation)
    place.active = (month_after(this_month(), -4), None)
    place.save()
    draft = make_report(place, month_after(last, -1))
    late = opened(client, coordinator).split("Late</h2>")[1].split("</section>")[0]
    begun = reverse(
        "count_report_open", args=[place.program.pk, place.site.pk, month_after(last, -2)]
    )
    assert f'action="{begun}"' in late
    assert f'href="{draft.get_absolute_url()}">Continue' in late
    rows = late.split("<li>")[1:]
    assert len(rows) >= 3
    assert all("<button" in row or "<a " in row for row in rows)


def test_a_late_partner_is_named_and_found_on_the_board(client, place):
    partner = make_site()
    place.program.partnerships.create(
        organisation=partner.organisation, role="implementing", active=ALWAYS
    )
    late = month_after(this_month(), -3)
    make_program_site(place.program, partner, active=(late, None))
    page = opened(client, make_user(Role.COORDINATOR, place.organisation))
    section = page.split("Late</h2>")[1].split("</section>")[0]
    assert str(partner.organisation) in section
    assert f"?program={place.program.pk}&amp;to={late:%Y-%m}" in section


def test_one_does_not_approve_ones_own(client, place):
    coordinator = make_user(Role.COORDINATOR, place.organisation)
    report = make_filled_report(place, month_after(this_month(), -1))
    reports.submit(report=report, by=coordinator)
    assert "Nothing waits for your approval" in opened(client, coordinator)


def test_a_site_with_tally_sheets_offers_todays(client):
    place = make_program_site(is_tallied=True)
    page = opened(client, make_user(Role.FIELD_WORKER, place.organisation))
    assert reverse("tally_sheet", args=[place.pk]) in page


@pytest.mark.parametrize(
    ("role", "said"),
    [
        (Role.ADMINISTRATOR, "Accounts and rights"),
        (Role.FUNDER, "No figure was released to you yet"),
        (Role.AUDITOR, "Who saw, changed and exported what"),
        (None, "You have no role at present"),
    ],
)
def test_each_role_finds_its_own(client, role, said):
    page = opened(client, make_user(role))
    assert said in page
    assert "My reports to enter" not in page
    assert page.count("<h1") == 1


def test_a_project_without_an_end_is_funded_since_its_first_day(client):
    funder = make_user(Role.FUNDER)
    grant = make_grant(funder=funder.memberships.get().organisation)
    grant.project.period = (dt.date(2013, 1, 1), None)
    grant.project.save()
    page = " ".join(opened(client, funder).split())
    assert f"{grant.project.organisation} · since 1 Jan 2013" in page


def test_home_takes_as_many_queries_for_many_sites_as_for_one(
    client, place, django_assert_max_num_queries
):
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    client.get(reverse("home"))
    with django_assert_max_num_queries(16) as one:
        client.get(reverse("home"))
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    for _number in range(5):
        other = make_program_site(place.program, make_site(place.organisation))
        make_report(other, this_month())
        report = make_filled_report(other, month_after(this_month(), -1))
        reports.submit(report=report, by=worker)
    with django_assert_max_num_queries(len(one)):
        client.get(reverse("home"))
