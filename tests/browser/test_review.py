"""A month that is returned, mended, approved and corrected; a partner's, and the dashboard."""

import re

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from beneficiaries.actions import report as reports
from beneficiaries.board import this_month
from beneficiaries.models import CountReport
from programs.months import month_after
from tests.browser.conftest import DESK, PHONE
from tests.browser.grid import mark_rows, write
from tests.factories import (
    make_filled_report,
    make_organisation,
    make_partnership,
    make_program,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
)

MEND = "The register says seven girls in the shelter."
CORRECT = "Two girls were found in the other register."
SUBMIT = "button[formaction$='/submit/']"
LAST_MONTH = month_after(this_month(), -1)


@pytest.fixture
def place(server):
    place = make_program_site(active=(month_after(LAST_MONTH, -1), None))
    make_program_indicator(place.program, is_main=True)
    return place


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation, language="fr", display_name="Asha")


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation, display_name="Maya")


@pytest.fixture
def submitted(place, worker, coordinator):
    """Two in each cell approved the month before, one in each submitted last month."""
    for month, value in ((month_after(LAST_MONTH, -1), 2), (LAST_MONTH, 1)):
        report = reports.submit(report=make_filled_report(place, month, value=value), by=worker)
        if month != LAST_MONTH:
            reports.approve(report=report, by=coordinator)
    return report


def signed_in(visit, user, language, size):
    person = visit(language, size)
    person.sign_in(user)
    return person


def review(desk) -> None:
    """From the page of the day to the report that waits."""
    desk.open("/")
    assert desk.page.inner_text("#review-title") == "To approve (1)"
    desk.page.click("text=Review")


def approve(desk) -> None:
    desk.page.get_by_role("button", name=re.compile("^Approve")).click()
    desk.page.wait_for_selector("text=Its figures are in the dashboard now")


def figure(desk) -> str:
    """The dashboard's number of last month."""
    desk.open(f"/dashboard/?period={LAST_MONTH:%Y-%m}")
    return desk.page.inner_text(".tile .figure")


def refuse_short_reasons(desk) -> None:
    """The portal refuses three letters as it does seven spaces; what was typed stays."""
    page = desk.page
    for short in ("bad", "bad       "):
        page.fill("#reason", short)
        page.get_by_role("button", name=re.compile("^Return")).click()
        page.click("#error-summary >> text=Say in at least ten characters what to mend.")
        assert page.input_value("#reason") == short
    assert desk.violations() == []


def test_a_month_is_returned_mended_approved_and_corrected(visit, submitted, worker, coordinator):
    desk = signed_in(visit, coordinator, "en", DESK)
    phone = signed_in(visit, worker, "fr", PHONE)
    review(desk)
    assert desk.page.inner_text("td.difference") == "\u22129"
    assert desk.violations() == []
    refuse_short_reasons(desk)
    desk.page.fill("#reason", MEND)
    desk.page.get_by_role("button", name=re.compile("^Return")).click()
    desk.page.wait_for_selector("text=Returned, with what is to mend.")

    phone.open("/")
    first = phone.page.locator(".work").first.locator("li").first
    assert MEND in first.inner_text()
    assert phone.violations() == []
    first.locator("a.btn").click()
    for said in ("Maya", MEND):
        expect(phone.page.locator(".notice.attention:visible")).to_contain_text(said)
    write(phone, 0, "7")
    phone.page.click(SUBMIT)
    phone.page.wait_for_selector(".reading")

    assert figure(desk) == "–"
    review(desk)
    expect(desk.page.locator("td.changed del")).to_have_text(["1"])
    expect(desk.page.locator("main")).to_contain_text("1 cell changed since it was returned")
    assert desk.violations() == []
    approve(desk)
    assert figure(desk) == "15"

    phone.open(submitted.get_absolute_url())
    phone.page.fill("#reason", CORRECT)
    phone.page.click("form[action$='/correct/'] button")
    expect(phone.page.locator(".notice:visible")).to_contain_text(CORRECT)
    expect(phone.page.locator("main")).to_contain_text("version 2")
    assert phone.violations() == []
    assert not phone.overflows()
    write(phone, 1, "3")
    phone.page.click(SUBMIT)
    phone.page.wait_for_selector(".reading")
    assert figure(desk) == "15"
    review(desk)
    expect(desk.page.locator("main")).to_contain_text(CORRECT)
    expect(desk.page.locator("td.changed del")).to_have_text(["1"])
    approve(desk)
    assert figure(desk) == "17"
    submitted.refresh_from_db()
    assert submitted.status == "superseded"
    assert desk.complaints == phone.complaints == []


@pytest.fixture
def partner_place(server):
    """A partner's site in the program of a lead."""
    program = make_program(make_organisation("Lead"))
    make_program_indicator(program)
    site = make_site(make_organisation("Partner"))
    make_partnership(program, site.organisation)
    return make_program_site(program, site, active=(LAST_MONTH, None))


def test_a_lead_sees_a_partners_month_once_it_is_submitted(visit, partner_place):
    lead = make_user(Role.COORDINATOR, partner_place.program.organisation)
    desk = signed_in(visit, lead, "en", DESK)
    user = make_user(Role.PARTNER, partner_place.organisation, language="fr", display_name="Léa")
    phone = signed_in(visit, user, "fr", PHONE)
    phone.page.locator("form[action$='/open/'] button").first.click()
    phone.page.wait_for_selector("html.scripted")
    write(phone, 0, "4")
    draft = CountReport.objects.get()

    desk.open("/counts/")
    assert str(partner_place.site) in desk.page.inner_text(".board")
    assert desk.page.locator(".board a").count() == 0
    assert desk.violations() == []
    there = desk.base + draft.get_absolute_url()
    assert desk.page.request.get(there).status == 404
    desk.open("/")
    assert desk.page.inner_text("#review-title") == "To approve"

    mark_rows(phone)
    phone.page.click(SUBMIT)
    phone.page.wait_for_selector(".reading")
    assert phone.violations() == []
    desk.open("/counts/")
    desk.page.click(".board a.is-submitted")
    expect(desk.page).to_have_url(there)
    expect(desk.page.locator("main")).to_contain_text("Léa")
    assert desk.page.inner_text("td.total") == "4"
    review(desk)
    approve(desk)
    draft.refresh_from_db()
    assert (draft.status, draft.reviewed_by) == ("approved", lead)
    phone.open("/counts/")
    assert phone.page.locator(".board a.is-approved").count() == 1
    assert desk.complaints == phone.complaints == []
