"""Signing in and out, and failing to, in the journal."""

import pytest
from django.core import mail

from accounts.models import User
from audit.encryption import fingerprint
from audit.models import JournalEntry
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
PASSWORD = "a long and quiet evening"


@pytest.fixture
def person():
    """Somebody who works for two organisations."""
    user = make_user("field_worker", make_organisation(), email="who@example.org")
    make_membership(user, "coordinator", make_organisation())
    user = User.objects.get(pk=user.pk)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


def lines(*actions: str) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(action__in=actions).order_by("id"))


def test_a_failed_try_is_written_down_for_both_organisations(client, person):
    client.post("/sign-in/", {"login": person.email, "password": "wrong"})
    (line,) = lines("fail_sign_in")
    assert (line.target_type, line.target_id, line.user_id) == ("user", str(person.pk), None)
    assert line.audience == sorted(person.access.organisation_ids)
    assert len(line.audience) == 2


def test_a_try_for_nobody_keeps_no_address(client):
    client.post("/sign-in/", {"login": "Nobody@example.org", "password": "wrong"})
    (line,) = lines("fail_sign_in")
    assert (line.target_id, line.audience) == ("", [])
    assert line.details == {"email": fingerprint("nobody@example.org", "email")}


def test_leaving_is_written_down(client, person):
    client.force_login(person)
    client.post("/sign-in/out/")
    (line,) = lines("sign_out")
    assert line.user_id == person.pk


def test_leaving_in_a_hurry_is_written_down(client, person):
    client.force_login(person)
    client.post("/leave/")
    assert [line.user_id for line in lines("sign_out")] == [person.pk]


def test_a_new_password_is_written_down(client, person):
    client.force_login(person)
    new = "another long and quiet evening"
    client.post("/sign-in/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert [line.target_id for line in lines("change_password")] == [str(person.pk)]
    assert new not in str([line.details for line in lines("change_password")])
    run_jobs()
    assert mail.outbox
