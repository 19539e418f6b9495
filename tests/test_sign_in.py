"""Coming in and going out: sign-in, forgotten passwords, language, quick exit."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import JournalEntry
from tests.factories import make_organisation, make_program, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
NEW = {"password1": "quatre mots sans lien", "password2": "quatre mots sans lien"}
OPEN = ["account_login", "account_reset_password", "account_reset_password_done"]
SIGNED_IN = ["account_logout", "account_change_password", "account_reauthenticate", "my_account"]


@pytest.fixture(autouse=True)
def no_tries_counted():
    cache.clear()


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, email="asha@example.org", display_name="Asha")


def sign_in(client, email="asha@example.org", password=PASSWORD, **fields):
    return client.post(reverse("account_login"), {"login": email, "password": password} | fields)


def ask_reset(client, email):
    answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
    run_jobs()
    return answer


def reset_link(mail) -> str:
    return re.search(r"https?://[^/]+(/sign-in/password/reset/\S+)", mail.body)[1]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", OPEN + SIGNED_IN)
def test_the_pages_open_in_both_languages(client, user, name, language):
    if name in SIGNED_IN:
        User.objects.filter(pk=user.pk).update(language=language)
        client.force_login(user)
    answer = client.get(reverse(name), headers={"accept-language": language})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert answer["Content-Language"] == language


def test_the_right_password_opens_todays_page(client, user):
    assert sign_in(client, "Asha@Example.org")["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_one_comes_back_to_the_page_that_was_asked(client, user):
    asked = client.get(reverse("my_account"))["Location"]
    html = client.get(asked).content.decode()
    assert '<input type="hidden" name="next" value="/me/"' in html
    assert sign_in(client, next="/me/")["Location"] == "/me/"


def test_one_is_never_led_to_another_site(client, user):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/"


def test_the_demonstration_alone_lists_accounts(client, settings):
    settings.DEMO = False
    assert "components/demo_accounts.html" not in [
        t.name for t in client.get(reverse("account_login")).templates
    ]


@pytest.mark.parametrize("email", ["asha@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_email_are_told_alike(client, user, email):
    html = sign_in(client, email, "wrong").content.decode()
    assert "The e-mail or the password is not right." in html
    assert "_auth_user_id" not in client.session


def test_a_deactivated_account_does_not_open(client, user):
    User.objects.update(is_active=False)
    answer = sign_in(client)
    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert "deactivated" in client.get(answer["Location"]).content.decode()


def test_a_look_alike_address_gets_no_link(client, user, mailoutbox):
    """PostgreSQL's UPPER makes an S of ſ and an I of ı: the mailbox is somebody else's."""
    make_user(Role.FIELD_WORKER, email="asha@mist-india.org")
    for email in ("asha@m\u0131st-india.org", "a\u017fha@mist-india.org"):
        ask_reset(client, email)
    assert all("/reset/" not in mail.body for mail in mailoutbox)
    assert "asha@mist-india.org" not in {to for mail in mailoutbox for to in mail.to}


def test_the_link_goes_to_the_address_of_the_account(client, mailoutbox):
    make_user(Role.FIELD_WORKER, email="Asha@example.org")
    ask_reset(client, "aSHA@EXAMPLE.ORG")
    assert mailoutbox[0].to == ["Asha@example.org"]
    assert "/reset/" in mailoutbox[0].body


def test_a_forgotten_password_answers_alike_for_every_email(client, user, mailoutbox):
    closed = make_user(email="closed@example.org", is_active=False)
    answers = [ask_reset(client, e) for e in (user.email, "nobody@example.org", closed.email)]
    assert len({a.redirect_chain[-1] for a in answers}) == 1
    pages = {re.sub(r'value="[^"]{20,}"', "", a.content.decode()) for a in answers}
    assert len(pages) == 1
    assert [m.to for m in mailoutbox] == [[user.email], ["nobody@example.org"], [closed.email]]
    assert "/reset/" in mailoutbox[0].body
    assert all("/reset/" not in m.body for m in mailoutbox[1:])


def test_the_link_of_the_mail_sets_a_password_once(client, user, mailoutbox):
    ask_reset(client, user.email)
    link = reset_link(mailoutbox[0])
    form = client.get(link)["Location"]
    assert client.post(form, NEW)["Location"] == reverse("account_reset_password_from_key_done")
    assert "no longer works" in client.get(link).content.decode()
    user.refresh_from_db()
    assert user.check_password(NEW["password1"])
    run_jobs()
    assert mailoutbox[-1].subject == "Your password was changed"


@pytest.mark.parametrize("password", ["KaleidoscopePrajwala1", "kaleidoscope-2026", "NightcareNC1"])
def test_the_link_takes_no_password_of_ones_own_organisation(client, mailoutbox, password):
    """Nobody has signed in: the walls would hide every name."""
    place = make_organisation("Kaleidoscope Prajwala")
    make_program(place, name_fr="Soins", name_en="Nightcare")
    asha = make_user(Role.FIELD_WORKER, place, email="ravi@example.org")
    ask_reset(client, asha.email)
    form = client.get(reset_link(mailoutbox[0]))["Location"]
    html = client.post(form, {"password1": password, "password2": password}).content.decode()
    assert "easy to guess here" in html
    assert client.post(form, NEW).status_code == 302


def test_the_link_leads_to_the_portal_whatever_the_request_said(client, user, mailoutbox, settings):
    settings.PORTAL_ORIGIN = "https://portal.example.org"
    ask_reset(client, user.email)
    assert "https://portal.example.org/sign-in/password/reset/" in mailoutbox[0].body


def test_a_weak_password_is_refused_with_a_reason(client, user, mailoutbox):
    ask_reset(client, user.email)
    form = client.get(reset_link(mailoutbox[0]))["Location"]
    html = client.post(form, {"password1": "short", "password2": "short"}).content.decode()
    assert "at least 12 characters" in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_mails_speak_the_language_of_the_account(client, user, mailoutbox, language):
    from django.utils import translation

    User.objects.update(language=language)
    other = "en" if language == "fr" else "fr"
    client.post(
        reverse("account_reset_password"),
        {"email": user.email},
        headers={"accept-language": other},
    )
    run_jobs()
    with translation.override(language):
        assert mailoutbox[0].subject == translation.gettext("Choose a new password")


def test_a_changed_password_is_told_by_mail(client, user, mailoutbox):
    client.force_login(user)
    data = {"oldpassword": PASSWORD} | NEW
    assert client.post(reverse("account_change_password"), data)["Location"] == "/me/"
    run_jobs()
    assert mailoutbox[0].to == [user.email]
    assert client.get(reverse("my_account")).status_code == 200


def test_the_present_password_is_asked_to_change_it(client, user):
    client.force_login(user)
    data = {"oldpassword": "wrong"} | NEW
    html = client.post(reverse("account_change_password"), data).content.decode()
    assert "This is not your present password." in html


def test_signing_out_leaves_nothing(client, user):
    client.force_login(user)
    answer = client.post(reverse("account_logout"))
    assert answer["Location"] == reverse("account_login")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(reverse("my_account")).status_code == 302


def test_quick_exit_signs_out_and_leaves_for_a_neutral_page(client, user):
    client.force_login(user)
    answer = client.post(reverse("quick_exit"))
    assert answer.status_code == 200
    assert answer["Refresh"] == "0; url=https://www.wikipedia.org/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Asha" not in answer.content.decode()
    assert "ortal" not in answer.content.decode()
    assert client.get(reverse("my_account")).status_code == 302


def test_quick_exit_works_from_an_old_page(user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(reverse("quick_exit")).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/me/?a=1", "/me/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("foo", "/"),
        ("account_login", "/"),
        ("", "/"),
    ],
)
def test_the_language_is_kept_and_the_page_too(client, wanted, location, settings):
    answer = client.post(reverse("set_language"), {"language": "fr", "next": wanted})
    assert answer["Location"] == location
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    assert client.get(reverse("account_login"))["Content-Language"] == "fr"


def test_the_language_is_that_of_the_account_too(client, user):
    client.force_login(user)
    client.post(reverse("set_language"), {"language": "fr", "next": "/me/"})
    user.refresh_from_db()
    assert user.language == "fr"
    assert JournalEntry.objects.get().action == "choose_language"


def test_a_language_that_is_not_spoken_changes_nothing(client):
    client.post(reverse("set_language"), {"language": "xx"})
    assert "language" not in client.cookies


def test_ones_own_name_and_language_are_changed(client, user):
    client.force_login(user)
    data = {"display_name": "Asha K.", "language": "fr", "revision": user.revision}
    assert client.post(reverse("my_account"), data).status_code == 302
    user.refresh_from_db()
    assert (user.display_name, user.language) == ("Asha K.", "fr")


def test_ones_email_and_rights_are_not_changed_there(client, user):
    client.force_login(user)
    data = {"display_name": "A", "language": "en", "revision": user.revision}
    client.post(reverse("my_account"), data | {"email": "b@example.org", "is_active": "0"})
    user.refresh_from_db()
    assert (user.email, user.is_active) == ("asha@example.org", True)


def test_a_stale_save_of_ones_account_is_told(client, user):
    client.force_login(user)
    data = {"display_name": "A", "language": "en", "revision": user.revision}
    client.post(reverse("my_account"), data)
    html = client.post(reverse("my_account"), data | {"display_name": "B"}).content.decode()
    assert "Somebody changed this" in html
    assert 'value="B"' in html
