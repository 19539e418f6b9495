"""Nobody is there for a while: a warning, then signing in again in place, and nothing is lost."""

import pytest

from accounts import sitting
from accounts.models import User
from accounts.roles import Role
from tests.browser.conftest import DESK, PASSWORD
from tests.factories import make_organisation, make_user
from tests.signing import next_code, with_application

TYPED = "Asha, night team"


@pytest.fixture
def desk(visit):
    person = visit("en", DESK)
    person.user = make_user(Role.FIELD_WORKER, make_organisation())
    person.sign_in(person.user)
    return person


def leave_alone(desk, monkeypatch, *, idle: int, warn: int) -> None:
    """Open one's account, type, and go away."""
    monkeypatch.setattr(sitting, "IDLE_SECONDS", idle)
    monkeypatch.setattr(sitting, "WARN_SECONDS", warn)
    desk.open("/me/")
    desk.page.fill("#id_display_name", TYPED)


def test_whoever_is_still_there_says_so(desk, monkeypatch):
    leave_alone(desk, monkeypatch, idle=60, warn=59)
    desk.page.wait_for_selector("#sitting[open]")
    assert "0:5" in desk.page.inner_text("#sitting output")
    assert desk.violations() == []
    desk.page.click("[data-stay]")
    desk.page.wait_for_selector("#sitting", state="hidden")
    assert desk.page.input_value("#id_display_name") == TYPED
    assert desk.complaints == []


def test_one_signs_in_again_in_place_and_sends_what_was_typed(desk, monkeypatch):
    leave_alone(desk, monkeypatch, idle=3, warn=1)
    page = desk.page
    page.wait_for_selector("#sitting input[name=login]")
    assert desk.violations() == []
    monkeypatch.undo()
    page.fill("#sitting input[name=login]", desk.user.email)
    page.fill("#sitting input[name=password]", "wrong")
    page.click("#sitting .btn-primary:visible")
    page.wait_for_selector("#sitting #error-summary")
    page.fill("#sitting input[name=password]", PASSWORD)
    page.click("#sitting .btn-primary:visible")
    page.wait_for_selector("#sitting input[name=code]")
    page.fill("#sitting input[name=code]", next_code(desk.user))
    page.click("#sitting .btn-primary:visible")
    page.wait_for_selector("#sitting", state="hidden")
    assert page.input_value("#id_display_name") == TYPED
    page.click("text=Save my account")
    page.wait_for_selector("text=Your account is saved")
    assert User.objects.get(pk=desk.user.pk).display_name == TYPED


def test_somebody_else_finds_nothing_of_it(desk, monkeypatch):
    leave_alone(desk, monkeypatch, idle=3, warn=1)
    page = desk.page
    page.wait_for_selector("#sitting input[name=login]")
    monkeypatch.undo()
    other = make_user(Role.FIELD_WORKER, make_organisation())
    with_application(other)
    page.fill("#sitting input[name=login]", other.email)
    page.fill("#sitting input[name=password]", PASSWORD)
    page.click("#sitting .btn-primary:visible")
    page.fill("#sitting input[name=code]", next_code(other))
    page.click("#sitting .btn-primary:visible")
    page.wait_for_url(desk.base + "/")
    assert TYPED not in page.content()


def test_a_form_that_was_left_in_haste_opens_again_with_what_was_typed(desk):
    page = desk.page
    page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
    desk.open("/me/")
    page.fill("#id_display_name", TYPED)
    page.keyboard.press("Control+Shift+X")
    page.wait_for_url("https://www.wikipedia.org/**")
    desk.sign_in(desk.user)
    page.wait_for_url(desk.base + "/again/")
    assert desk.violations() == []
    assert not desk.overflows()
    page.click("text=Open the form again")
    page.wait_for_url(desk.base + "/me/")
    assert page.input_value("#id_display_name") == TYPED
    page.click("text=Save my account")
    page.wait_for_selector("text=Your account is saved")
    assert page.evaluate("sessionStorage.getItem('left')") is None
    assert desk.complaints == []
