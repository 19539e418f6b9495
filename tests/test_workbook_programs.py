"""A workbook of several programs: what may not change now is named, the rest does not wait."""

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import Membership
from accounts.roles import Role
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock, WorkbookUpload
from programs.models import Site

from .factories import (
    make_breakdown,
    make_filled_report,
    make_indicator,
    make_membership,
    make_program,
    make_program_indicator,
    make_program_site,
    make_user,
)
from .workbooks import MARCH, apply, downloaded, filled, make_two_sites, send, values

pytestmark = pytest.mark.django_db
LEGAL, SHELTER = ("LEGAL", "A_SITE", 1, ""), ("SHELTER", "A_SITE", 2, "")
SHELTER_B = ("SHELTER", "B_SITE", 3, "")


@pytest.fixture
def shelter():
    return make_two_sites(make_program(code="SHELTER"))


@pytest.fixture
def organisation(shelter):
    return shelter.organisation


@pytest.fixture
def legal(shelter):
    """The first site, in another program too; its sheet is the first."""
    program = make_program(shelter.organisation, code="LEGAL")
    make_program_indicator(program, make_indicator(make_breakdown()))
    return make_program_site(program, shelter.site)


@pytest.fixture
def partner(legal, client):
    partner = make_user(Role.PARTNER, legal.organisation)
    client.force_login(partner)
    return partner


@pytest.fixture
def data(client, organisation, partner) -> bytes:
    """1 at A_SITE in LEGAL, 2 at A_SITE and 3 at B_SITE in SHELTER."""
    return filled(downloaded(client, organisation), 1, 2, 3)


def test_each_sheet_goes_to_the_report_of_its_program_and_site(client, organisation, data):
    answer = send(client, organisation, data)
    html = answer.content.decode()
    assert html.index("LEGAL A_SITE") < html.index("SHELTER A_SITE") < html.index("SHELTER B_SITE")
    html = apply(client, answer).content.decode()
    assert "3 counts are saved." in html
    assert values() == [LEGAL, SHELTER, SHELTER_B]
    for report in CountReport.objects.all():
        assert report.get_absolute_url() in html
    assert apply(client, answer).status_code == 200
    assert values() == [LEGAL, SHELTER, SHELTER_B]


def test_the_lock_of_one_program_leaves_the_others_open(client, organisation, legal, data, partner):
    PeriodLock.objects.create(
        organisation=organisation,
        program=legal.program,
        span=(MARCH, dt.date(2026, 4, 1)),
        reason="Sent to the funder.",
        locked_by=partner,
    )
    answer = send(client, organisation, data)
    html = answer.content.decode()
    assert "left out" in html
    assert "This month is locked: Sent to the funder. Ask a coordinator" in html
    apply(client, answer)
    assert values() == [SHELTER, SHELTER_B]


def test_a_submitted_report_is_named_and_left_out(client, organisation, legal, data, partner):
    make_filled_report(legal, MARCH, value=5)
    CountReport.objects.update(
        status="submitted", submitted_by=partner, submitted_at="2026-04-02T08:00Z"
    )
    answer = send(client, organisation, data)
    html = answer.content.decode()
    assert "waits for approval" in html
    assert "Apply 2 changes" in html
    apply(client, answer)
    assert set(values()) == {("LEGAL", "A_SITE", 5, ""), SHELTER, SHELTER_B}


def test_a_month_that_closes_before_applying_changes_nothing(client, organisation, data, partner):
    answer = send(client, organisation, data)
    PeriodLock.objects.create(
        organisation=organisation,
        span=(MARCH, dt.date(2026, 4, 1)),
        reason="Sent to the funder.",
        locked_by=partner,
    )
    html = apply(client, answer).content.decode()
    assert "Counts changed since you looked." in html
    assert not BeneficiaryCount.objects.exists()


def test_one_sheet_that_is_refused_while_applying_keeps_all_from_being_written(
    client, organisation, data, monkeypatch
):
    """It is March at A_SITE, and still February at B_SITE, whose sheet comes last."""
    Site.objects.filter(code="B_SITE").update(time_zone="Etc/GMT+12")
    answer = send(client, organisation, data)
    morning = dt.datetime(2026, 3, 1, 6, tzinfo=dt.UTC)
    clock = SimpleNamespace(now=lambda: morning)
    monkeypatch.setattr("beneficiaries.actions.report.timezone", clock)
    html = apply(client, answer).content.decode()
    assert "Sheet SHELTER B_SITE: This month has not begun yet." in html
    assert not CountReport.objects.exists()
    assert not WorkbookUpload.objects.get().applied_at


def test_a_role_that_ended_leaves_its_sheets_out_by_name(client, organisation, legal, data):
    """Downloaded with the rights of before; what one still enters is applied."""
    worker = make_user(Role.FIELD_WORKER, organisation, program=legal.program)
    client.force_login(worker)
    answer = send(client, organisation, data)
    html = answer.content.decode()
    assert "SHELTER A_SITE" in html
    assert "your role does not cover it" in html
    assert "Apply 1 change" in html
    apply(client, answer)
    assert values() == [LEGAL]


def test_a_role_that_ends_before_applying_is_seen(client, organisation, data, partner):
    answer = send(client, organisation, data)
    page = answer.redirect_chain[-1][0]
    Membership.objects.filter(user=partner).update(active=(dt.date(2000, 1, 1), MARCH))
    client.force_login(partner)
    seen = {"seen": answer.context["preview"].fingerprint}
    assert client.post(page, seen).status_code in {403, 404}
    assert not BeneficiaryCount.objects.exists()


def test_a_role_that_shrinks_before_applying_shows_the_changes_again(
    client, organisation, legal, data, partner
):
    answer = send(client, organisation, data)
    Membership.objects.filter(user=partner).update(active=(dt.date(2000, 1, 1), MARCH))
    make_membership(partner, Role.PARTNER, organisation, program=legal.program)
    client.force_login(partner)
    html = apply(client, answer).content.decode()
    assert "Counts changed since you looked." in html
    assert not BeneficiaryCount.objects.exists()
