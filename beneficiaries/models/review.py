"""What the lead of a program writes in a partner's report: its decision, and nothing else of it."""

import pgtrigger

from accounts.two_people import refuses
from audit.walls.rules import USER, listed

# What each decision changes.
REVIEW = ("status", "reviewed_by_id", "reviewed_at", "return_reason", "returned_revisions")
DECISIONS = {
    ("submitted", "approved"): REVIEW,
    ("submitted", "returned"): REVIEW,
    ("approved", "superseded"): ("status",),
}


def _is_decision(step: tuple[str, str], columns: tuple[str, ...]) -> str:
    before, after = step
    decided = ", ".join(f"'{column}'" for column in (*columns, "revision"))
    return (
        f"OLD.status = '{before}' AND NEW.status = '{after}'"
        f" AND to_jsonb(NEW) - ARRAY[{decided}] = to_jsonb(OLD) - ARRAY[{decided}]"
    )


def lead_decides_only() -> pgtrigger.Trigger:
    """Whoever reviews signs for it; a report of one's own is kept by the other rules."""
    decides = " OR ".join(f"({_is_decision(*one)})" for one in DECISIONS.items())
    signs = f"(NEW.reviewed_by_id = OLD.reviewed_by_id OR NEW.reviewed_by_id = {USER})"
    own = f"OLD.organisation_id = ANY{listed('organisations')}"
    return pgtrigger.Trigger(
        name="lead_decides_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=refuses(
            f"({own}) IS NOT TRUE AND (({decides}) AND {signs}) IS NOT TRUE",
            "countreport_lead_decides_only",
        )
        + "RETURN NEW;",
    )
