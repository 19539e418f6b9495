"""The seals as they follow each other, and which of their links do not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import psycopg
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .sealing import GENESIS, Seal

SEALS = """
SELECT number, (extract(epoch FROM at) * 1000000)::bigint, after_id, from_xid::text, to_xid::text,
    entry_ids, leaves, hash, key_id, signature FROM ledger.seal ORDER BY number
"""


@dataclass(frozen=True)
class Place:
    """Where a row was sealed: the hash it had, its seal, when the seal before was made."""

    leaf: bytes
    seal: Seal
    since: int | None


@dataclass
class Chain:
    """The seals as far as they are right, and where each sealed row stands."""

    seals: list[Seal] = field(default_factory=list)
    hashes: dict[int, bytes] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)

    @property
    def last(self) -> Seal | None:
        return self.seals[-1] if self.seals else None

    def add(self, each: Seal, hashed: bytes) -> Iterator[str]:
        """Take a seal; names the rows that another one, or this one, has sealed already."""
        since = self.last and self.last.at
        for entry, leaf in zip(each.entry_ids, each.leaves, strict=False):
            place = Place(leaf, each, since)
            first = self.places.setdefault(entry, place)
            if first is not place:
                yield f"row {entry} is sealed twice, by seals {first.seal.number} and {each.number}"
        self.seals.append(each)
        self.hashes[each.number] = hashed


def read(
    session: psycopg.Connection, keys: Mapping[str, Ed25519PublicKey], chain: Chain
) -> Iterator[str]:
    """Fill the chain from the database; what is wrong with its seals."""
    before = GENESIS
    for row in session.execute(SEALS):
        *plain, leaves, hashed, key_name, signature = row
        cut = [leaves[n : n + 32] for n in range(0, len(leaves), 32)]
        each = Seal(*plain[:3], int(plain[3]), int(plain[4]), plain[5], cut)
        yield from _out_of_order(each, chain)
        if each.hash(before) != hashed or len(cut) != len(each.entry_ids):
            yield f"seal {each.number} was altered, or what stood before it"
        yield from _unsigned(each.number, keys.get(key_name), key_name, hashed, signature)
        yield from chain.add(each, hashed)
        before = hashed


def _out_of_order(each: Seal, chain: Chain) -> Iterator[str]:
    last = chain.last or Seal(0, 0, 0, 0, 0, [], [])
    if each.number != last.number + 1:
        yield f"seals {last.number + 1} to {each.number - 1} are missing"
    elif each.opens:
        if each.after_id < max(chain.places, default=0):
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
