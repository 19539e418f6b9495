"""Inviting from the screen, and the page that the link of the e-mail opens."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from tests.factories import make_organisation, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
INVITED = "nadia@example.org"
JOINING = {
    "display_name": "Nadia",
    "language": "fr",
    "password": "quatre mots sans lien",
    "password_again": "quatre mots sans lien",
}


def data(**fields) -> dict:
    defaults = {
        "email": INVITED,
        "language": "fr",
        "role": "coordinator",
        "active_0": "2026-01-01",
        "active_1": "",
    }
    return defaults | fields


@pytest.fixture
def administrator(client):
    user = make_user(Role.ADMINISTRATOR, make_organisation("Prerana"), display_name="Priti")
    client.force_login(user)
    return user


@pytest.fixture
def link(client, administrator, mailoutbox):
    """The address in the e-mail, opened by somebody who is not signed in."""
    client.post(reverse("invite"), data())
    run_jobs()
    client.logout()
    return re.search(r"https?://[^/]+(/invitations/\S+)", mailoutbox[-1].body)[1]


def test_sent_twice_the_form_invites_once(client, administrator, mailoutbox):
    twice = data(form_key="0f5f3a34-7d5e-4f2e-9d1c-0a8b7c6d5e4f")
    first, second = (client.post(reverse("invite"), twice) for _ in range(2))
    assert first["Location"] == second["Location"] == "/access/?state=invited"
    run_jobs()
    assert Invitation.objects.count() == len(mailoutbox) == 1


def test_an_email_that_waits_already_is_told(client, administrator):
    client.post(reverse("invite"), data())
    html = client.post(reverse("invite"), data(email=INVITED.upper())).content.decode()
    assert "already waiting" in html
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(("language", "words"), [("fr", "Bonjour"), ("en", "Hello,")])
def test_the_mail_names_who_invites_and_nothing_of_the_work(
    client, administrator, mailoutbox, language, words
):
    client.post(reverse("invite"), data(language=language))
    run_jobs()
    mail = mailoutbox[-1]
    assert "Priti" in mail.body
    assert "Prerana" in mail.body
    assert "coordinat" not in mail.subject + mail.body
    if language == "en":
        assert words in mail.body


def test_the_link_opens_an_account_and_signs_in(client, link):
    html = client.get(link).content.decode()
    assert "Priti" in html
    assert INVITED in html
    answer = client.post(link, JOINING)
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/")
    user = User.objects.get(email=INVITED)
    assert (user.display_name, user.language) == ("Nadia", "fr")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert Membership.objects.get(user=user).role == Role.COORDINATOR


@pytest.mark.parametrize("password", ["PreranaPrerana1", "Prerana-2026-!!"])
def test_no_password_is_built_on_the_name_of_who_invites(client, link, password):
    """Nobody has signed in: the walls would hide it."""
    typed = JOINING | {"password": password, "password_again": password}
    assert "easy to guess here" in client.post(link, typed).content.decode()
    assert not User.objects.filter(email=INVITED).exists()


def test_an_email_of_other_letters_is_told(client, administrator):
    html = client.post(reverse("invite"), data(email="nadia@ex\u0131mple.org")).content.decode()
    assert "xn--" in html
    assert "nadia@ex\u0131mple.org" in html
    assert not Invitation.objects.exists()


def test_the_link_works_once(client, link):
    client.post(link, JOINING)
    client.logout()
    answer = client.get(link)
    assert answer.status_code == 410
    assert "accepted already" in answer.content.decode()
    assert client.post(link, JOINING).status_code == 410
    assert User.objects.filter(email=INVITED).count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() - dt.timedelta(minutes=1)},
        {"withdrawn_at": timezone.now()},
    ],
    ids=["expired", "withdrawn"],
)
def test_a_link_that_ended_says_who_to_ask(client, link, change):
    Invitation.objects.update(**change)
    answer = client.get(link)
    assert answer.status_code == 410
    assert "Ask Priti (Prerana)" in answer.content.decode()
    assert client.post(link, JOINING).status_code == 410
    assert not User.objects.filter(email=INVITED).exists()


def test_a_link_nobody_sent_is_told_like_a_replaced_one(client):
    answer = client.get(reverse("accept_invitation", args=["x" * 43]))
    assert answer.status_code == 404
    assert "ask who invited you" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password_again": "another one"}, "The two passwords differ."),
        ({"password": "short", "password_again": "short"}, "at least 12 characters"),
        ({"password": INVITED, "password_again": INVITED}, "too similar"),
        ({"display_name": ""}, "This field is required."),
    ],
)
def test_what_a_new_person_must_mend(client, link, fields, message):
    html = client.post(link, JOINING | fields).content.decode()
    assert message in html
    assert 'id="error-summary"' in html
    assert not User.objects.filter(email=INVITED).exists()


def test_nothing_but_ones_own_settings_is_taken(client, link):
    client.post(link, JOINING | {"role": "administrator", "email": "b@example.org"})
    user = User.objects.get(email=INVITED)
    assert user.access.roles == {Role.COORDINATOR}


def test_whoever_has_an_account_signs_in_and_confirms(client, link):
    holder = make_user(Role.PARTNER, email=INVITED)
    assert "has an account already" in client.get(link).content.decode()
    client.post(link, JOINING)
    assert holder.memberships.count() == 1
    client.force_login(holder)
    assert "Accept this role" in client.get(link).content.decode()
    assert client.post(link)["Location"] == reverse("my_account")
    assert set(holder.memberships.values_list("role", flat=True)) == {"partner", "coordinator"}


def test_somebody_else_who_is_signed_in_is_told_to_sign_out(client, link):
    other = make_user(Role.PARTNER)
    client.force_login(other)
    assert "this invitation is for another e-mail" in client.get(link).content.decode()
    client.post(link)
    assert other.memberships.count() == 1


def test_a_deactivated_account_is_told_so(client, link):
    make_user(Role.PARTNER, email=INVITED, is_active=False)
    assert "is deactivated" in client.get(link).content.decode()
    assert client.post(link).status_code == 200
    assert Invitation.objects.get().accepted_at is None


def test_sending_again_and_withdrawing_from_the_screen(client, administrator, mailoutbox):
    client.post(reverse("invite"), data())
    run_jobs()
    invitation = Invitation.objects.get()
    client.post(reverse("invitation_resend", args=[invitation.pk]))
    run_jobs()
    assert len(mailoutbox) == 2
    client.post(reverse("invitation_withdraw", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.withdrawn_at
    again = client.post(reverse("invitation_resend", args=[invitation.pk]), follow=True)
    assert "answered or withdrawn" in again.content.decode()
