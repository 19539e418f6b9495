"""Guessing gets slow, and nobody is locked out by it."""

import datetime as dt

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.models import SignInTries
from accounts.roles import Role
from audit.models import JournalEntry
from tests.factories import make_user
from tests.signing import SignedClient, code, with_application

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
AWAY, HOME = "203.0.113.7", "198.51.100.9"
FREE = 5


@pytest.fixture
def user():
    person = make_user(Role.FIELD_WORKER, email="asha@example.org")
    with_application(person)
    return person


def give(client, email="asha@example.org", password="", address=AWAY):
    data = {"login": email, "password": password or "wrong"}
    return client.post(reverse("account_login"), data, REMOTE_ADDR=address)


def come(client, person) -> None:
    """Sign in through the pages, and out again: the browser is known."""
    with_application(person)  # whose code of this minute is not used up
    give(client, person.email, PASSWORD, HOME)
    client.post(reverse("mfa_authenticate"), {"code": code()}, REMOTE_ADDR=HOME)
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))


def exhaust(email="asha@example.org", address=AWAY) -> None:
    for _ in range(FREE):
        give(SignedClient(), email, address=address)


def later(**span) -> None:
    """Let the time of every count pass."""
    SignInTries.objects.update(last_at=F("last_at") - dt.timedelta(**span))


@pytest.mark.parametrize("email", ["asha@example.org", "nobody@example.org", "Asha@Example.org "])
def test_the_sixth_try_waits_known_or_not(client, user, email):
    exhaust(email)
    html = give(client, email, PASSWORD).content.decode()
    assert "Too many wrong tries. Wait 1 second" in html
    assert email.strip() in html  # what was typed stays


def test_the_wait_doubles_and_the_right_password_opens_after_it(client, user):
    exhaust()
    waits = []
    for _ in range(4):
        later(seconds=2 ** len(waits))
        give(client)
        html = give(client, password=PASSWORD).content.decode()
        waits.append(int(html.split("Wait ")[1].split()[0]))
    assert waits == [2, 4, 8, 16]
    later(seconds=16)
    assert give(client, password=PASSWORD)["Location"] == reverse("mfa_authenticate")


def test_no_wait_is_longer_than_five_minutes(client, user):
    exhaust()
    SignInTries.objects.update(failures=1000)
    later(seconds=300)
    assert give(client, password=PASSWORD)["Location"] == reverse("mfa_authenticate")


def test_an_hour_later_nothing_is_held_against_anybody(client, user):
    exhaust()
    later(hours=1, seconds=1)
    give(client)
    assert set(SignInTries.objects.values_list("failures", flat=True)) == {1}


def test_who_guesses_from_elsewhere_keeps_the_owner_out_of_nothing(client, user):
    exhaust()
    assert give(client, password=PASSWORD, address=HOME)["Location"] == reverse("mfa_authenticate")


def test_guesses_from_everywhere_slow_down_but_for_the_owners_browser(client, user):
    give(client, password=PASSWORD, address=HOME)
    client.post(reverse("mfa_authenticate"), {"code": code()}, REMOTE_ADDR=HOME)
    client.post(reverse("account_logout"))
    for number in range(31):
        give(SignedClient(), address=f"203.0.{number}.1")
    refused = give(SignedClient(), password=PASSWORD, address="192.0.2.1")
    assert "Too many wrong tries" in refused.content.decode()
    assert give(client, password=PASSWORD, address=HOME)["Location"] == reverse("mfa_authenticate")


def test_a_shared_computer_lets_no_colleague_guess_on_and_on(client, user):
    """Each sign-in renews the browser's mark, and must not renew the count of somebody else."""
    colleague = make_user(Role.FIELD_WORKER, email="ravi@example.org")
    come(client, user)
    waited = 0
    for _ in range(3):
        come(client, colleague)
        answers = [give(client, address=HOME).content.decode() for _ in range(10)]
        waited += sum("Too many wrong tries" in html for html in answers)
    # Of thirty guesses ten were read, and on a slow machine a few whose wait was over.
    assert waited >= 15


