"""A tally sheet on a phone: taps, totals, and a connection that goes away."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from beneficiaries import tallies
from beneficiaries.models import BeneficiaryCount, TallySheet
from tests.browser.conftest import PHONE
from tests.factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_user,
)


@pytest.fixture
def place(server):
    place = make_program_site(is_tallied=True)
    make_program_indicator(place.program, make_indicator(make_breakdown()))
    place.refresh_from_db()
    return place


@pytest.fixture
def phone(place, visit):
    person = visit("en", PHONE)
    person.user = make_user(Role.FIELD_WORKER, place.organisation)
    person.sign_in(person.user)
    return person


def today(place) -> dt.date:
    return tallies.day_of(place)


def plus(phone, times: int, line: int = 0) -> None:
    for _ in range(times):
        phone.page.locator("[data-step='1']").nth(line).click()


def test_a_day_is_entered_by_taps(phone, place):
    phone.open("/tally/")
    phone.page.click("text=Enter the sheet")
    plus(phone, 3)
    plus(phone, 1, line=1)
    phone.page.locator("[data-step='-1']").nth(1).click()
    phone.page.locator(".tally-number").nth(2).fill("12")
    assert phone.page.inner_text("[data-total]") == "15"
    assert phone.violations() == []
    assert not phone.overflows()
    phone.page.click(".tally-save")
    phone.page.wait_for_selector("text=The sheet is saved")
    assert sum(count.value for count in TallySheet.objects.get().counts.all()) == 15
    assert sum(count.value for count in BeneficiaryCount.objects.all()) == 15
    assert phone.violations() == []
    assert phone.page.is_hidden("#tally-waiting")
    assert phone.complaints == []


def test_a_lost_connection_loses_nothing(phone, place):
    phone.open(f"/tally/{place.pk}/today/")
    plus(phone, 2)
    phone.page.context.set_offline(True)
    phone.page.click(".tally-save")
    phone.page.wait_for_selector("text=No connection: kept on this device")
    plus(phone, 1)
    assert not TallySheet.objects.exists()
    phone.page.context.set_offline(False)
    phone.page.wait_for_selector("text=The sheet is saved")
    assert TallySheet.objects.get().counts.get().value == 3


def test_numbers_that_were_not_saved_come_back(phone, place):
    phone.open(f"/tally/{place.pk}/today/")
    plus(phone, 2)
    phone.open("/tally/")
    phone.page.click("#tally-waiting a")
    phone.page.wait_for_selector("text=Numbers that were typed here and not saved are back.")
    assert phone.page.inner_text("[data-total]") == "2"
    phone.page.click("text=Discard them")
    expect(phone.page.locator("[data-total]")).to_have_text("0")
    assert phone.page.evaluate("localStorage.length") == 0


def test_a_stale_sheet_shows_both_and_is_saved_knowingly(phone, place, visit):
    other = visit("en", PHONE)
    other.sign_in(make_user(Role.FIELD_WORKER, place.organisation))
    for person, taps in ((phone, 2), (other, 5)):
        person.open(f"/tally/{place.pk}/today/")
        plus(person, taps)
    other.page.click(".tally-save")
    other.page.wait_for_selector("text=The sheet is saved")
    phone.page.click(".tally-save")
    phone.page.wait_for_selector("text=saved meanwhile: 5")
    assert phone.violations() == []
    phone.page.click(".tally-save")
    phone.page.wait_for_selector("text=The sheet is saved")
    assert TallySheet.objects.get().counts.get().value == 2


def test_a_number_typed_before_the_scripts_arrive_is_kept(phone, place):
    scripts = []
    phone.page.route("**/tally*.js", lambda route: scripts.append(route))
    phone.page.goto(f"{phone.base}/tally/{place.pk}/today/", wait_until="commit")
    phone.page.locator(".tally-number").nth(0).fill("4")
    scripts.pop().continue_()
    phone.page.unroute("**/tally*.js")
    expect(phone.page.locator("[data-total]")).to_have_text("4")
    phone.open("/tally/")
    phone.page.click("#tally-waiting a")
    expect(phone.page.locator(".tally-number").nth(0)).to_have_value("4")


def refused(phone, place) -> None:
    """Numbers, and one that is none: the server says so."""
    phone.open(f"/tally/{place.pk}/today/")
    for number, text in enumerate(("12", "7", "zz")):
        phone.page.locator(".tally-number").nth(number).fill(text)
    phone.page.click(".tally-save")
    phone.page.wait_for_selector("#error-summary")


def typed(phone) -> list[str]:
    return [one.input_value() for one in phone.page.locator(".tally-number").all()[:3]]


def test_a_refused_sheet_stays_on_the_device(phone, place):
    refused(phone, place)
    assert phone.page.inner_text("[data-total]") == "19"
    phone.open("/tally/")
    phone.page.click("#tally-waiting a")
    phone.page.wait_for_selector("text=Numbers that were typed here and not saved are back.")
    assert typed(phone) == ["12", "7", "zz"]
    phone.page.locator(".tally-number").nth(2).fill("10001")
    assert phone.page.inner_text("[data-total]") == "19"
    phone.page.locator(".tally-number").nth(2).fill("3")
    phone.page.click(".tally-save")
    phone.page.wait_for_selector("text=The sheet is saved")
    assert sum(count.value for count in TallySheet.objects.get().counts.all()) == 22
    assert phone.page.is_hidden("#tally-waiting")


def test_a_refused_sheet_that_is_left_in_haste_waits_for_the_next_sign_in(phone, place):
    refused(phone, place)
    phone.page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
    phone.page.keyboard.press("Control+Shift+X")
    phone.page.wait_for_url("https://www.wikipedia.org/**")
    phone.sign_in(phone.user)
    phone.page.click("text=Open the form again")
    phone.page.wait_for_selector("text=Not saved yet, kept on this device")
    assert typed(phone) == ["12", "7", "zz"]
    assert phone.complaints == []
