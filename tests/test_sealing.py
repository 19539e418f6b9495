"""What ended is sealed in its turn; what leaves the ledger leaves with an entry that is sealed."""

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


def test_an_erasure_of_what_an_erasure_showed_goes_on_telling_of_it(ledger):
    """The entry that told of the first is emptied by the second."""
    ledger.note(shown=["p1", "p2"])
    with ledger.connect("OWNER") as session:
        for person in ("p1", "p2"):
            assert forgetting.erase(session, "person", person, "Asked for by the person") == 1
    ledger.seal()
    verdict = ledger.verify()
    assert (verdict.findings, verdict.erased) == ([], 2)


def test_a_purge_keeps_twelve_months(sealed):
    with sealed.connect("OWNER") as session:
        assert forgetting.purge(session, now=timezone.now()) == 0
        later = timezone.now() + dt.timedelta(days=366)
        assert forgetting.purge(session, now=later) == 6


def test_rows_purged_before_their_time_are_named(sealed):
    with sealed.connect("OWNER") as session:
        forgetting.purge(session, now=timezone.now() + dt.timedelta(days=366))
    sealed.seal()
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
    sealed.seal()
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
