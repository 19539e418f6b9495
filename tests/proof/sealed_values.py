"""A sealed value is opened where it was sealed, whole, or not at all."""

import os
import random

from audit.encryption import HEAD, Ring, TamperedError
from tests.proof import Figure, Run, proof


class Deaf(Ring):
    """The control: what stands for a ring that binds a value to no place."""

    def seal(self, plain: bytes, context: str) -> bytes:
        return super().seal(plain, "")

    def open(self, sealed: bytes, context: str) -> bytes:
        return super().open(sealed, "")


def altered(sealed: bytes, chance: random.Random) -> bytes:
    """The value with one bit of its nonce, text or tag changed, or its end cut off."""
    if chance.random() < 0.2:
        return sealed[: chance.randrange(len(sealed))]
    place = chance.randrange(HEAD, len(sealed))
    return (
        sealed[:place] + bytes([sealed[place] ^ (1 << chance.randrange(8))]) + sealed[place + 1 :]
    )


def opened(ring: Ring, sealed: bytes, context: str) -> bool:
    try:
        ring.open(sealed, context)
    except TamperedError:
        return False
    return True


def accepted(ring: Ring, tries: int) -> int:
    """How many altered or moved values the ring opens."""
    chance = random.Random(tries)  # noqa: S311 - the same tries at each run
    found = 0
    for number in range(tries):
        sealed = ring.seal(f"text {number}".encode(), f"table:column:{number}")
        found += opened(ring, sealed, f"table:column:{number + 1}")
        found += opened(ring, altered(sealed, chance), f"table:column:{number}")
    return found


@proof("Sealed values altered, cut short or moved to another row are refused")
def sealed_values(run: Run) -> Figure:
    key, tries = os.urandom(32), run.amount(quick=500, full=50_000)
    return Figure(
        tried=2 * tries,
        wrong=accepted(Ring([key]), tries),
        control=accepted(Deaf([key]), 100),
        unit="values",
        without="of 200 without the place",
    )
