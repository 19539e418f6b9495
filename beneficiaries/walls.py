"""Walls around the work: a lead reads and reviews what its partners submitted.

Nothing else of a partner's work is the lead's: no draft, no tally, no workbook.
"""

from audit.walls.rules import OWN, USER, Walls, changes, listed, reads

LED = f"program_id = ANY{listed('led')}"
SHOWN = "status IN ('submitted', 'approved', 'superseded')"
REVIEWED = "status IN ('approved', 'returned', 'superseded')"
REPORT = "beneficiaries_countreport"
# Once a statement, and only when a row is not one's own: then found by its key.
SHOWN_REPORTS = (
    f"report_id IN (SELECT r.id FROM {REPORT} r WHERE r.{LED} AND r.{SHOWN} AND NOT r.{OWN})"
)
COUNT, WRITTEN = "beneficiaries_beneficiarycount", "beneficiaries_beneficiarycountevent"
STANDS = f"revision IN (SELECT c.revision FROM {COUNT} c WHERE c.report_id = {WRITTEN}.report_id)"
RETURNED = (
    f"revision IN (SELECT unnest(r.returned_revisions) FROM {REPORT} r"
    f" WHERE r.id = {WRITTEN}.report_id)"
)
PARTNERS = f"(SELECT ARRAY(SELECT organisation_id FROM programs_partnership WHERE {LED}))"
HELD = f"SELECT id FROM beneficiaries_periodlock WHERE NOT {OWN}"

WALLS = Walls(
    openings=(
        # Who returned a report still sees that it is returned; its counts are closed again.
        reads(
            REPORT,
            "led",
            f"{LED} AND ({SHOWN} OR (status = 'returned' AND reviewed_by_id = {USER}))",
            with_history=True,
        ),
        changes(REPORT, "reviewed_by_the_lead", f"{LED} AND {SHOWN}", into=f"{LED} AND {REVIEWED}"),
        reads(COUNT, "led", SHOWN_REPORTS),
        reads("beneficiaries_countnote", "led", SHOWN_REPORTS),
        # Of what a cell said before, what was submitted: as it stands, and as it was returned.
        reads(WRITTEN, "led", f"{SHOWN_REPORTS} AND ({STANDS} OR {RETURNED})"),
        # Locks hold a reviewer back as well.
        reads(
            "beneficiaries_periodlock",
            "led",
            f"{LED} OR (program_id IS NULL AND organisation_id = ANY({PARTNERS}::bigint[]))",
        ),
        reads(
            "beneficiaries_lockexception",
            "led",
            f"lock_id = ANY((SELECT ARRAY({HELD}))::bigint[])",
        ),
    ),
)