@pytest.mark.parametrize("spelling", ["as\u212aa@example.org", "AS\u212aA@example.org"])
def test_no_spelling_of_an_email_begins_another_count(client, spelling):
    make_user(Role.FIELD_WORKER, email="aska@example.org")
    exhaust("aska@example.org")
    assert "Too many wrong tries" in give(client, spelling).content.decode()


def test_one_network_is_slowed_over_all_accounts(client, user):
    for number in range(50):
        give(SignedClient(), f"person{number}@example.org", address=f"203.0.113.{number}")
    assert "Too many wrong tries" in give(client, password=PASSWORD).content.decode()


def test_a_right_password_gives_its_try_back(client, user):
    for _ in range(FREE - 1):
        give(client)
    give(client, password=PASSWORD)
    assert sorted(SignInTries.objects.values_list("failures", flat=True)) == [4, 4]


def test_codes_are_slowed_as_well(client, user):
    give(client, password=PASSWORD)
    for _ in range(FREE):
        client.post(reverse("mfa_authenticate"), {"code": "000000"}, REMOTE_ADDR=AWAY)
    html = client.post(reverse("mfa_authenticate"), {"code": code()}, REMOTE_ADDR=AWAY).content
    assert "Too many wrong tries" in html.decode()
    assert "_auth_user_id" not in client.session


def test_a_confirmation_is_slowed_too(client, user):
    client.force_login(user)
    for _ in range(FREE):
        client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    html = client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).content.decode()
    assert "Too many wrong tries" in html


def test_the_present_password_is_guessed_no_faster_than_at_sign_in(client, user):
    client.force_login(user)
    new = {"password1": "quatre mots sans lien", "password2": "quatre mots sans lien"}
    for number in range(FREE):
        html = client.post(
            reverse("account_change_password"), new | {"oldpassword": f"guess {number}"}
        ).content.decode()
        assert "This is not your present password" in html
    right = new | {"oldpassword": PASSWORD}
    html = client.post(reverse("account_change_password"), right).content.decode()
    assert "Too many wrong tries" in html
    lines = JournalEntry.objects.filter(action="fail_sign_in", target_id=str(user.pk))
    assert lines.count() == FREE
    later(seconds=1)
    assert client.post(reverse("account_change_password"), right).status_code == 302
    assert SignInTries.objects.count() == 2  # what was held against this account here is gone


def test_a_field_of_a_passkey_beside_the_guess_changes_nothing(client, user):
    added = {"credential": "{}"}
    for _ in range(FREE):
        client.post(reverse("account_login"), {"login": user.email, "password": "x"} | added)
    data = {"login": user.email, "password": PASSWORD} | added
    assert "Too many wrong tries" in client.post(reverse("account_login"), data).content.decode()
    later(hours=2)
    client.post(reverse("account_login"), data)
    for _ in range(FREE):
        client.post(reverse("mfa_authenticate"), {"code": "000000"} | added)
    html = client.post(reverse("mfa_authenticate"), {"code": code()} | added).content.decode()
    assert "Too many wrong tries" in html
    client.force_login(user)
    for _ in range(FREE):
        client.post(reverse("account_reauthenticate"), {"password": "wrong"} | added)
    again = client.post(reverse("account_reauthenticate"), {"password": PASSWORD} | added)
    assert "Too many wrong tries" in again.content.decode()


def test_a_passkey_is_no_guess(client, user):
    give(client, password=PASSWORD)
    before = SignInTries.objects.count()
    client.post(reverse("mfa_authenticate"), {"credential": "{}"})
    assert SignInTries.objects.count() == before


@pytest.mark.parametrize("forged", ["1.2.3.4", "x", "", "::1, 9.9.9.9"])
def test_an_address_that_anybody_can_write_counts_for_nothing(client, user, forged):
    exhaust()
    data = {"login": user.email, "password": PASSWORD}
    answer = client.post(
        reverse("account_login"), data, REMOTE_ADDR=AWAY, headers={"x-forwarded-for": forged}
    )
    assert "Too many wrong tries" in answer.content.decode()
