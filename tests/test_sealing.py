"""Whatever is done to the ledger afterwards is named."""

import datetime as dt
import hashlib
import json
import threading
from dataclasses import replace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connections
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from audit import forgetting, journal, sealing
from audit.scope import scope


@pytest.fixture
def sealed(ledger):
    """Six entries in two seals; one entry waits."""
    ledger.note(4)
    ledger.seal()
    ledger.note(2)
    ledger.seal()
    ledger.note()
    return ledger


def test_what_nobody_touched_is_right(sealed):
    verdict = sealed.verify()
    assert verdict.findings == []
    assert (verdict.entries, verdict.seals) == (7, 2)


ALTERATIONS = [
    "action = 'other'",
    "at = at + interval '1 microsecond'",
    "user_id = gen_random_uuid()",
    "organisation_id = 9",
    "audience = '{9}'",
    "target_type = 'user'",
    "request_id = gen_random_uuid()",
    "target_id = '7'",
    "shown_ids = '{1}'",
    "reason = 'because'",
    """details = '{"page": 1}'""",
    "digest = sha256('')",
    "salt = 'salt', digest = ledger.digest('salt', target_id, shown_ids, reason, details)",
    "xid = '999999999999'",
]


def test_every_altered_row_is_named(ledger):
    rows = ledger.note(len(ALTERATIONS) + 3)
    ledger.seal()
    for row, change in zip(rows, ALTERATIONS, strict=False):
        ledger.tamper(f"UPDATE ledger.entry SET {change} WHERE id = {row}")
    named = {int(finding.split()[1]) for finding in ledger.verify().findings}
    assert named == set(rows[: len(ALTERATIONS)])
    assert all("was altered" in finding for finding in ledger.verify().findings)


def test_a_removed_row_is_named(sealed):
    row = sealed.numbers()[4]
    sealed.tamper(f"DELETE FROM ledger.entry WHERE id = {row}")
    assert sealed.verify().findings == [f"row {row} was removed"]


def test_a_row_inserted_into_the_past_is_named(sealed):
    first = sealed.numbers()[0]
    sealed.tamper(
        "INSERT INTO ledger.entry (id, xid, action, digest, salt, target_id, shown_ids, reason,"
        " details) SELECT 9000, xid, action, digest, salt, target_id, shown_ids, reason, details"
        f" FROM ledger.entry WHERE id = {first}"
    )
    assert sealed.verify().findings == ["row 9000 was inserted afterwards"]


def test_two_rows_put_in_each_others_place_are_named(sealed):
    one, two = sealed.numbers()[:2]
    sealed.tamper(
        f"UPDATE ledger.entry SET id = 9000 WHERE id = {one}",
        f"UPDATE ledger.entry SET id = {one} WHERE id = {two}",
        f"UPDATE ledger.entry SET id = {two} WHERE id = 9000",
    )
    assert sealed.verify().findings == [
        f"row {number} was altered or moved" for number in (one, two)
    ]


def test_an_emptied_table_is_named(sealed):
    sealed.tamper("TRUNCATE ledger.entry")
    assert sealed.verify().findings == ["the table is empty: 6 sealed rows are gone"]


def test_a_row_emptied_without_an_erasure_is_named(sealed):
    row = sealed.numbers()[2]
    sealed.tamper(
        "UPDATE ledger.entry SET target_id = NULL, shown_ids = NULL, reason = NULL,"
        f" details = NULL, salt = NULL WHERE id = {row}"
    )
    assert sealed.verify().findings == [f"row {row} was emptied without an erasure"]


