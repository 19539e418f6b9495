"""Coming, leaving, coming back: invitations, a role that ends, a password that was forgotten."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts import sitting
from accounts.models import Membership, User
from accounts.roles import Role
from tests.browser.conftest import DESK, PHONE
from tests.factories import make_organisation, make_program, make_program_site, make_user
from tests.jobs import run_jobs
from tests.signing import next_code, with_application

NEW_PASSWORD = "quatre mots sans lien"
INVITED = "nadia@example.org"


@pytest.fixture
def prerana(server):
    """An organisation with a program at a site, and another site besides."""
    organisation = make_organisation("Prerana")
    program = make_program(organisation)
    make_program_site(program)
    return make_program_site(program)


@pytest.fixture
def desk(visit, prerana):
    """Their administrator, in English."""
    person = visit("en", DESK)
    person.sign_in(make_user(Role.ADMINISTRATOR, prerana.organisation, display_name="Priti"))
    return person


@pytest.fixture
def phone(visit):
    return visit("fr", PHONE)


def link_of(message) -> str:
    return re.search(r"https?://[^/]+(/\S+)", message.body)[1]


def invite(desk, place) -> None:
    """From the home page to the invitation that waits."""
    page = desk.page
    page.click("text=Invite someone")
    assert desk.violations() == []
    page.fill("#id_email", INVITED)
    page.check("input[name=language][value=fr]")
    page.select_option("#id_role", Role.FIELD_WORKER)
    page.select_option("#id_site", str(place.site_id))
    page.click("text=Send the invitation")
    page.wait_for_selector("text=The invitation is on its way")
    assert page.locator(".access-group tbody").inner_text().startswith(INVITED)
    run_jobs()


def join(phone, address: str) -> None:
    """On a phone: a name, a password, and the page of the day."""
    page = phone.page
    phone.open(address)
    assert "Priti" in page.inner_text("main")
    assert phone.violations() == []
    assert not phone.overflows()
    assert page.is_checked("input[name=language][value=fr]")
    page.fill("#id_display_name", "Nadia")
    page.fill("#id_password", NEW_PASSWORD)
    page.fill("#id_password_again", "quatre mots sans rien")
    page.click("main form .btn-primary")
    page.wait_for_selector("#error-summary")
    assert page.input_value("#id_display_name") == "Nadia"
    for field in ("#id_password", "#id_password_again"):
        page.fill(field, NEW_PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url("**/me/sign-in/first/")


def add_first_passkey(phone) -> None:
    """Nothing opens before: the phone's finger, a name for it, codes put aside."""
    page = phone.page
    phone.open("/counts/")
    page.wait_for_url("**/me/sign-in/first/")
    assert phone.violations() == []
    page.click("main a.btn-primary")
    page.fill("#id_name", "mon téléphone")
    assert phone.violations() == []
    page.click("main form .btn-primary")
    page.wait_for_selector(".codes")
    expect(page.locator(".codes li")).to_have_count(10)
    assert phone.violations() == []
    assert not phone.overflows()
    page.click("main form .btn-primary")
    expect(page.locator("main")).to_contain_text("mon téléphone")
    page.click("text=Renommer")
    assert phone.violations() == []
    phone.open("/")


def sign_in_with_passkey(phone) -> None:
    """No name, no password, no code: the finger alone."""
    phone.open("/sign-in/")
    phone.page.click("form.passkey button")
    phone.page.wait_for_url(phone.base + "/")


def end_role(desk, name: str) -> None:
    """From the list of access to the account, where the role is ended at once."""
    page = desk.page
    desk.open("/access/")
    row = page.locator("tr", has_text=name)
    assert "Field worker" in row.inner_text()
    page.click(f"a:text-is('{name}')")
    assert desk.violations() == []
    page.click("text=End this role")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    page.fill("#id_last_day", yesterday.isoformat())
    page.click("text=Set the last day")
    page.wait_for_selector("tr.is-ended")


def give_again(desk) -> str:
    """To a former colleague, who is asked first: the address in their e-mail."""
    page = desk.page
    desk.open(f"/access/accounts/{User.objects.get(email=INVITED).pk}/")
    page.click("text=Give another role")
    assert desk.violations() == []
    page.select_option("#id_role", Role.COORDINATOR)
    page.click("text=Give the role")
    page.wait_for_selector("text=an invitation is on its way")
    assert desk.violations() == []
    run_jobs()
    assert "vous propose un rôle" in mail.outbox[-1].body
    return link_of(mail.outbox[-1])


