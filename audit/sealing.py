"""The ledger's seals: a signed chain of hashes over its rows, made by a process of its own.

A seal takes the rows of every transaction that had ended, in the order of their numbers. Its hash
covers the hash before it, the Merkle root of its rows (RFC 9162: 0x00 before a leaf, 0x01 before
two joined) and its own figures; Ed25519 signs it with a key that the database does not hold.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured

GENESIS = bytes(32)
# Names mean what PostgreSQL means by them, whatever the owner of the database made or set.
OWN_NAMES = "SET LOCAL search_path = pg_catalog, pg_temp"
# When a row was written, in microseconds since 1970; nothing for a time that no clock shows.
AT = """CASE WHEN at BETWEEN '0001-01-01' AND '9999-12-30'
    THEN (extract(epoch FROM at) * 1000000)::bigint END"""
# What never leaves a row, beside the digest of what may be erased.
HEADER = f"""jsonb_build_array(id, {AT}, xid::text, action,
    user_id, organisation_id, to_jsonb(audience), target_type, request_id)::text"""
LAST = "SELECT number, after_id, to_xid::text, hash FROM ledger.seal ORDER BY number DESC LIMIT 1"
# Below which every transaction of this database has ended (those of the server's other databases
# write nothing here), and where the server's count of transactions stands.
ENDED = """
WITH now AS (SELECT pg_current_snapshot() AS snapshot),
     running AS (SELECT pg_snapshot_xip(snapshot) AS xid FROM now),
     elsewhere AS (
         SELECT transactionid FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND datid <>
             (SELECT oid FROM pg_database WHERE datname = current_database())
     )
SELECT coalesce(
    (SELECT min(xid::text::bigint) FROM running
     WHERE NOT EXISTS (SELECT FROM elsewhere WHERE transactionid = xid::xid)),
    pg_snapshot_xmax(snapshot)::text::bigint
), pg_snapshot_xmax(snapshot)::text::bigint FROM now
"""
ROWS = f"SELECT id, {HEADER}, digest, xid::text FROM ledger.entry WHERE id > %(after)s"  # noqa: S608
WAITING = f"{ROWS} AND xid >= %(from)s::xid8 AND xid < %(to)s::xid8 ORDER BY id"
LEFT_OVER = f"{ROWS} AND xid >= %(from)s::xid8 ORDER BY id"
HIGHEST = "SELECT coalesce(max(id), 0) FROM ledger.seal, unnest(entry_ids) AS id"
ADD = """
INSERT INTO ledger.seal (
    number, at, after_id, from_xid, to_xid, entry_ids, leaves, hash, key_id, signature
) VALUES (
    %(number)s, to_timestamp(0) + %(at)s * interval '1 microsecond', %(after_id)s, %(from_xid)s,
    %(to_xid)s, %(entry_ids)s::bigint[], %(leaves)s, %(hash)s, %(key_id)s, %(signature)s
)
"""


@dataclass(frozen=True)
class Seal:
    """One link of the chain, as the database holds it."""

    number: int
    # Microseconds since 1970.
    at: int
    after_id: int
    from_xid: int
    to_xid: int
    entry_ids: list[int]
    leaves: list[bytes]

    def hash(self, before: bytes) -> bytes:
        """What is signed: the hash before it, its root, its figures."""
        figures = [self.number, self.at, self.after_id, self.from_xid, self.to_xid, self.entry_ids]
        own = json.dumps(figures, separators=(",", ":")).encode()
        return hashlib.sha256(before + root(self.leaves) + own).digest()

    @property
    def opens(self) -> bool:
        """Whether transactions count from anew after it."""
        return self.to_xid == 0


def leaf(header: str, digest: bytes) -> bytes:
    """The hash of one row."""
    return hashlib.sha256(b"\x00" + header.encode() + digest).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The Merkle root; an odd one at the end moves up as it is."""
    level = list(leaves)
    if not level:
        return hashlib.sha256(b"").digest()
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        joined = [hashlib.sha256(b"\x01" + a + b).digest() for a, b in pairs]
        level = joined + level[len(level) - len(level) % 2 :]
    return level[0]


def read_key(path: str) -> Ed25519PrivateKey:
    """The signing key: 32 random bytes in URL-safe base64, alone in a file."""
    if not path:
        raise ImproperlyConfigured("PORTAL_SEAL_KEY_FILE is not set: it names the sealing key.")
    try:
        secret = base64.urlsafe_b64decode(Path(path).read_text(encoding="ascii").strip())
        return Ed25519PrivateKey.from_private_bytes(secret)
    except (OSError, ValueError, binascii.Error) as error:
        raise ImproperlyConfigured(f"The sealing key cannot be read from {path}: {error}") from None


def public_bytes(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as it is printed and given back."""
    return base64.urlsafe_b64encode(public_bytes(key)).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Read what `public_text` printed."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text))


def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: a fingerprint of its public half."""
    return hashlib.sha256(public_bytes(key)).hexdigest()[:16]


def seal(session: psycopg.Connection, key: Ed25519PrivateKey) -> list[Seal]:
    """Seal, in one transaction, what has ended since the last seal; none when nothing waits."""
    with session.transaction():
        session.execute(OWN_NAMES)
        session.execute("SELECT pg_advisory_xact_lock(hashtext('ledger.seal'))")
        number, after, start, before = session.execute(LAST).fetchone() or (0, 0, "0", GENESIS)
        ended, counted = session.execute(ENDED).fetchone()
        if counted < int(start):
            made = _after_a_restore(session, after, int(start))
        else:
            made = [_taken(session, WAITING, after, int(start), ended)]
        made = [each for each in made if each.entry_ids or each.opens]
        made = [replace(each, number=number + n) for n, each in enumerate(made, 1)]
        for each in made:
            before = _add(session, key, each, before)
    return made


def head(session: psycopg.Connection) -> str:
    """The number and the hash of the last seal."""
    number, *_rest, hashed = session.execute(LAST).fetchone() or (0, GENESIS)
    return f"{number} {hashed.hex()}"


def _taken(session: psycopg.Connection, query: str, after: int, start: int, end: int) -> Seal:
    bounds = {"after": after, "from": str(start), "to": str(end)}
    rows = session.execute(query, bounds).fetchall()
    leaves = [leaf(header, digest) for _id, header, digest, _xid in rows]
    end = max([end, *(int(xid) + 1 for *_row, xid in rows)])
    return Seal(0, _now(), after, start, end, [row[0] for row in rows], leaves)


def _after_a_restore(session: psycopg.Connection, after: int, start: int) -> list[Seal]:
    """Another server counts transactions from anew: seal what the old one left, then say so.

    The empty seal opens a new count for the rows above those there are so far.
    """
    left = _taken(session, LEFT_OVER, after, start, start)
    highest = max([*left.entry_ids, session.execute(HIGHEST).fetchone()[0]])
    return [left, Seal(0, _now(), highest, 0, 0, [], [])]


def _add(session: psycopg.Connection, key: Ed25519PrivateKey, made: Seal, before: bytes) -> bytes:
    hashed = made.hash(before)
    values = {
        **vars(made),
        "from_xid": str(made.from_xid),
        "to_xid": str(made.to_xid),
        "leaves": b"".join(made.leaves),
        "hash": hashed,
        "key_id": key_id(key.public_key()),
        "signature": key.sign(hashed),
    }
    session.execute(ADD, values)
    return hashed


def _now() -> int:
    return time.time_ns() // 1000