TOUCHED = [
    ("DELETE FROM ledger.seal WHERE number = 1", "seals 1 to 1 are missing"),
    ("UPDATE ledger.seal SET at = now() WHERE number = 1", "seal 1 was altered"),
    ("UPDATE ledger.seal SET hash = sha256('') WHERE number = 2", "seal 2 was altered"),
    ("UPDATE ledger.seal SET signature = '' WHERE number = 2", "seal 2 is not signed"),
    ("UPDATE ledger.seal SET key_id = 'other' WHERE number = 1", "unknown key, other"),
    ("UPDATE ledger.seal SET from_xid = '9' WHERE number = 2", "transactions were left out"),
    ("UPDATE ledger.seal SET leaves = leaves || leaves", "was altered"),
    ("UPDATE ledger.seal SET number = -number", "are missing"),
]


def test_a_seal_that_was_touched_is_named(sealed):
    sealed.tamper("CREATE TABLE kept AS SELECT * FROM ledger.seal")
    for statement, said in TOUCHED:
        sealed.tamper(statement)
        assert any(said in finding for finding in sealed.verify().findings), statement
        sealed.tamper("TRUNCATE ledger.seal", "INSERT INTO ledger.seal SELECT * FROM kept")
    assert sealed.verify().findings == []


def test_a_history_that_was_written_anew_has_another_head(sealed):
    """Whoever holds the sealing key as well is betrayed by a head kept elsewhere."""
    number, kept = sealed.verify().head.split()
    sealed.tamper("TRUNCATE ledger.seal", "DELETE FROM ledger.entry WHERE id % 2 = 0")
    sealed.seal()
    sealed.note()
    sealed.seal()
    assert sealed.verify().findings == []
    assert sealed.verify({int(number): kept}).findings == [
        f"seal {number} is not the one that was kept elsewhere"
    ]


def test_seals_cut_off_at_the_end_are_missed_by_the_head_kept_elsewhere(sealed):
    number, kept = sealed.verify().head.split()
    sealed.tamper(
        "DELETE FROM ledger.entry WHERE id IN (SELECT unnest(entry_ids) FROM ledger.seal"
        " WHERE number = 2)",
        "DELETE FROM ledger.seal WHERE number = 2",
    )
    assert "kept elsewhere" in sealed.verify({int(number): kept}).findings[0]


def test_a_stopped_sealer_is_noticed(sealed):
    late = timezone.now() + dt.timedelta(minutes=6)
    assert sealed.verify(now=late).findings == [
        "1 rows have waited for a seal for more than five minutes"
    ]


def test_a_transaction_that_goes_on_is_sealed_once_it_has_ended(ledger):
    """Its row has a lower number than rows that are sealed before it."""
    wrote, end = threading.Event(), threading.Event()

    def slowly() -> None:
        with scope():
            journal.record("slow", by=None)
            wrote.set()
            end.wait(10)
        connections["default"].close()

    thread = threading.Thread(target=slowly)
    thread.start()
    wrote.wait(10)
    ledger.note(2)
    assert ledger.seal() == []
    end.set()
    thread.join()
    assert [len(each.entry_ids) for each in ledger.seal()] == [3]
    assert ledger.verify().findings == []


def test_a_restore_on_another_server_goes_on(sealed):
    """There transactions count from a lower number: the seals say so, and stay one chain."""
    elsewhere = 10**12
    waiting = sealed.numbers()[-1]
    sealed.tamper(
        "TRUNCATE ledger.seal",
        f"UPDATE ledger.entry SET xid = '{elsewhere - 1}'",
        f"UPDATE ledger.entry SET xid = '{elsewhere}' WHERE id = {waiting}",
    )
    with sealed.connect("SEALER") as session:
        old = sealing._taken(session, sealing.WAITING, 0, 0, elsewhere)
        sealing._add(session, sealed.key, replace(old, number=1), sealing.GENESIS)
    made = sealed.seal()
    assert [(len(each.entry_ids), each.opens) for each in made] == [(1, False), (0, True)]
    sealed.note(3)
    assert [len(each.entry_ids) for each in sealed.seal()] == [3]
    assert sealed.verify().findings == []


