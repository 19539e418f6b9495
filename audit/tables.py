"""Walls around this app's tables (audit/walls); the ledger has its own (audit/ledger.py)."""

from .walls.rules import Walls

WALLS = Walls(
    free={
        "audit_submittedform": "random keys of forms, found by who holds them; no content",
        "audit_keyinuse": "names of encryption keys, no key",
    },
)
