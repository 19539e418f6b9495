"""What the security pages say is tried is tried: each name is a proof, or a file of tests."""

import re
from pathlib import Path

import pytest

from tests.proof import every_proof

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "security").glob("*.md"))
THREATS = (ROOT / "docs" / "security" / "threat-model.md").read_text(encoding="utf-8")
PROOFS = {proof.function.__name__ for proof in every_proof()}


def tried() -> dict[str, list[str]]:
    """Who may try something, and the names of what tries it in their stead."""
    rows = [line.strip("|").split("|") for line in THREATS.splitlines() if line.startswith("| ")]
    return {row[0].strip(): re.findall(r"`([^`]+)`", row[-1]) for row in rows if len(row) == 4}


@pytest.mark.parametrize("who", [who for who in tried() if who != "who"])
def test_each_threat_is_tried_by_something_that_exists(who):
    names = tried()[who]
    missing = [n for n in names if n not in PROOFS and not (ROOT / "tests" / n).is_file()]
    assert names
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_proof_that_a_page_names_exists(page):
    asked = set(re.findall(r'-k (\w+)[`"]', page.read_text(encoding="utf-8"))) - {"name"}
    assert [name for name in asked if not any(name in proof for proof in PROOFS)] == []
