"""Whether the ledger is what was sealed: names what was altered, removed, inserted, emptied.

Whoever owns the database writes rows as they like, and the sealer seals them. So nothing is
believed that a row says of itself: its time must fit the signed times of its seal and of the seal
before, and an entry excuses a purge or an erasure once it is sealed, as old as its seal.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import chain as chains
from .chain import Chain, Place
from .sealing import AT, HEADER, OWN_NAMES, leaf

SECOND = 1_000_000
LATEST = 5 * 60 * SECOND
# By how much the clocks of the sealer and of the database may differ, and how long a transaction
# may last: its rows, sealed when it ends, are older than the seal before.
AHEAD, BEHIND = 5 * 60 * SECOND, 60 * 60 * SECOND
KEPT = dt.timedelta(days=365)
# The entries that tell of an erasure and of a purge (audit/forgetting.py).
ERASED, PURGED = "erase_entry", "purge_ledger"
SALT_BYTES, EMPTIED = 16, "[null, null, null, null]"
COUNTED = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
ENTRIES = f"""
SELECT id, {AT}, xid::text::bigint, {HEADER}, digest, salt,
    jsonb_build_array(target_id, to_jsonb(shown_ids), reason, details)::text,
    action, details FROM ledger.entry ORDER BY id
"""  # noqa: S608 - no text of a person


@dataclass
class Verdict:
    """What was found, and the head that a copy kept elsewhere can be compared with."""

    entries: int = 0
    seals: int = 0
    head: str = ""
    erased: int = 0
    # Rows that were sealed more than five minutes after the time they say.
    waited: int = 0
    purged_through: int = 0
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One entry, as the hashes need it, and what it says of others."""

    number: int
    # Microseconds since 1970; none for a time that is none.
    at: int | None
    xid: int
    header: str
    digest: bytes
    salt: bytes | None
    payload: str
    action: str
    details: object

    @property
    def is_whole(self) -> bool:
        """Whether it holds what its digest was made of, or nothing of it."""
        if self.salt is None:
            return self.payload == EMPTIED
        return len(self.salt) == SALT_BYTES and self.digest == digest_of(self.salt, self.payload)

    def fact(self, name: str) -> object:
        """One of its details; none once it was emptied."""
        return self.details.get(name) if isinstance(self.details, dict) else None


@dataclass
class Comparison:
    """The rows met so far, and what the entries among them excuse."""

    chain: Chain
    # When it is, in microseconds, and where the count of transactions stands.
    now: int
    counted: int
    met: set[int] = field(default_factory=set)
    bare: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    late: int = 0


def verify(
    session: psycopg.Connection,
    keys: Mapping[str, Ed25519PublicKey],
    heads: Mapping[int, str],
    *,
    now: dt.datetime,
) -> Verdict:
    """Compare every row with its seal, every seal with the one before, and heads kept elsewhere."""
    session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    with session.transaction():
        session.execute(OWN_NAMES)
        session.execute("SELECT set_config('portal.ledger', 'whole', true)")
        verdict, chain = Verdict(), Chain()
        verdict.findings += chains.read(session, keys, chain)
        (counted,) = session.execute(COUNTED).fetchone()
        _compare_rows(session, Comparison(chain, int(now.timestamp() * SECOND), counted), verdict)
    verdict.seals = len(chain.seals)
    if chain.last:
        verdict.head = f"{chain.last.number} {chain.hashes[chain.last.number].hex()}"
    for number, expected in heads.items():
        found = chain.hashes.get(number)
        if found is None or found.hex() != expected:
            verdict.findings.append(f"seal {number} is not the one that was kept elsewhere")
    return verdict


def _compare_rows(session, seen: Comparison, verdict: Verdict) -> None:
    for record in session.execute(ENTRIES):
        row = Row(*record)
        place = seen.chain.places.get(row.number)
        wrong = _wrong_row(row, place, seen)
        if wrong:
            verdict.findings.append(f"row {row.number} {wrong}")
        elif place:
            verdict.waited += place.seal.at - row.at > LATEST
            _excuse(row, place, seen, verdict)
        else:
            seen.late += seen.now - row.at > LATEST
        seen.met.add(row.number)
        seen.bare |= set() if row.salt else {row.number}
        verdict.entries += 1
    verdict.erased = len(seen.bare)
    untold = sorted(seen.bare - seen.told)
    verdict.findings += [f"row {n} was emptied without an erasure" for n in untold]
    verdict.findings += _missing(seen, verdict)
    if seen.late:
        verdict.findings.append(
            f"{seen.late} rows have waited for a seal for more than five minutes"
        )


def digest_of(salt: bytes, payload: str) -> bytes:
    """As `ledger.digest` makes it."""
    return hashlib.sha256(salt + payload.encode()).digest()


def _wrong_row(row: Row, place: Place | None, seen: Comparison) -> str:
    """What is wrong with one row, in one finding at most."""
    if row.number in seen.met:
        return "stands there twice"
    if place is None and _should_be_sealed(row, seen.chain):
        return "was inserted afterwards"
    if not row.is_whole or (place and leaf(row.header, row.digest) != place.leaf):
        return "was altered or moved"
    if place is None and _is_out_of_count(row, seen):
        return "says a transaction that there was not"
    return _wrong_time(row, place, seen)


def _should_be_sealed(row: Row, chain: Chain) -> bool:
    """Whether its transaction lies below the end of the last seal of its count."""
    if not chain.last:
        return False
    return row.number <= chain.last.after_id or row.xid < chain.last.to_xid


def _is_out_of_count(row: Row, seen: Comparison) -> bool:
    """Whether no seal will ever take it; after a restore elsewhere the next one takes all."""
    goes_on = not seen.chain.last or seen.chain.last.to_xid <= seen.counted
    return goes_on and row.xid >= seen.counted


def _wrong_time(row: Row, place: Place | None, seen: Comparison) -> str:
    """A row lies between the seal before and its own, which is still to come if it waits."""
    last = seen.chain.last
    until = place.seal.at if place else seen.now
    since = place.since if place else last and last.at
    if row.at is None:
        return "says a time that no clock shows"
    if row.at > until + AHEAD:
        return "is dated ahead"
    if since is not None and row.at < since - BEHIND:
        return "is dated back"
    return ""


def _excuse(row: Row, place: Place, seen: Comparison, verdict: Verdict) -> None:
    """What a sealed entry tells of: rows that were emptied, or purged."""
    if row.action == ERASED:
        seen.told |= _numbers(row.fact("entries"))
    elif row.action == PURGED and row.salt:
        _purge(row.fact("through"), place, seen.chain, verdict)


def _numbers(found: object) -> set[int]:
    """The numbers of a list; none of anything else that somebody wrote there."""
    return {each for each in found if isinstance(each, int)} if isinstance(found, list) else set()


def _purge(through: object, place: Place, chain: Chain, verdict: Verdict) -> None:
    """A sealed checkpoint excuses rows that were a year old when it was sealed."""
    last = next((each for each in chain.seals if each.number == through), None)
    if last is None or dt.timedelta(microseconds=place.seal.at - last.at) < KEPT:
        verdict.findings.append(f"rows through seal {through} were purged too early")
    else:
        verdict.purged_through = max(verdict.purged_through, last.number)


def _missing(seen: Comparison, verdict: Verdict) -> Iterable[str]:
    places = seen.chain.places
    gone = sorted(places.keys() - seen.met)
    gone = [n for n in gone if places[n].seal.number > verdict.purged_through]
    if gone and not verdict.entries:
        return [f"the table is empty: {len(gone)} sealed rows are gone"]
    return [f"row {number} was removed" for number in gone]
