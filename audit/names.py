"""Names that are found again however they are spelled, though the database cannot read them.

A name is sealed with its key: how it sounds, in Latin letters, its words sorted. A search opens
every name that the person may see and compares in memory (bench/README.md says how long 50 000
take). Whoever searches learns why each name is proposed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from anyascii import anyascii
from rapidfuzz import fuzz, process

# Below this a likeness is chance: measured in tests/test_names.py.
LEAST = 78
# A query that is only a part of a name is worth a little less than the whole.
PART = 0.94
BETWEEN = "\x1f"
# What sounds alike, in the order of replacing: French, then Indic, Nepali and Khmer spellings.
ALIKE = [
    (r"eau|aux?\b|aud?\b|ault\b", "o"),
    (r"dj|dzh", "j"),
    (r"sch|ch?h|sh", "s"),
    (r"ph", "f"),
    (r"([kgtdbj])h", r"\1"),
    (r"tion\b", "sion"),
    (r"qu|ck|c(?![eiys])|q", "k"),
    (r"c", "s"),
    (r"x", "ks"),
    (r"ou|oo|uu", "u"),
    (r"ee|ie|ii|y", "i"),
    (r"ai|ei|ae", "e"),
    (r"oe|eu", "e"),
    (r"w|v", "b"),
    (r"z", "s"),
    (r"h", ""),
    (r"(.)\1+", r"\1"),
    (r"(?<=..)es?\b", ""),
    # Scripts of India do not write the short a, and French hardly says it.
    (r"(?<=.)a", ""),
    (r"(.)\1+", r"\1"),
]
PATTERNS = [(re.compile(wanted), told) for wanted, told in ALIKE]
WORD = re.compile(r"[a-z]+")


class Why(StrEnum):
    """Why a name is proposed."""

    SAME = "same"
    SOUNDS_ALIKE = "sounds alike"
    PART = "part of the name"
    NEAR = "spelled nearly so"


@dataclass(frozen=True)
class Match:
    """A name that may be the one that is looked for, from 0 to 100."""

    row: int
    name: str
    score: int
    why: Why


def plain(name: str) -> str:
    """The name in small Latin letters, without accents, whatever its script."""
    return " ".join(WORD.findall(anyascii(name).lower()))


def key(name: str) -> str:
    """How a name sounds: alike for spellings of one name, whatever the order of its words."""
    heard = plain(name)
    for pattern, told in PATTERNS:
        heard = pattern.sub(told, heard)
    return " ".join(sorted(heard.split()))


def packed(name: str) -> str:
    """A name and its key, as they are sealed together."""
    return f"{name}{BETWEEN}{key(name)}"


def unpacked(text: str) -> tuple[str, str]:
    """A name and its key, from what `packed` made."""
    name, _, heard = text.partition(BETWEEN)
    return name, heard


def search(query: str, rows: Sequence[tuple[str, str]], limit: int = 20) -> list[Match]:
    """The rows (name, key) that come nearest to a query, best first; none below LEAST."""
    wanted = key(query)
    if not wanted:
        return []
    keys = [heard for _name, heard in rows]
    whole = _scores(wanted, keys, fuzz.ratio, limit)
    parts = _scores(wanted, keys, fuzz.token_set_ratio, limit)
    scores = {row: score * PART for row, score in parts.items()}
    scores |= {row: max(score, scores.get(row, 0)) for row, score in whole.items()}
    found = [_match(query, wanted, row, *rows[row], score) for row, score in scores.items()]
    found = [match for match in found if match.score >= LEAST]
    return sorted(found, key=lambda match: (-match.score, match.name))[:limit]


def _scores(wanted: str, keys: Iterable[str], scorer, limit: int) -> dict[int, float]:
    found = process.extract(wanted, keys, scorer=scorer, limit=5 * limit, score_cutoff=LEAST)
    return {row: score for _key, score, row in found}


def _match(query: str, wanted: str, row: int, name: str, heard: str, score: float) -> Match:
    if sorted(plain(query).split()) == sorted(plain(name).split()):
        return Match(row, name, 100, Why.SAME)
    if wanted == heard:
        return Match(row, name, 98, Why.SOUNDS_ALIKE)
    is_part = set(wanted.split()) <= set(heard.split())
    return Match(row, name, round(min(score, 97)), Why.PART if is_part else Why.NEAR)
