"""One cell, as it is typed: a round trip to the database.

Its lock, its rules and its line in the journal are in the one statement.
"""

from __future__ import annotations

from django.db import DEFAULT_DB_ALIAS, connection

from accounts.models import User
from audit import journal
from beneficiaries import history
from beneficiaries.models import BeneficiaryCount, CountReport
from programs.models import ProgramIndicator
from programs.months import month_after
from programs.violations import write_at_once

from .count import Entry, StaleCell, check_value, derived, may_enter, not_asked

# A cell is saved at each key that leaves it. The report is held first, as everywhere: whoever
# saves many cells of it waits, and none waits for the other.
HELD = """
WITH report AS MATERIALIZED (
    SELECT id, organisation_id FROM beneficiaries_countreport WHERE id = %(report)s
    FOR NO KEY UPDATE
), asked AS (
    SELECT DISTINCT indicator.id AS indicator_id, indicator.breakdown_id, cell.id AS cell_id
    FROM programs_programindicator own
    JOIN programs_indicator indicator ON indicator.id = own.indicator_id
    JOIN programs_cell cell ON cell.breakdown_id = indicator.breakdown_id
    WHERE own.program_id = %(program)s AND own.active && daterange(%(month)s, %(after)s)
      AND indicator.id = %(indicator)s AND cell.id = %(cell)s
), written AS ("""
SEEN = """
    kept.report_id = report.id AND kept.indicator_id = asked.indicator_id
    AND kept.cell_id = asked.cell_id AND kept.revision = %(revision)s AND NOT kept.is_derived
"""
FIELDS = [field.attname for field in BeneficiaryCount._meta.concrete_fields]
COMMENT = BeneficiaryCount._meta.get_field("comment")
RETURNING = f"""
    RETURNING {", ".join(f"kept.{name}" for name in FIELDS)}
) SELECT written.*, {journal.NOTE} FROM written
"""  # noqa: S608 - only constants

CLEAR = f"""{HELD}
DELETE FROM beneficiaries_beneficiarycount kept USING report, asked WHERE {SEEN} {RETURNING}
"""  # noqa: S608
CHANGE = f"""{HELD}
UPDATE beneficiaries_beneficiarycount kept
SET value = %(value)s, missing_reason = %(reason)s,
    comment = coalesce(%(comment)s::bytea, kept.comment)
FROM report, asked WHERE {SEEN} {RETURNING}
"""  # noqa: S608
TYPE = f"""{HELD}
INSERT INTO beneficiaries_beneficiarycount AS kept
    (organisation_id, report_id, indicator_id, breakdown_id, cell_id, value, missing_reason,
     comment, is_derived)
SELECT report.organisation_id, report.id, asked.indicator_id, asked.breakdown_id, asked.cell_id,
       %(value)s::integer, %(reason)s, coalesce(%(comment)s::bytea, ''), false
FROM report, asked
ON CONFLICT (report_id, indicator_id, cell_id) DO NOTHING {RETURNING}
"""  # noqa: S608


def save_cell(
    *, report: CountReport, indicator_id: int, cell_id: int, entry: Entry, revision: int, by: User
) -> BeneficiaryCount | None:
    """Write one cell if it still is as `by` saw it (`revision`, 0 for an empty one).

    An empty entry clears the cell. Raises StaleCell with what somebody else wrote meanwhile;
    the same number twice is no conflict.
    """
    may_enter(report, by)
    check_value(entry)
    where = {"indicator": indicator_id, "cell": cell_id}
    values = {
        **where,
        "report": report.pk,
        "program": report.program_id,
        "month": report.month,
        "after": month_after(report.month),
        "revision": revision,
        "value": entry.value,
        "reason": entry.missing_reason,
        "comment": _sealed(report, indicator_id, cell_id, entry.comment),
        **journal.line("save_cell", report, by=by, details=where),
    }
    written = CLEAR if entry.is_empty else CHANGE if revision else TYPE
    row = write_at_once(written, values)
    if row is None:
        return _as_it_is(report, indicator_id, cell_id, entry)
    journal.count_line()
    return None if entry.is_empty else _read(row[:-1])


def _sealed(report: CountReport, indicator_id: int, cell_id: int, text: str | None):
    """A comment as the row of its cell holds it; None leaves it as it is."""
    if text is None:
        return None
    row = BeneficiaryCount(report_id=report.pk, indicator_id=indicator_id, cell_id=cell_id)
    return COMMENT.get_db_prep_save(COMMENT.seal_for(row, text), connection)


def _read(row: tuple) -> BeneficiaryCount:
    """The row that a statement returned."""
    values = dict(zip(FIELDS, row, strict=True))
    values["comment"] = COMMENT.from_db_value(values["comment"], None, connection)
    return BeneficiaryCount.from_db(DEFAULT_DB_ALIAS, FIELDS, values.values())


def _as_it_is(
    report: CountReport, indicator_id: int, cell_id: int, entry: Entry
) -> BeneficiaryCount | None:
    """The cell that was not written, if it says the same anyway; else why it was not."""
    asked = ProgramIndicator.objects.filter(
        program=report.program_id,
        indicator=indicator_id,
        indicator__breakdown__cells=cell_id,
        active__overlap=(report.month, month_after(report.month)),
    )
    if not asked.exists():
        raise not_asked()
    kept = BeneficiaryCount.objects.filter(report=report, indicator=indicator_id, cell=cell_id)
    found = kept.first()
    if entry.says(found):
        return found
    if found is not None and found.is_derived:
        raise derived()
    author, at = history.last_change(report=report, indicator=indicator_id, cell=cell_id)
    raise StaleCell(count=found, author=author, at=at)
