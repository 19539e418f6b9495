"""Guesses at what is somebody else's leave lines in the journal, and cannot flood it."""

import datetime as dt

import pytest
from django.db.models import F
from django.urls import reverse

from accounts.models import SignInTries
from accounts.roles import Role
from audit.models import JournalEntry
from ngo_portal.middleware import NOT_FOUND_AT_ONCE
from tests.factories import make_organisation, make_user
from tests.scene import make_scene

pytestmark = pytest.mark.django_db
MISSING = 9_000_000


def lines(action: str) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(action=action).order_by("id"))


@pytest.fixture
def stranger(client):
    person = make_user(Role.COORDINATOR, make_organisation())
    client.force_login(person)
    return person


def test_an_object_of_somebody_else_that_was_asked_for_is_written_down(client, stranger):
    """As the answer, the line does not tell somebody else's from none."""
    scene = make_scene()
    for key in (scene.draft.pk, MISSING):
        assert client.get(reverse("count_report", args=[key])).status_code == 404
    own = stranger.memberships.get().organisation_id
    assert [(line.user_id, line.audience, line.details) for line in lines("not_found")] == [
        (stranger.pk, [own], {"page": "count_report", "method": "GET", "pk": str(key)})
        for key in (scene.draft.pk, MISSING)
    ]


def test_guesses_one_after_the_other_cannot_flood_the_journal(client, stranger):
    for number in range(NOT_FOUND_AT_ONCE + 15):
        client.get(reverse("count_report", args=[MISSING + number]))
    assert len(lines("not_found")) == NOT_FOUND_AT_ONCE
    a_minute = dt.timedelta(minutes=1)
    SignInTries.objects.update(last_at=F("last_at") - a_minute)
    client.get(reverse("count_report", args=[MISSING]))
    assert len(lines("not_found")) == NOT_FOUND_AT_ONCE + 1


def test_an_address_that_no_page_has_is_no_guess(client, stranger):
    assert client.get("/nowhere/").status_code == 404
    assert lines("not_found") == []


def ask(client, email: str, address: str = "203.0.113.7"):
    data = {"email": email}
    return client.post(reverse("account_reset_password"), data, REMOTE_ADDR=address)


def test_who_asks_for_a_new_password_is_read_by_the_auditors_of_the_account(client):
    person = make_user(Role.FIELD_WORKER, make_organisation(), email="asha@example.org")
    assert ask(client, "Asha@example.org").status_code == 302
    (line,) = lines("ask_reset")
    own = person.memberships.get().organisation_id
    assert (line.user_id, line.target_id, line.audience) == (None, str(person.pk), [own])
    assert "asha" not in str(line.details)


def test_an_email_that_nobody_has_is_written_down_too(client):
    assert ask(client, "nobody@example.org").status_code == 302
    assert [(line.target_id, line.audience) for line in lines("ask_reset")] == [("", [])]


@pytest.fixture
def without_limits(settings):
    """The limits of allauth's own are off: the journal's are what is tried."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.parametrize(
    ("email", "address", "most"),
    [("n{}@example.org", "203.0.113.{}", 20), ("nobody@example.org", "203.{}.113.7", 3)],
    ids=["one network", "one e-mail"],
)
def test_asking_again_and_again_cannot_flood_the_journal(
    client, without_limits, email, address, most
):
    for number in range(most + 10):
        assert ask(client, email.format(number), address.format(number)).status_code == 302
    assert len(lines("ask_reset")) == most
