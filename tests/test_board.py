"""Which reports are expected, and where each of them stands."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from beneficiaries import board as boards
from beneficiaries.actions import report as reports
from programs.months import month_after

from .factories import (
    ALWAYS,
    make_correction,
    make_filled_report,
    make_program,
    make_program_site,
    make_report,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_program_site()


def before(months):
    return month_after(boards.this_month(), -months)


def marks(user, *months):
    return [mark for place in boards.board(user, list(months)) for mark in place.marks]


def test_states_by_site_and_month(place):
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    coordinator = make_user(Role.COORDINATOR, place.organisation)
    approved = make_filled_report(place, before(2))
    reports.submit(report=approved, by=worker)
    reports.approve(report=approved, by=coordinator)
    reports.submit(report=make_filled_report(place, before(3)), by=worker)
    make_report(place, before(4))
    found = marks(worker, before(0), before(2), before(3), before(4), before(5))
    assert [mark.state for mark in found] == ["expected", "approved", "submitted", "draft", "late"]
    assert [mark.is_late for mark in found] == [False, False, False, True, True]


def test_a_correction_says_how_far_it_is_and_the_approved_report_stands(client, place):
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    coordinator = make_user(Role.COORDINATOR, place.organisation)
    correction = make_correction(place, before(1))
    client.force_login(worker)

    def shown():
        page = client.get(reverse("count_board"))
        assert page.context["completeness"].approved == 1
        return " ".join(page.content.decode().split("<tbody>")[1].split())

    assert "approved, correction in progress" in shown()
    reports.submit(report=correction, by=worker)
    assert "approved, correction submitted" in shown()
    reports.return_to_author(report=correction, reason="Please look again.", by=coordinator)
    page = shown()
    assert "approved, correction returned" in page
    assert f'class="cell-link is-returned" href="{correction.get_absolute_url()}"' in page
    assert "↩</span> returned" in page


def test_a_site_is_expected_only_while_it_is_open():
    program = make_program()
    opened = make_program_site(program, active=(before(3), before(1)))
    worker = make_user(Role.FIELD_WORKER, opened.organisation)
    found = marks(worker, before(0), before(1), before(2), before(3), before(4))
    assert [mark.state for mark in found] == ["none", "none", "late", "late", "none"]


def test_a_site_opened_again_stands_on_one_line(place):
    place.active = (before(9), before(6))
    place.save()
    make_program_site(place.program, place.site, active=(before(3), None))
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    assert len(boards.board(worker, [before(1)])) == 1
    assert [m.state for m in marks(worker, before(2), before(5), before(7))] == [
        "late",
        "none",
        "late",
    ]


def test_the_lead_sees_that_a_partner_has_not_submitted_and_no_more(client):
    program, site = make_program(), make_site()
    program.partnerships.create(organisation=site.organisation, role="implementing", active=ALWAYS)
    shared = make_program_site(program, site)
    lead = make_user(Role.COORDINATOR, program.organisation)
    partner = make_user(Role.PARTNER, site.organisation)
    draft = make_filled_report(shared, boards.this_month())
    mark = marks(lead, boards.this_month())[0]
    assert (mark.state, mark.report, mark.opens) == ("hidden", None, False)
    client.force_login(lead)
    page = client.get(reverse("count_board")).content.decode()
    assert "not submitted" in page
    assert draft.get_absolute_url() not in page
    reports.submit(report=draft, by=partner)
    assert marks(lead, boards.this_month())[0].report == draft


def test_a_field_worker_sees_the_sites_of_the_role_alone(place):
    other = make_program_site(place.program, make_site(place.organisation))
    worker = make_user(Role.FIELD_WORKER, place.organisation, site=other.site)
    assert [found.site for found in boards.board(worker, [before(1)])] == [other.site]


def test_completeness_counts_what_is_expected(place):
    make_program_site(place.program, make_site(place.organisation))
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    reports.submit(report=make_filled_report(place, before(2)), by=worker)
    found = boards.completeness(boards.board(worker, [before(2)]), before(2))
    assert (found.expected, found.submitted, found.approved, found.late) == (2, 1, 0, 1)


def test_the_board_takes_as_many_queries_for_many_sites_as_for_one(
    client, place, django_assert_max_num_queries
):
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    url = reverse("count_board")
    client.get(url)
    with django_assert_max_num_queries(16) as one:
        client.get(url)
    for _number in range(6):
        make_report(make_program_site(place.program, make_site(place.organisation)), before(1))
    with django_assert_max_num_queries(len(one)):
        client.get(url)


def test_programs_and_months_are_chosen(client, place):
    other = make_program_site(make_program(place.organisation), make_site(place.organisation))
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    page = client.get(reverse("count_board"), {"program": other.program.pk, "months": "12"})
    body = page.content.decode().split("<tbody>")[1]
    assert str(other.site) in body
    assert str(place.site) not in body
    assert page.content.decode().count('<th scope="col">') == 13
    for odd in ("0", "abc", "9" * 30):
        answer = client.get(reverse("count_board"), {"program": odd, "months": odd})
        assert answer.status_code == 200


def test_tally_sheets_are_offered_where_ones_own_site_keeps_them(client, place):
    program, site = place.program, make_site()
    program.partnerships.create(organisation=site.organisation, role="implementing", active=ALWAYS)
    make_program_site(program, site, is_tallied=True)
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    offer = f'href="{reverse("tally_places")}"'
    assert offer not in client.get(reverse("count_board")).content.decode()
    place.is_tallied = True
    place.save()
    assert offer in client.get(reverse("count_board")).content.decode()


def test_a_month_is_opened_from_the_board(client, place):
    client.force_login(make_user(Role.FIELD_WORKER, place.organisation))
    url = reverse("count_report_open", args=[place.program.pk, place.site.pk, before(1)])
    assert url in client.get(reverse("count_board")).content.decode()
    assert "Enter" in client.get(url).content.decode()
    answer = client.post(url)
    report = place.site.reports.get()
    assert answer["Location"] == report.get_absolute_url()
    assert client.get(url)["Location"] == report.get_absolute_url()


def test_the_due_day_is_counted_from_the_end_of_the_month(place):
    place.program.due_days = 5
    report = make_report(place, dt.date(2026, 1, 1))
    assert report.due_on == dt.date(2026, 2, 5)
    assert timezone.localdate() > report.due_on


def months_shown(page):
    return page.context["window"].months


def test_the_board_leads_back_to_the_first_month_and_forth_again(client, place):
    opened = before(14)
    place.active = (opened, None)
    place.save()
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    page, seen = client.get(reverse("count_board")), []
    while page.context["window"].older:
        seen += months_shown(page)
        link = f"to={page.context['window'].older:%Y-%m}"
        assert link in page.content.decode()
        page = client.get(f"{reverse('count_board')}?{link}")
    seen += months_shown(page)
    assert seen == [before(back) for back in range(18)]
    assert "Older months" not in page.content.decode()
    while page.context["window"].newer:
        link = f"to={page.context['window'].newer:%Y-%m}"
        assert link in page.content.decode()
        page = client.get(f"{reverse('count_board')}?{link}")
    assert months_shown(page)[0] == before(0)
    assert "Newer months" not in page.content.decode()


def test_an_older_board_says_how_complete_its_last_month_is(client, place):
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    url = f"{reverse('count_board')}?months=12&to={before(20):%Y-%m}"
    page = client.get(url)
    assert page.context["window"].last_over == before(20)
    assert "0 of 1 report submitted" in page.content.decode()
    assert "months=6&amp;to=" in page.content.decode()


@pytest.mark.parametrize("odd", ["abc", "", "2026-13", "9999-12", "0000-01", "1800-01", "2026-1"])
def test_a_month_that_is_none_is_this_one_or_the_nearest(client, place, odd):
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    shown = months_shown(client.get(reverse("count_board"), {"to": odd}))
    assert shown[0] == before(0)
    future = months_shown(client.get(reverse("count_board"), {"to": f"{before(-3):%Y-%m}"}))
    assert future[0] == before(0)


def test_a_lead_reads_which_partner_a_site_is_of(client):
    program, site = make_program(), make_site()
    program.partnerships.create(organisation=site.organisation, role="implementing", active=ALWAYS)
    make_program_site(program, site)
    own = make_program_site(program, make_site(program.organisation))
    client.force_login(make_user(Role.COORDINATOR, program.organisation))
    body = client.get(reverse("count_board")).content.decode().split("<tbody>")[1]
    body = " ".join(body.split())
    assert f"<small> {program} · {site.organisation} </small>" in body
    assert f"{own.site} <small> {program} </small>" in body
