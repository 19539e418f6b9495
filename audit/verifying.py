"""Whether the ledger is what was sealed: names what was altered, removed, inserted, emptied."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .sealing import GENESIS, HEADER, Seal, leaf

LATEST = dt.timedelta(minutes=5)
KEPT = dt.timedelta(days=365)
# The entries that tell of an erasure and of a purge (audit/forgetting.py).
ERASED, PURGED = "erase_entry", "purge_ledger"
SEALS = """
SELECT number, (extract(epoch FROM at) * 1000000)::bigint, after_id, from_xid::text, to_xid::text,
    entry_ids, leaves, hash, key_id, signature FROM ledger.seal ORDER BY number
"""
ENTRIES = f"""
SELECT id, at, xid::text, {HEADER}, digest, salt,
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
    purged_through: int = 0
    findings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One entry, as the hashes need it."""

    number: int
    xid: int
    header: str
    digest: bytes
    salt: bytes | None
    payload: str


@dataclass
class Chain:
    """The seals as far as they are right, and where each sealed row stands."""

    seals: list[Seal] = field(default_factory=list)
    hashes: dict[int, bytes] = field(default_factory=dict)
    # Number of a row: the number of its seal, the hash of the row.
    sealed: dict[int, tuple[int, bytes]] = field(default_factory=dict)


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
        session.execute("SELECT set_config('portal.ledger', 'whole', true)")
        verdict, chain = Verdict(), Chain()
        verdict.findings += _wrong_seals(session, keys, chain)
        _compare_rows(session, chain, verdict, now)
    verdict.seals = len(chain.seals)
    if chain.seals:
        number = chain.seals[-1].number
        verdict.head = f"{number} {chain.hashes[number].hex()}"
    for number, expected in heads.items():
        found = chain.hashes.get(number)
        if found is None or found.hex() != expected:
            verdict.findings.append(f"seal {number} is not the one that was kept elsewhere")
    return verdict


def _wrong_seals(session, keys, chain: Chain) -> Iterator[str]:
    before = GENESIS
    for row in session.execute(SEALS):
        *plain, leaves, hashed, key_name, signature = row
        cut = [leaves[n : n + 32] for n in range(0, len(leaves), 32)]
        each = Seal(*plain[:3], int(plain[3]), int(plain[4]), plain[5], cut)
        yield from _out_of_order(each, chain)
        if each.hash(before) != hashed:
            yield f"seal {each.number} was altered, or what stood before it"
        yield from _unsigned(each.number, keys.get(key_name), key_name, hashed, signature)
        chain.seals.append(each)
        chain.hashes[each.number] = before = hashed
        chain.sealed |= {
            entry: (each.number, hash_)
            for entry, hash_ in zip(each.entry_ids, each.leaves, strict=False)
        }


def _out_of_order(each: Seal, chain: Chain) -> Iterator[str]:
    last = chain.seals[-1] if chain.seals else Seal(0, 0, 0, 0, 0, [], [])
    if each.number != last.number + 1:
        yield f"seals {last.number + 1} to {each.number - 1} are missing"
    elif each.opens:
        if each.after_id < max(chain.sealed, default=0):
            yield f"seal {each.number} opens a count below rows that are sealed"
    elif (each.from_xid, each.after_id) != (last.to_xid, last.after_id):
        yield f"between seals {last.number} and {each.number} transactions were left out"


def _unsigned(number: int, key, name: str, hashed: bytes, signature: bytes) -> Iterator[str]:
    if key is None:
        yield f"seal {number} is signed by an unknown key, {name}"
        return
    try:
        key.verify(signature, hashed)
    except InvalidSignature:
        yield f"seal {number} is not signed by the sealing key"


def _compare_rows(session, chain: Chain, verdict: Verdict, now: dt.datetime) -> None:
    missing = dict(chain.sealed)
    bare, told, late = set(), set(), 0
    for number, at, xid, header, digest, salt, payload, action, details in session.execute(ENTRIES):
        sealed = missing.pop(number, None)
        row = Row(number, int(xid), header, digest, salt, payload)
        verdict.findings += _wrong_row(row, sealed[1] if sealed else None, chain)
        late += not sealed and now - at > LATEST
        bare |= set() if salt else {number}
        facts = details if isinstance(details, dict) else {}
        if action == ERASED:
            told |= _numbers(facts.get("entries"))
        elif action == PURGED and salt:
            _purge(facts.get("through"), at, chain, verdict)
        verdict.entries += 1
    verdict.erased = len(bare)
    verdict.findings += [f"row {n} was emptied without an erasure" for n in sorted(bare - told)]
    verdict.findings += _missing(missing, chain, verdict)
    if late:
        verdict.findings.append(f"{late} rows have waited for a seal for more than five minutes")


def _numbers(found: object) -> set[int]:
    """The numbers of a list; none of anything else that somebody wrote there."""
    return {each for each in found if isinstance(each, int)} if isinstance(found, list) else set()


def _wrong_row(row: Row, sealed: bytes | None, chain: Chain) -> list[str]:
    """What is wrong with one row, in one finding at most."""
    is_whole = row.salt is None or row.digest == digest_of(row.salt, row.payload)
    if sealed is None and _should_be_sealed(row, chain):
        return [f"row {row.number} was inserted afterwards"]
    if not is_whole or (sealed and leaf(row.header, row.digest) != sealed):
        return [f"row {row.number} was altered or moved"]
    return []


def digest_of(salt: bytes, payload: str) -> bytes:
    """As `ledger.digest` makes it."""
    return hashlib.sha256(salt + payload.encode()).digest()


def _should_be_sealed(row: Row, chain: Chain) -> bool:
    """Whether its transaction lies below the end of the last seal of its count."""
    if not chain.seals:
        return False
    last = chain.seals[-1]
    return row.number <= last.after_id or row.xid < last.to_xid


def _purge(through: object, at: dt.datetime, chain: Chain, verdict: Verdict) -> None:
    """A sealed checkpoint excuses rows that were a year old."""
    last = next((each for each in chain.seals if each.number == through), None)
    age = at - dt.datetime.fromtimestamp(last.at / 1_000_000, dt.UTC) if last else dt.timedelta()
    if age < KEPT:
        verdict.findings.append(f"rows through seal {through} were purged too early")
    else:
        verdict.purged_through = max(verdict.purged_through, through)


def _missing(missing: Mapping, chain: Chain, verdict: Verdict) -> Iterable[str]:
    gone = sorted(n for n, (seal, _) in missing.items() if seal > verdict.purged_through)
    if gone and not verdict.entries:
        return [f"the table is empty: {len(gone)} sealed rows are gone"]
    return [f"row {number} was removed" for number in gone]
