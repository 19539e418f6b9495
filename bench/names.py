"""A search over names that the database holds sealed: opened one by one, then compared."""

from __future__ import annotations

import os
import random

from audit import names
from audit.encryption import Ring
from bench.measure import Line, compare

NUMBER = 50_000
SYLLABLES = ["ma", "ri", "ka", "lo", "su", "ta", "ne", "ya", "sha", "ko", "va", "na", "di"]
SYLLABLES += ["pe", "li", "so", "bu", "ran", "the", "mi", "ro"]


def _name(chance: random.Random) -> str:
    words = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(3))
    return " ".join(word.capitalize() for word in words)


def search() -> Line:
    """50 000 invented names: every one opened, with the key that is sealed in it, and matched."""
    chance = random.Random(NUMBER)  # noqa: S311 - the same names at each run
    ring, written = Ring([os.urandom(32)]), [_name(chance) for _ in range(NUMBER)]
    sealed = [
        ring.seal(names.packed(name).encode(), f"people:name:{row}")
        for row, name in enumerate(written)
    ]

    def opened() -> list[tuple[str, str]]:
        return [
            names.unpacked(ring.open(value, f"people:name:{row}").decode())
            for row, value in enumerate(sealed)
        ]

    return compare(
        "search of a name in 50,000 sealed ones",
        lambda: names.search(written[77][:-1] + "h", opened(), 20),
        runs=5,
        aim="≤ 300 ms",
    )
