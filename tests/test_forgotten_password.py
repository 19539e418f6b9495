"""A forgotten password: the link of an e-mail, to whom it goes and what it takes."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.factories import make_organisation, make_program, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
NEW = {"password1": "quatre mots sans lien", "password2": "quatre mots sans lien"}


@pytest.fixture(autouse=True)
def no_tries_counted():
    cache.clear()


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, email="asha@example.org", display_name="Asha")


def ask_reset(client, email):
    answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
    run_jobs()
    return answer


def reset_link(mail) -> str:
    return re.search(r"https?://[^/]+(/sign-in/password/reset/\S+)", mail.body)[1]


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