def test_an_erasure_leaves_the_chain_valid_and_says_so(ledger):
    ledger.note(shown=["p1", "p2"], details={"page": "people"})
    ledger.note(reason="secret", details={"of": "p2"})
    ledger.seal()
    with ledger.connect("OWNER") as session:
        assert forgetting.erase(session, "person", "p1", "Asked for by the person") == 1
    ledger.seal()
    verdict = ledger.verify()
    assert (verdict.findings, verdict.erased) == ([], 1)
    with ledger.connect("SEALER") as session:
        rows = session.execute("SELECT action, shown_ids, details FROM ledger.entry ORDER BY id")
        first, _second, said = rows.fetchall()
    assert first == ("view", None, None)
    assert said[:2] == ("erase_entry", ["p2"])


def test_a_purge_keeps_twelve_months(sealed):
    with sealed.connect("OWNER") as session:
        assert forgetting.purge(session, now=timezone.now()) == 0
        later = timezone.now() + dt.timedelta(days=366)
        assert forgetting.purge(session, now=later) == 6


def test_rows_purged_before_their_time_are_named(sealed):
    with sealed.connect("OWNER") as session:
        forgetting.purge(session, now=timezone.now() + dt.timedelta(days=366))
    findings = sealed.verify().findings
    assert findings[0] == "rows through seal 2 were purged too early"
    assert len(findings) == 7


def test_an_entry_that_only_says_so_excuses_nothing(sealed):
    row = sealed.numbers()[0]
    with sealed.connect("OWNER") as session:
        for details in ({}, {"entries": ["x"]}, {"entries": 5}, {"through": 99}, {"through": "x"}):
            for action in (forgetting.ERASED, forgetting.PURGED):
                session.execute(forgetting.NOTE, [action, None, [], [], "", json.dumps(details)])
    sealed.tamper(f"DELETE FROM ledger.entry WHERE id = {row}")
    findings = sealed.verify().findings
    assert f"row {row} was removed" in findings
    assert any("were purged too early" in finding for finding in findings)


def test_a_purge_in_its_time_is_right(sealed):
    sealed.tamper("UPDATE ledger.entry SET at = at - interval '400 days'", "TRUNCATE ledger.seal")
    with sealed.connect("SEALER") as session:
        made = sealing.seal(session, sealed.key)
    assert made
    sealed.tamper("TRUNCATE ledger.seal")
    long_ago = (timezone.now() - dt.timedelta(days=400)).timestamp() * 1_000_000
    with sealed.connect("SEALER") as session:
        old = replace(made[0], at=int(long_ago))
        sealing._add(session, sealed.key, old, sealing.GENESIS)
    with sealed.connect("OWNER") as session:
        assert forgetting.purge(session, now=timezone.now()) == 7
    sealed.seal()
    verdict = sealed.verify()
    assert (verdict.findings, verdict.purged_through, verdict.entries) == ([], 1, 1)


def test_the_root_is_the_one_of_the_standard():
    def hashed(*parts: bytes) -> bytes:
        return hashlib.sha256(b"".join(parts)).digest()

    a, b, c = (bytes([n]) * 32 for n in range(3))
    assert sealing.root([a, b, c]) == hashed(b"\x01", hashed(b"\x01", a, b), c)
    assert sealing.root([]) == hashlib.sha256(b"").digest()


def test_a_key_that_is_none_is_refused(tmp_path):
    path = tmp_path / "key"
    path.write_text("not a key")
    with pytest.raises(Exception, match="cannot be read"):
        sealing.read_key(str(path))


def test_a_public_key_reads_back():
    public = Ed25519PrivateKey.generate().public_key()
    assert sealing.public_key(sealing.public_text(public)) == public


def test_a_transaction_of_another_database_holds_nothing_up(ledger):
    elsewhere = make_conninfo(settings.DATABASE_OWNER_URL, dbname="postgres")
    with psycopg.connect(elsewhere) as other:
        other.execute("SELECT pg_current_xact_id()")
        ledger.note(2)
        assert [len(each.entry_ids) for each in ledger.seal()] == [2]
        other.rollback()
