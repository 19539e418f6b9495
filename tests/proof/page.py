"""docs/security/proof.md: one row a proof, the command beside each figure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.proof import Figure, Proof

PAGE = Path(__file__).resolve().parents[2] / "docs" / "security" / "proof.md"
HEAD = """# Proof

Made by `make prove`, which tries everything below at full scale on a database of its own; a quick
version of each row runs in `make test`. *Control*: what the same check finds wrong once the guard
is taken away. A zero beside a control of zero would prove nothing, and fails.

| what is tried | tries | wrong | control | again with | on |
|---|---|---|---|---|---|
"""


def row(proof: Proof, figure: Figure, day: dt.date) -> str:
    """One line of the table."""
    tried = f"{figure.tried:,}".replace(",", " ") + (f" {figure.unit}" if figure.unit else "")
    control = f"{figure.control}" + (f" {figure.without}" if figure.without else "")
    command = f'`make prove ARGS="-k {proof.key}"`'
    return f"| {proof.name} | {tried} | **{figure.wrong}** | {control} | {command} | {day} |"


def rows_of(text: str) -> dict[str, str]:
    """The rows of an earlier page, by what they try."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][1:]
    return {line.split("|")[1].strip(): line for line in lines}


def write(known: list[Proof], found: dict[str, Figure], path: Path = PAGE) -> None:
    """Write the page: what was tried now, and what an earlier run found of the rest."""
    rows = rows_of(path.read_text(encoding="utf-8")) if path.exists() else {}
    today = dt.datetime.now(tz=dt.UTC).date()
    for proof in known:
        if figure := found.get(proof.name):
            rows[proof.name] = row(proof, figure, today)
    kept = [rows[proof.name] for proof in known if proof.name in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "\n".join(kept) + "\n", encoding="utf-8")
