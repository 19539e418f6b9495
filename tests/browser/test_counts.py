"""A month from the page of the day to its submission, and months that are locked."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.board import this_month
from beneficiaries.models import CountReport, LockException
from programs.months import month_after
from tests.browser.conftest import DESK, PHONE
from tests.browser.grid import cells, mark_rows, state, write
from tests.factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_user,
)

REASON = "The figures were sent to the funder."


@pytest.fixture
def place(server):
    """A site that is open since last month, with two indicators to enter."""
    place = make_program_site(active=(month_after(this_month(), -1), None))
    breakdown = make_breakdown()
    for position in range(2):
        make_program_indicator(place.program, make_indicator(breakdown), position=position)
    return place


@pytest.fixture
def phone(place, visit):
    """Who works there, in French, with every question that the browser asked."""
    person = visit("fr", PHONE)
    person.sign_in(make_user(Role.FIELD_WORKER, place.organisation, language="fr"))
    person.questions = []
    person.page.on("dialog", lambda dialog: (person.questions.append(dialog), dialog.accept()))
    return person


@pytest.fixture
def desk(place, visit):
    person = visit("en", DESK)
    maya = make_user(Role.COORDINATOR, place.organisation, display_name="Maya")
    person.sign_in(maya)
    return person


def begin(phone) -> CountReport:
    """From the page of the day to the grid of last month."""
    phone.page.locator("form[action$='/open/'] button").first.click()
    phone.page.wait_for_selector("html.scripted")
    return CountReport.objects.get()


def test_a_month_is_entered_on_a_phone_left_and_submitted_once(phone, place):
    report = begin(phone)
    page = phone.page
    assert phone.violations() == []
    assert not phone.overflows()
    cells(phone).nth(0).fill("1234")
    assert page.locator("output").nth(0).inner_text() == "1\u202f234"
    cells(phone).nth(1).fill("nc")
    state(phone, 0, "saved")
    write(phone, 9, "7")
    page.fill("#comment", "Travaux sur le toit.")
    with page.expect_response("**/comment/"):
        page.locator("#comment").blur()

    cells(phone).nth(2).fill("6")
    page.click("text=English")
    page.wait_for_selector("html[lang=en].scripted")
    assert page.url.removeprefix(phone.base) == report.get_absolute_url()
    assert [cells(phone).nth(n).input_value() for n in (0, 1, 2, 9)] == ["1234", "nc", "6", "7"]
    assert page.locator("output").nth(0).inner_text() == "1\u202f240"
    assert page.input_value("#comment") == "Travaux sur le toit."
    page.click("text=Français")
    page.wait_for_selector("html[lang=fr].scripted")
    assert report.counts.get(value=6)
    assert phone.questions == []

    submit = page.locator("button[formaction$='/submit/']")
    submit.click()
    page.wait_for_selector("#error-summary a[href^='#cell-']")
    assert phone.violations() == []
    mark_rows(phone)
    page.wait_for_selector("#checks .ready")
    submit.dblclick()
    expect(page.locator(".reading td.total")).to_have_text(["1\u202f240", "7"])
    expect(page.locator(".reading abbr")).to_have_text(["nc"])
    assert cells(phone).count() == 0
    assert JournalEntry.objects.filter(action="submit").count() == 1
    assert phone.violations() == []
    assert not phone.overflows()
    assert phone.complaints == []


def test_a_month_is_sent_by_plain_forms(place, visit):
    person = visit("fr", PHONE, java_script_enabled=False)
    person.sign_in(make_user(Role.FIELD_WORKER, place.organisation, language="fr"))
    page = person.page
    page.locator("form[action$='/open/'] button").first.click()
    person.whole()
    for cell in cells(person).all():
        cell.fill("3")
    cells(person).nth(4).fill("trois")
    page.fill("#comment", "Travaux sur le toit.")
    page.click("button[formaction$='/submit/']")
    expect(page.locator("#error-summary")).to_contain_text("« trois »")
    assert cells(person).nth(4).input_value() == "trois"
    assert cells(person).nth(5).input_value() == "3"
    assert page.input_value("#comment") == "Travaux sur le toit."
    cells(person).nth(4).fill("4")
    page.click("button[formaction$='/submit/']")
    expect(page.locator("td.total")).to_have_text(["28", "27"])
    report = CountReport.objects.get()
    assert (report.status, report.comment) == ("submitted", "Travaux sur le toit.")


def lock_last_month(desk) -> None:
    page = desk.page
    desk.open("/counts/")
    page.click("text=Locked months")
    page.click("text=Lock months")
    assert desk.violations() == []
    page.fill("#id_reason", REASON)
    page.click("text=Lock these months")
    page.wait_for_selector("#messages .success")


def grant_exception(desk, place) -> None:
    page = desk.page
    page.click("text=Grant an exception")
    assert desk.violations() == []
    page.select_option("#id_site", str(place.site_id))
    page.fill("#id_until", (timezone.localdate() + dt.timedelta(days=3)).isoformat())
    page.fill("#id_reason", "A register was found again.")
    page.click("text=Grant the exception")
    page.wait_for_selector("#messages .success")
    assert LockException.objects.get().month == month_after(this_month(), -1)


def test_a_locked_month_says_why_and_an_exception_frees_it(phone, desk, place):
    report = begin(phone)
    lock_last_month(desk)
    expect(desk.page.locator("main")).to_contain_text("all its programs")
    cells(phone).nth(0).fill("12")
    cells(phone).nth(0).blur()
    state(phone, 0, "invalid")
    phone.open(report.get_absolute_url())
    assert REASON in phone.page.inner_text(".notice.attention:visible")
    assert "Maya" in phone.page.inner_text(".notice.attention:visible")
    assert cells(phone).count() == 0
    assert phone.violations() == []
    assert not phone.overflows()
    grant_exception(desk, place)
    phone.open("/")
    phone.page.locator(f"a[href='{report.get_absolute_url()}']").first.click()
    write(phone, 0, "12")
    assert report.counts.get().value == 12
    assert desk.complaints == []


def test_a_locked_month_that_was_not_begun_names_who_frees_it(phone, desk, place):
    lock_last_month(desk)
    month = month_after(this_month(), -1)
    phone.open(f"/counts/{place.program_id}/{place.site_id}/{month:%Y-%m}/open/")
    assert "Maya" in phone.page.inner_text("[role=alert]")
    assert phone.violations() == []
    assert phone.complaints == []
