"""Walls around this app's tables (audit/walls)."""

from .walls.rules import Walls

WALLS = Walls(
    free={
        "audit_submittedform": "random keys of forms, found by who holds them; no content",
        "audit_keyinuse": "names of encryption keys, no key",
    },
    schemas={"ledger": "the runtime role reads none of its tables; who does: audit/ledger.py"},
)
