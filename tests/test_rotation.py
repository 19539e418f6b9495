"""A new key, and everything sealed anew with it, history and frozen rows included."""

import base64
import os
from io import StringIO

import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import conninfo_to_dict

from accounts import factors, letters
from accounts.actions.factor import add_passkey, renew_codes, use_code
from accounts.jobs import ask_for_reset, tell_of_elevation
from audit import encryption, keys, rotation
from audit.models import KeyInUse
from audit.walls import sealed
from beneficiaries.models import CountNote, CountReport
from ngo_portal.launch.vault import write_private
from ngo_portal.management.commands import rotate_keys
from programs import uploads
from tests.factories import (
    make_filled_report,
    make_organisation,
    make_program,
    make_user,
    submit_as_is,
)
from tests.signing import SECRET, with_application

SAID = "Sita came back with her sister."


@pytest.fixture
def keys_of(tmp_path, settings, monkeypatch):
    """`keys_of(…)` makes these the portal's keys."""
    monkeypatch.setattr(keys, "_noted", set())
    monkeypatch.setattr(keys, "_pending", set())

    def use(*some: bytes) -> encryption.Ring:
        path = tmp_path / f"keys-{len(list(tmp_path.iterdir()))}"
        write_private(path, "".join(base64.urlsafe_b64encode(k).decode() + "\n" for k in some))
        settings.PORTAL_KEY_FILE = str(path)
        return encryption.ring()

    return use


@pytest.fixture
def as_owner(own_database):
    """A database of our own, and its owner's connection, as the command takes it."""
    runtime = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    owner = conninfo_to_dict(portal.DATABASE_OWNER_URL)

    def switch(*, owns: bool) -> None:
        connection.close()
        names = {"USER": owner["user"], "PASSWORD": owner["password"]} if owns else runtime
        connection.settings_dict.update(names)

    yield switch
    switch(owns=False)


def sealed_texts() -> list[str]:
    """An approved month and its explanation, of two organisations."""
    for _ in range(2):
        organisation = make_organisation()
        report = make_filled_report(comment=SAID)
        make_program(organisation)
        note = CountNote(
            organisation=report.organisation,
            report=report,
            indicator=report.counts.first().indicator,
            text=SAID,
        )
        note.save()
        submit_as_is(report)
    return texts()


def texts() -> list[str]:
    rows = [*CountReport.objects.order_by("pk"), *CountReport.pgh_event_model.objects.all()]
    notes = [*CountNote.objects.all(), *CountNote.pgh_event_model.objects.all()]
    return [row.comment for row in rows] + [note.text for note in notes]


def rotate() -> str:
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def events() -> int:
    return CountReport.pgh_event_model.objects.count()


def test_everything_is_sealed_anew_and_the_old_key_may_leave(keys_of, as_owner, monkeypatch):
    old, new = os.urandom(32), os.urandom(32)
    first = keys_of(old)
    before, history = sealed_texts(), events()
    person = make_user(None)
    with_application(person)
    add_passkey(by=person, name="grey key", credential={"id": "own"})
    code, *_others = renew_codes(by=person)
    stored = uploads.store(b"an agreement")
    revisions = list(CountReport.objects.order_by("pk").values_list("revision", flat=True))
    as_owner(owns=True)
    sealed.seal()
    ring = keys_of(old, new)
    monkeypatch.setattr(rotation, "BATCH", 3)
    said = rotate()
    as_owner(owns=False)
    assert f"{first.current} holds nothing" in said
    assert f"{ring.current}: {len([text for text in before if text]) + 4} values" in said
    assert list(KeyInUse.objects.values_list("key_id", flat=True)) == [ring.current]
    keys_of(new)
    assert sealed.altered() == []
    assert texts() == before
    assert uploads.read(stored) == b"an agreement"
    assert events() == history
    assert factors.unseal(person, factors.of(person).get(type="totp").data["secret"]) == SECRET
    assert use_code(user=person, code=code) is not None
    found = list(CountReport.objects.order_by("pk").values_list("revision", flat=True))
    assert found == revisions
    call_command("check", tags=["keys"], databases=["default"])


def test_the_factors_are_held_while_they_are_sealed_anew(keys_of, db):
    """A code used up meanwhile would be written over, and open once more."""
    keys_of(os.urandom(32))
    with_application(make_user(None))
    with CaptureQueriesContext(connection) as asked:
        assert factors.seal_again() == 0
    assert asked[0]["sql"].endswith('FOR UPDATE OF "mfa_authenticator"')


def test_a_rotation_that_stops_goes_on_where_it_was(keys_of, as_owner, monkeypatch):
    old, new = os.urandom(32), os.urandom(32)
    keys_of(old)
    before = sealed_texts()
    ring = keys_of(old, new)
    monkeypatch.setattr(rotation, "BATCH", 1)
    column = next(c for c in rotation.sealed_columns() if str(c).endswith("countreport.comment"))
    as_owner(owns=True)
    assert next(rotation.rotate(column)) == 1
    assert sorted(rotation.keys_found(column).values()) == [1, 1]
    assert sum(rotation.rotate(column)) == 1
    assert rotation.keys_found(column).keys() == {ring.current}
    rotate()
    as_owner(owns=False)
    assert texts() == before


def test_a_list_of_keys_changes_nothing(keys_of, as_owner):
    old, new = os.urandom(32), os.urandom(32)
    first = keys_of(old)
    sealed_texts()
    ring = keys_of(old, new)
    as_owner(owns=True)
    said = StringIO()
    call_command("rotate_keys", "--list", stdout=said)
    as_owner(owns=False)
    assert f"{first.current}: 0" not in said.getvalue()
    assert f"{ring.current}: 0 values, seals from now on" in said.getvalue()


@pytest.mark.django_db
def test_a_key_that_seals_an_email_that_waits_is_counted(keys_of):
    old, new = os.urandom(32), os.urandom(32)
    first = keys_of(old)
    letters.post("asha@example.org", "Hello", "How are you?")
    ring = keys_of(old, new)
    ask_for_reset("asha@example.org", "fr")
    tell_of_elevation.defer(elevation_id="one", organisation_id=1)
    assert letters.keys_found() == {first.current: 1, ring.current: 1}
    assert rotate_keys.holding()[first.current] == 1
