"""What leaves the ledger, as its owner alone, and never without an entry that says so."""

from __future__ import annotations

import datetime as dt
import json

import psycopg

from .verifying import ERASED, KEPT, PURGED

ABOUT = f"""
SELECT id, shown_ids, organisation_id, audience,
    CASE action WHEN '{ERASED}' THEN details -> 'entries' END FROM ledger.entry
WHERE (target_type = %(kind)s AND target_id = %(key)s) OR %(key)s = ANY(shown_ids)
ORDER BY id FOR UPDATE
"""  # noqa: S608
EMPTY = """
UPDATE ledger.entry SET target_id = NULL, shown_ids = NULL, reason = NULL, details = NULL,
    salt = NULL
WHERE id = %s
"""
OLD = "SELECT max(number) FROM ledger.seal WHERE at < %s"
SEALED_THROUGH = "SELECT unnest(entry_ids) FROM ledger.seal WHERE number <= %s"
PURGE = f"DELETE FROM ledger.entry WHERE id IN ({SEALED_THROUGH})"  # noqa: S608
HASH = "SELECT hash FROM ledger.seal WHERE number = %s"
NOTE = "SELECT ledger.note(%s, NULL, %s, %s, '', '', %s::text[], %s, %s::jsonb)"


def erase(session: psycopg.Connection, kind: str, key: str, reason: str) -> int:
    """Empty every entry about an object; returns how many. The chain of seals stays valid.

    Each leaves an entry that names it, and lists the other objects that it had shown. Where it
    told of an erasure itself, the new one goes on telling of it.
    """
    with session.transaction():
        session.execute("SELECT set_config('ledger.erase', 'on', true)")
        found = session.execute(ABOUT, {"kind": kind, "key": key}).fetchall()
        for number, shown, organisation, audience, told in found:
            session.execute(EMPTY, [number])
            others = [each for each in shown or [] if each != key]
            facts = json.dumps({"entries": [number, *(told or [])]})
            session.execute(NOTE, [ERASED, organisation, audience, others, reason, facts])
    return len(found)


def purge(session: psycopg.Connection, *, now: dt.datetime) -> int:
    """Delete the rows of seals a year old, up to a checkpoint that the ledger keeps; how many."""
    with session.transaction():
        session.execute("SELECT set_config('ledger.purge', 'on', true)")
        through = session.execute(OLD, [now - KEPT]).fetchone()[0]
        gone = session.execute(PURGE, [through]).rowcount if through else 0
        if gone:
            hashed = session.execute(HASH, [through]).fetchone()[0]
            facts = {"through": through, "rows": gone, "hash": hashed.hex()}
            session.execute(NOTE, [PURGED, None, [], [], "", json.dumps(facts)])
    return gone
