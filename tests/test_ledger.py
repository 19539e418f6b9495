"""The ledger itself: who may do what with it in SQL, with real commits and real roles."""

import json
import uuid

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from audit import forgetting, journal, reading
from audit.models import JournalEntry
from audit.scope import PLATFORM, scope
from tests.factories import make_organisation, make_user


def noted(**more) -> None:
    with scope():
        journal.record("open", by=None, **more)


def test_the_runtime_role_can_only_add(real_ledger):
    noted()
    for statement in (
        "SELECT * FROM ledger.entry",
        "SELECT * FROM ledger.seal",
        "INSERT INTO ledger.entry (action, digest) VALUES ('forged', '')",
        "UPDATE ledger.entry SET action = 'other'",
        "DELETE FROM ledger.entry",
        "TRUNCATE ledger.entry",
        "TRUNCATE ledger.seal",
        "SELECT ledger.digest('', '', '{}', '', '{}')",
        "CREATE TABLE ledger.other (id int)",
        "ALTER TABLE ledger.entry DISABLE TRIGGER ALL",
        "DROP SCHEMA ledger CASCADE",
    ):
        with connection.cursor() as cursor, pytest.raises(ProgrammingError):
            cursor.execute(statement)
    with reading.whole() as entries:
        assert entries.count() == 1


CHANGES = [
    "UPDATE ledger.entry SET action = 'other'",
    "DELETE FROM ledger.entry",
    "TRUNCATE ledger.entry",
    "TRUNCATE ledger.entry CASCADE",
]
FORGED = "INSERT INTO ledger.entry (action, digest) VALUES ('forged', '')"


@pytest.mark.parametrize(
    "line",
    [
        {"action": "erase_entry", "details": {"entries": [1]}},
        {"action": "purge_ledger", "details": {"through": 1}},
        {"action": "view", "reason": "sealed:zz"},
        {"action": "view", "details": [1]},
    ],
)
def test_the_runtime_role_writes_nothing_that_blinds_a_reader(real_ledger, line):
    facts = json.dumps(line.get("details", {}))
    values = [line["action"], None, [], [], line.get("reason", ""), facts]
    with pytest.raises(DatabaseError), scope(), connection.cursor() as cursor:
        cursor.execute(forgetting.NOTE, values)


def test_nobody_changes_or_empties_it(ledger):
    ledger.note()
    for role in ("OWNER", "AUDITOR", "SEALER", "BACKUP"):
        with ledger.connect(role) as session:
            session.execute("SET portal.every_organisation = on")
            for statement in CHANGES:
                with pytest.raises(psycopg.Error):
                    session.execute(statement)
    assert len(ledger.numbers()) == 1


def test_its_owner_reaches_no_line_by_accident(ledger):
    ledger.note()
    with ledger.connect("OWNER") as session:
        for statement in ("SELECT FROM ledger.entry", *CHANGES[:2]):
            assert session.execute(statement).rowcount == 0


def test_those_who_read_it_do_not_write_it(ledger):
    for role in ("AUDITOR", "SEALER"):
        refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
        with ledger.connect(role) as session, refused:
            session.execute(FORGED)


def test_an_auditor_reads_what_concerns_their_organisation(real_ledger):
    with scope(powers=[PLATFORM]):
        mine, other = make_organisation(), make_organisation()
    noted(organisation_id=mine.pk)
    noted(organisation_id=other.pk)
    noted()
    with scope(organisation_ids=[mine.pk]):
        journal.record("approve", by=None, organisation_id=other.pk)
    with scope(organisation_ids=[mine.pk, other.pk]):
        journal.record("deactivate_account", by=None, organisation_id=other.pk)
    with reading.of_organisations([mine.pk]) as entries:
        seen = {(e.action, e.organisation_id) for e in entries}
    assert seen == {("open", mine.pk), ("approve", other.pk)}


def test_the_database_narrows_an_auditor_as_well(real_ledger):
    """The second wall: the same query without its own narrowing finds no other row."""
    noted(organisation_id=1)
    noted(organisation_id=2)
    with reading.of_organisations([1]):
        everything = list(JournalEntry.objects.using("auditor").all())
    assert [e.organisation_id for e in everything] == [1]
    assert not JournalEntry.objects.using("auditor").exists()


@pytest.mark.django_db
def test_who_acts_comes_from_the_transaction():
    user = make_user(None)
    with scope(user_id=user.pk):
        journal.record("open", by=None)
        assert JournalEntry.objects.get().user_id == user.pk
        with pytest.raises(ProgrammingError, match="somebody else"), transaction.atomic():
            journal.record("open", by=make_user(None))


@pytest.mark.django_db
def test_a_transaction_of_nobody_says_who_acts():
    """Signing in: the request began as nobody's."""
    user = make_user(None)
    with scope():
        journal.record("sign_in", user, by=user, audience=[3, 1])
    entry = JournalEntry.objects.get()
    assert (entry.user_id, entry.audience) == (user.pk, [1, 3])


@pytest.mark.django_db
def test_the_only_organisation_of_whoever_acts_is_the_entrys():
    with scope(organisation_ids=[7]):
        journal.record("view", by=None)
    with scope(organisation_ids=[7, 9]):
        journal.record("view", by=None)
    found = JournalEntry.objects.order_by("id").values_list("organisation_id", "audience")
    assert list(found) == [(7, [7]), (None, [7, 9])]


@pytest.mark.django_db
def test_an_entry_takes_one_round_trip(django_assert_num_queries):
    with scope(request_id=uuid.uuid4()), django_assert_num_queries(1):
        journal.record("view", by=None, shown=range(50), details={"page": "x"})