def accept_again(phone, address: str) -> None:
    """Signed in with the same account as before: yes, and no new password."""
    phone.open(address)
    assert phone.page.locator("input[type=password]").count() == 0
    assert phone.violations() == []
    assert not phone.overflows()
    phone.page.click("text=Accepter ce rôle")
    phone.page.wait_for_url("**/me/")


def test_somebody_is_invited_works_leaves_and_comes_back(desk, phone, prerana):
    invite(desk, prerana)
    message = mail.outbox[-1]
    assert message.to == [INVITED]
    assert message.body.startswith("Bonjour")
    assert "Priti" in message.body
    phone.has_finger()
    join(phone, link_of(message))
    add_first_passkey(phone)
    assert phone.page.locator("html").get_attribute("lang") == "fr"
    assert phone.page.inner_text("h1") == "Aujourd’hui"
    assert str(prerana.site) in phone.page.inner_text("main")
    assert Membership.objects.get(user__email=INVITED).site == prerana.site
    phone.open("/counts/")
    assert phone.page.locator(".board tbody tr").count() == 1
    assert phone.complaints == []

    end_role(desk, "Nadia")
    phone.open("/")
    phone.page.wait_for_url("**/sign-in/?next=/")
    sign_in_with_passkey(phone)
    assert "aucun rôle" in phone.page.inner_text("main")
    assert phone.page.locator(".work, .portal-nav a[href='/counts/']").count() == 0
    assert phone.open("/counts/").status == 403
    for state, shown in (("current", 0), ("ended", 1)):
        desk.open(f"/access/?state={state}")
        assert desk.page.locator("tr", has_text="Nadia").count() == shown
    phone.complaints.clear()
    accept_again(phone, give_again(desk))
    assert Membership.objects.lasting().get(user__email=INVITED).role == Role.COORDINATOR
    assert desk.complaints == phone.complaints == []


def test_an_administrator_confirms_with_the_passkey(visit, prerana, settings, monkeypatch):
    settings.PASSKEY_FOR_ADMINISTRATORS = True
    person = visit("fr", PHONE)
    person.has_finger()
    person.open("/sign-in/")
    person.give_password(make_user(Role.ADMINISTRATOR, prerana.organisation, language="fr"))
    person.page.wait_for_url("**/me/sign-in/first/")
    add_first_passkey(person)
    monkeypatch.setattr(sitting, "FRESH_SECONDS", 2)
    person.page.wait_for_timeout(2100)
    person.open("/access/invite/")
    person.page.wait_for_url(re.compile("/sign-in/again/passkey/[?]next=%2Faccess"))
    assert person.page.locator("input[name=password], input[name=code]").count() == 0
    assert person.violations() == []
    assert not person.overflows()
    person.page.click("form.passkey button")
    person.page.wait_for_url("**/access/invite/")
    assert person.page.locator("#id_email").count() == 1
    assert person.complaints == []


def test_a_forgotten_password_is_chosen_anew(phone, prerana):
    user = make_user(Role.FIELD_WORKER, prerana.organisation, language="fr")
    with_application(user)
    page = phone.page
    phone.open("/sign-in/")
    page.click("a[href*='password/reset']")
    assert phone.violations() == []
    page.fill("#id_email", user.email)
    page.click("main form .btn-primary")
    page.wait_for_url("**/password/reset/sent/")
    run_jobs()
    message = mail.outbox[-1]
    assert (message.to, message.subject) == ([user.email], "Choisissez un nouveau mot de passe")
    phone.open(link_of(message))
    assert phone.violations() == []
    assert not phone.overflows()
    page.fill("#id_password1", NEW_PASSWORD)
    page.fill("#id_password2", NEW_PASSWORD)
    page.click("main form .btn-primary")
    page.click("main .panel .btn-primary")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", NEW_PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_selector("input[name=code]")
    assert phone.violations() == []
    page.fill("input[name=code]", "000000")
    page.click("main form .btn-primary")
    page.wait_for_selector("#error-summary")
    page.fill("input[name=code]", next_code(user))
    page.click("main form .btn-primary")
    page.wait_for_url(phone.base + "/")
    assert page.inner_text("h1") == "Aujourd’hui"
    assert not User.objects.get(pk=user.pk).check_password("a long enough password")
    assert phone.complaints == []
