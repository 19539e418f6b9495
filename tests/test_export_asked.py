"""The lead that is asked about a partner's export writes its decision there, and nothing else."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from audit.scope import scope
from programs.violations import explained
from reports.budget import SECOND_PERSON_ABOVE
from reports.models import Export
from tests.factories import (
    make_export,
    make_organisation,
    make_partnership,
    make_program,
    make_user,
)

pytestmark = pytest.mark.django_db
# A value of each column, as the lead would write it by hand.
WRITTEN = {
    "purpose_note": "''",
    "purpose": "'funder'",
    "rows": "1",
    "filter": "'{}'",
    "holds": "'{\"reports\": [1]}'",
    "file_name": "repeat('a', 32) || '.zip'",
    "sha256": "repeat('a', 64)",
    "size": "1",
    "passphrase": "'known'",
    "passphrase_shown_at": "now()",
    "expires_at": "now() + interval '9 days'",
    "built_at": "now()",
    "built_rows": "1",
    "begun_at": "now()",
    "downloaded_at": "now()",
    "purged_at": "now()",
    "failure": "'error', state = 'failed'",
    "state": "'withdrawn'",
    "approver_organisation_id": "organisation_id",
    "requested_by_id": "decided_by_id",
    "organisation_id": "approver_organisation_id",
    "serial": "99",
    "needs_second_person": "false",
}


@pytest.fixture
def lead():
    return make_organisation()


@pytest.fixture
def coordinator(lead):
    return make_user("coordinator", lead)


@pytest.fixture
def export(lead):
    partner = make_organisation()
    make_partnership(make_program(lead), partner)
    return make_export(
        make_user("coordinator", partner),
        partner,
        rows=SECOND_PERSON_ABOVE + 1,
        approver_organisation=lead,
        purpose_note="For the board.",
    )


@pytest.fixture
def as_the_lead(lead, coordinator):
    with scope(user_id=coordinator.pk, organisation_ids=[lead.pk]):
        yield


def write(export: Export, column: str) -> None:
    with connection.cursor() as cursor:
        statement = f"UPDATE reports_export SET {column} = {WRITTEN[column]} WHERE id = %s"
        cursor.execute(statement, [export.pk])


@pytest.mark.parametrize("column", WRITTEN)
def test_nothing_else_is_changed(export, as_the_lead, column):
    with pytest.raises(ValidationError) as told, explained():
        write(export, column)
    assert told.value.code == "export_asked_decides_only"


def test_every_column_is_tried():
    """A column that comes later must be refused as well, or be part of the decision."""
    decision = {"state", "refusal", "decided_by_id", "decided_at"}
    kept = {"id", "content", "requested_at"}
    columns = {field.column for field in Export._meta.concrete_fields}
    assert columns == WRITTEN.keys() | decision | kept


@pytest.mark.parametrize("state", ["approved", "refused"])
def test_a_decision_is_taken(export, coordinator, as_the_lead, state):
    row = Export.objects.get(pk=export.pk)
    row.state, row.decided_by, row.decided_at = state, coordinator, timezone.now()
    row.refusal = "Ask for totals alone." if state == "refused" else ""
    row.save(update_fields=["state", "decided_by", "decided_at", "refusal"])
    row.refresh_from_db()
    assert row.state == state


def test_the_own_organisation_goes_on(export):
    with scope(organisation_ids=[export.organisation_id]):
        write(export, "begun_at")
