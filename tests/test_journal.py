import uuid

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit import journal, reading
from audit.encryption import Ring, ring
from audit.models import JournalEntry
from audit.scope import scope
from tests.factories import make_organisation, make_site, make_user

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_what_on_which_object_and_under_which_request():
    user, site, request_id = make_user(None), make_site(), uuid.uuid4()
    with scope(user_id=user.pk, request_id=request_id):
        journal.record("open", site, by=user, reason="why", details={"cells": 3})
    entry = JournalEntry.objects.get()
    assert (entry.action, entry.user_id, entry.request_id) == ("open", user.pk, request_id)
    assert (entry.target_type, entry.target_id) == ("site", str(site.pk))
    assert entry.organisation_id == site.organisation_id
    assert (entry.reason, entry.details, entry.shown_ids) == ("why", {"cells": 3}, [])


def test_an_entry_names_an_organisation_where_its_object_has_none():
    user, organisation = make_user(None), make_organisation()
    journal.record("close", user, by=None, organisation_id=organisation.pk)
    entry = JournalEntry.objects.get()
    assert (entry.organisation_id, entry.user_id) == (organisation.pk, None)


def test_what_was_shown_is_listed_by_key():
    rows = [uuid.uuid4(), 7]
    journal.record("export", by=make_user(None), shown=rows)
    assert JournalEntry.objects.get().shown_ids == [str(key) for key in rows]


def test_an_entry_falls_with_the_work_it_tells():
    with scope():
        journal.record("open", by=None)
        transaction.set_rollback(True)
    assert not JournalEntry.objects.exists()


def test_work_that_cannot_be_written_down_is_not_done():
    user = make_user(None)

    def rename() -> None:
        with scope():
            User.objects.update(display_name="Other")
            journal.record("rename", user, by=None, details={"not json": object()})

    with pytest.raises(TypeError):
        rename()
    user.refresh_from_db()
    assert user.display_name != "Other"


def test_an_entry_outlives_what_it_tells():
    user, site = make_user(None), make_site()
    journal.record("open", site, by=user)
    site.delete()
    assert JournalEntry.objects.get().target_type == "site"


def test_a_reason_in_somebodys_words_is_sealed_and_read_by_auditors(client):
    organisation = make_organisation()
    worker, auditor = make_user("administrator", organisation), make_user("auditor", organisation)
    with scope(user_id=worker.pk, organisation_ids=[organisation.pk]):
        journal.record("lift_lock", organisation, by=worker, reason=journal.typed(" Asha asked "))
    entry = JournalEntry.objects.get(action="lift_lock")
    assert "Asha" not in entry.reason
    assert reading.keys_found() == {ring().current: 1}
    client.force_login(auditor)
    assert "Asha asked" in client.get(reverse("journal_entry", args=[entry.pk])).content.decode()


def test_a_reason_whose_key_has_left_is_said_so_and_a_code_needs_none(monkeypatch):
    user = make_user(None)
    with scope(user_id=user.pk):
        journal.record("lift_lock", user, by=user, reason=journal.typed("Asha asked"))
    entry = JournalEntry.objects.get()
    other = Ring([b"another key of thirty-two bytes!"])
    monkeypatch.setattr("audit.encryption.ring", lambda: other)
    assert "a key that this server does not hold" in journal.reason_in_words(entry)
    entry.reason = "sealed:zz"
    assert "cannot be read" in journal.reason_in_words(entry)
    said = [journal.reason_in_words(JournalEntry(reason=each)) for each in ("funder", "", None)]
    assert said == ["funder", "", ""]


def test_a_reason_opens_in_its_own_entry_alone():
    """Not under another request, nor for another person of the same one."""
    one, other = make_user(None), make_user(None)
    for people in ([one, other], [one]):
        with scope():
            for person in people:
                said = journal.typed(f"About {person.display_name}")
                journal.record("deactivate_account", person, by=None, reason=said)
    entries = list(JournalEntry.objects.order_by("id"))
    words = [f"About {person.display_name}" for person in (one, other, one)]
    assert [journal.reason_in_words(entry) for entry in entries] == words
    reasons = [entry.reason for entry in entries]
    for entry, reason in zip(entries, [*reasons[1:], reasons[0]], strict=True):
        entry.reason = reason
        assert "cannot be read" in journal.reason_in_words(entry)
