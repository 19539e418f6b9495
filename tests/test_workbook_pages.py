"""Who opens which workbook, and what its pages and its file hold."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import load_workbook

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.board import this_month
from beneficiaries.models import PeriodLock
from beneficiaries.workbooks import desk
from programs.models import Partnership
from programs.months import month_after

from .factories import (
    make_breakdown,
    make_filled_report,
    make_indicator,
    make_membership,
    make_organisation,
    make_partnership,
    make_program,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
    submit_as_is,
)
from .workbooks import MARCH, downloaded, filled, make_two_sites, send, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_two_sites(make_program(code="SHELTER"))


@pytest.fixture
def organisation(place):
    return place.organisation


@pytest.fixture
def partner(organisation, client):
    partner = make_user(Role.PARTNER, organisation)
    client.force_login(partner)
    return partner


def names(data: bytes) -> list[str]:
    """The sheets to fill, between the notice and the hidden one."""
    return load_workbook(io.BytesIO(data)).sheet_names[1:-1]


def test_the_file_has_a_neutral_name_and_is_journalled(client, place, organisation, partner):
    answer = client.get(url(organisation, "workbook_download"))
    name = f"{organisation.code.lower()}-2026-03-en.xlsx"
    assert f'"{name}"' in answer["Content-Disposition"]
    entry = JournalEntry.objects.get(action="download_workbook")
    assert entry.organisation_id == organisation.pk
    assert str(place.site_id) in entry.shown_ids


def test_all_programs_of_an_organisation_stand_in_one_file(client, place, organisation, partner):
    make_program_site(make_program(organisation, code="LEGAL"), place.site)
    lead = make_program(code="AWARENESS")
    make_partnership(lead, organisation)
    make_program_site(lead, place.site)
    make_program_site(lead)
    data = downloaded(client, organisation)
    assert names(data) == ["AWARENESS A_SITE", "LEGAL A_SITE", "SHELTER A_SITE", "SHELTER B_SITE"]
    notice = str(load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python())
    assert all(name in notice for name in names(data))
    assert f"LEGAL · {place.program.name.split()[0]}" in notice
    page = client.get(url(organisation)).content.decode()
    assert all(name in page for name in names(data))


def test_a_site_that_opened_twice_in_a_month_is_one_sheet(client, place, organisation, partner):
    place.active = (dt.date(2026, 1, 1), dt.date(2026, 3, 10))
    place.save()
    make_program_site(place.program, place.site, active=(dt.date(2026, 3, 20), None))
    assert names(downloaded(client, organisation)) == ["SHELTER A_SITE", "SHELTER B_SITE"]


def test_a_partner_sees_its_own_sites_in_the_leads_program(client, place):
    organisation = make_organisation()
    Partnership.objects.create(
        program=place.program, organisation=organisation, role="implementing", active=place.active
    )
    make_program_site(place.program, make_site(organisation, code="OWN_SITE"))
    client.force_login(make_user(Role.PARTNER, organisation))
    assert names(downloaded(client, organisation)) == ["SHELTER OWN_SITE"]
    assert client.get(url(place.organisation)).status_code == 404


def test_a_lead_has_no_workbook_of_its_partners(client, place):
    partner = make_partnership(place.program).organisation
    make_program_site(place.program, make_site(partner))
    client.force_login(make_user(Role.COORDINATOR, place.organisation))
    assert client.get(url(partner)).status_code == 404
    assert names(downloaded(client, place.organisation)) == ["SHELTER A_SITE", "SHELTER B_SITE"]


def test_a_role_in_one_program_or_at_one_site_opens_its_sheets_alone(client, place, organisation):
    other = make_program_site(make_program(organisation, code="LEGAL"), place.site)
    of_program = make_user(Role.FIELD_WORKER, organisation, program=other.program)
    of_site = make_user(Role.FIELD_WORKER, organisation, site=place.site)
    of_both = make_user(Role.FIELD_WORKER, organisation, program=other.program)
    make_membership(of_both, Role.FIELD_WORKER, organisation, site=place.site)
    own = {
        of_program: ["LEGAL A_SITE"],
        of_site: ["LEGAL A_SITE", "SHELTER A_SITE"],
        of_both: ["LEGAL A_SITE", "SHELTER A_SITE"],
    }
    for person, sheets in own.items():
        client.force_login(person)
        page = client.get(url(organisation)).context["page"]
        assert [sheet.name for sheet in page.sheets] == sheets
        assert names(downloaded(client, organisation)) == sheets


def test_what_nobody_may_change_leaves_with_no_workbook(client, place, organisation, partner):
    _first, second = names(downloaded(client, organisation))
    submit_as_is(make_filled_report(place, MARCH))
    assert names(downloaded(client, organisation)) == [second]
    other = place.program.program_sites.get(site__code="B_SITE")
    submit_as_is(make_filled_report(other, MARCH))
    page = client.get(url(organisation))
    assert url(organisation, "workbook_download") not in page.content.decode()
    answer = client.get(url(organisation, "workbook_download"), follow=True)
    assert answer.redirect_chain[-1][0] == url(organisation)
    assert "Nothing is left to fill in" in answer.content.decode()


def test_the_list_offers_organisations_and_the_months_they_report(client, place, organisation):
    beside = make_program_site(make_program(code="BESIDE"), active=(this_month(), None))
    partner = make_user(Role.PARTNER, organisation)
    make_membership(partner, Role.PARTNER, beside.organisation)
    make_program_site(make_program(organisation), place.site, active=(this_month(), None))
    client.force_login(partner)
    answer = client.get(reverse("workbooks"))
    offered = {one.organisation: list(one.months.values()) for one in answer.context["choices"]}
    assert offered == {organisation: [3, 2, 2], beside.organisation: [1]}
    assert url(organisation, month=this_month()) in answer.content.decode()


def test_the_list_asks_once_for_all_months_and_programs(
    place, organisation, partner, acting, django_assert_max_num_queries
):
    last_month = month_after(this_month(), -1)
    submit_as_is(make_filled_report(place, last_month))
    for _program in range(3):
        make_program_site(make_program(organisation), place.site)
    PeriodLock.objects.create(
        organisation=organisation,
        program=place.program,
        span=(this_month(), month_after(this_month())),
        reason="Sent to the funder.",
        locked_by=partner,
    )
    with acting(partner), django_assert_max_num_queries(4):
        [choice] = desk.choices_of(partner)
    assert choice.months == {this_month(): 3, last_month: 4, month_after(this_month(), -2): 5}


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
def test_who_opens_the_workbooks(client, organisation, role, status):
    client.force_login(make_user(role, organisation))
    for page in (reverse("workbooks"), url(organisation), url(organisation, "workbook_download")):
        assert client.get(page).status_code == status


def test_strangers_find_nothing(client, organisation, partner):
    answer = send(client, organisation, downloaded(client, organisation))
    preview = answer.redirect_chain[-1][0]
    for person in (make_user(Role.PARTNER, organisation), make_user(Role.COORDINATOR)):
        client.force_login(person)
        assert client.get(preview).status_code == 404
    for name in ("workbook", "workbook_download", "workbook_upload"):
        assert client.get(url(organisation, name)).status_code == 404
    assert client.get(url(organisation, month=dt.date(2999, 1, 1))).status_code == 404


def test_the_pages_take_as_many_queries_for_many_programs_and_sites(client, organisation, partner):
    make_sheet(organisation)
    pages = [reverse("workbooks"), url(organisation), url(organisation, "workbook_download")]
    for page in pages:
        client.get(page)
    few = [queries(client, page) for page in pages]
    few_looked, few_sent = sent(client, organisation, 1)
    for _number in range(4):
        make_sheet(organisation, sites=2)
    assert [queries(client, page) for page in pages] == few
    assert sent(client, organisation, 2) == (few_looked, few_sent)


def make_sheet(organisation, sites: int = 1) -> None:
    program = make_program(organisation)
    make_program_indicator(program, make_indicator(make_breakdown()))
    for _site in range(sites):
        make_filled_report(make_program_site(program, make_site(organisation)), MARCH)


def sent(client, organisation, number: int) -> tuple[int, int]:
    """Queries to look at changes of each sheet, and to send them."""
    data = downloaded(client, organisation)
    data = filled(data, *[number + 7] * len(names(data)))
    with CaptureQueriesContext(connection) as captured:
        answer = send(client, organisation, data, follow=False)
    return queries(client, answer["Location"]), len(captured)


def queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
