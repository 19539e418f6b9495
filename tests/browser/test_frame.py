"""What every page has: a door, a language switch, a quick exit."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.factories import make_membership, make_organisation, make_user


def test_somebody_signs_in_on_a_phone_and_changes_the_language(visit):
    user = make_user("coordinator", make_organisation(), language="fr")
    person = visit("fr", PHONE)
    person.sign_in(user)
    assert person.page.locator("html").get_attribute("lang") == "fr"
    person.page.click("text=English")
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    expect(person.page).to_have_url(person.base + "/dashboard/")
    assert person.complaints == []


def test_quick_exit_ends_the_sitting(visit):
    user = make_user("coordinator", make_organisation())
    person = visit("en")
    person.page.route("https://**", lambda route: route.fulfill(body="elsewhere"))
    person.sign_in(user)
    person.page.keyboard.press("Control+Shift+X")
    person.page.wait_for_url("https://**")
    person.open("/")
    assert "/sign-in/" in person.page.url


def test_on_a_phone_where_one_is_stands_in_sight(visit):
    organisation = make_organisation()
    user = make_user("administrator", organisation)
    make_membership(user, "auditor", organisation)
    person = visit("en", PHONE)
    person.sign_in(user)
    for address, here in [("/journal/", "Journal"), ("/sign-in/password/", "My account")]:
        person.open(address)
        link = person.page.locator(".portal-nav [aria-current]")
        assert link.inner_text() == here
        box = link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_a_form_that_is_half_filled_stays_so_in_the_other_language(visit):
    person = visit("en", PHONE)
    person.sign_in(make_user("administrator", make_organisation()))
    person.open("/access/invite/")
    email, role = person.page.locator("#id_email"), person.page.locator("#id_role")
    email.fill("nadia@example.org")
    role.select_option("field_worker")
    person.page.click("text=Français")
    expect(email).to_have_value("nadia@example.org")
    expect(role).to_have_value("field_worker")
    email.fill("nadia")
    person.page.click("main form .btn-primary")
    person.page.wait_for_selector("#error-summary")
    person.page.click("text=English")
    expect(person.page.locator("html")).to_have_attribute("lang", "en")
    expect(email).to_have_value("nadia")
    expect(role).to_have_value("field_worker")
    assert person.page.evaluate("sessionStorage.getItem('left')") is None
    assert person.complaints == []
