"""Walls around what leaves: an export is decided by its organisation, or by the lead it asks."""

from audit.walls.rules import Walls, changes, listed, reads

ASKED = f"approver_organisation_id = ANY{listed('organisations')}"

WALLS = Walls(
    openings=(
        reads("reports_export", "asked", ASKED),
        changes("reports_export", "asked", ASKED),
    ),
)
