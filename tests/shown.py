"""What the dashboard page says in English, sentence by sentence; no number of it stays unread."""

from __future__ import annotations

import re
from html import unescape

N = r"\d+(?: – \d+)?"
MONTH = r"[A-Z][a-z]{2} \d{4}"
COMPLETENESS = (
    r"(?:no report due yet|ended before these months: no report due"
    r"|[✓▲] (?P<complete_sites>\d+) of (?P<sites>\d+) sites? complete"
    r"(?:, (?P<late_sites>\d+) late)?)"
)
PROGRAM = (
    COMPLETENESS + r"(?: \((?P<approved_reports>\d+) of (?P<reports>\d+) reports?\))?"
    r"(?: · (?P<waiting_reports>\d+) reports? not yet approved)?"
    r"(?: · (?P<corrections>\d+) corrections? under way)?"
    r"(?: · last approval (?P<approved_at>.+))?"
)
TARGET = (
    r"(?:▲ behind the target )?(?:(?P<cell>[^:]+): )?"
    rf"(?P<reached>{N}|–)(?: a month on average)?, (?P<percent>\d+)% of (?P<target>\d+) · "
    r"(?:expected by now (?P<expected_percent>\d+)%"
    r"|kept (?P<kept_months>\d+) of (?P<reported_months>\d+) months) "
    rf"(?P<span>{MONTH}(?: – {MONTH})?)"
    r"(?: · (?P<grant>(?!\d+ sites?$).+?))?(?: · (?P<bound_sites>\d+) sites?)?"
)
TILE = [
    rf"(?P<at_least>at least )?(?P<total>{N}) [a-z ]+",
    rf"(?P<highest>{N}) in (?P<highest_month>{MONTH}), the highest month: .+",
    rf"[^:]+: distinct counts of several months never add up\."
    rf"(?: Highest month: (?P<peak>{N}) \((?P<peak_month>{MONTH})\)\.)?",
    rf"At the end of (?P<stock_month>{MONTH}), the (?:last complete|fullest) month.*",
    rf"◔ \+ (?P<pending>{N}) not yet approved",
    rf"◔ (?P<with_unapproved>{N}) with what is not yet approved",
    r"(?P<missing_cells>\d+) cells? without a number \((?:na (?P<not_applicable>\d+))?(?:, )?"
    r"(?:nc (?P<not_collected>\d+))?(?:, )?(?:… (?P<withheld>\d+))?\)",
    COMPLETENESS + r"(?: ?Charts – .*)?",
]


def programs(html: str) -> list[dict]:
    """What is said of each program, and in `tiles` of each of its figures."""
    sections = re.findall(r'<section class="program".*?</section>', html, re.DOTALL)
    return [_program(section) for section in sections]


def _program(section: str) -> dict:
    head, *tiles = re.split(r'<article class="tile', section)
    name, reports = _lines(head)
    return {"name": name, **_read(reports, [PROGRAM]), "tiles": [_tile(one) for one in tiles]}


def _tile(html: str) -> dict:
    name, *lines = _lines(html.partition(">")[2])
    found = {"name": name, "targets": [], "notes": []}
    for line in lines:
        if target := re.fullmatch(TARGET, line):
            found["targets"].append(_kept(target))
            continue
        facts = _read(line, TILE)
        found |= facts
        if {"peak", "highest", "stock_month"} & facts.keys() or not facts:
            found["notes"].append(line)
    return found


def _lines(html: str) -> list[str]:
    """The texts of headings and paragraphs, one each, as they are read."""
    plain = re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL)
    parts = re.split(r"</(?:p|h2|h3|div|article)>", plain)
    texts = (unescape(re.sub(r"<[^>]*>", "", part)).replace("\u202f", "") for part in parts)
    return [text for text in (" ".join(text.split()) for text in texts) if text]


def _read(line: str, patterns: list[str]) -> dict:
    """The numbers of a sentence by name; one with a number that no pattern reads is refused."""
    for pattern in patterns:
        if found := re.fullmatch(pattern, line):
            return _kept(found)
    assert not re.search(r"\d", line), f"not read: {line}"
    return {}


def _kept(found: re.Match) -> dict:
    return {name: text for name, text in found.groupdict().items() if text is not None}
