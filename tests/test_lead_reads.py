"""The lead of a program reads what its partners submitted, and decides: no draft, no other word."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from audit.scope import scope
from beneficiaries.actions import report as reports
from beneficiaries.models import BeneficiaryCount, CountNote
from programs.violations import explained
from tests.factories import (
    make_filled_report,
    make_organisation,
    make_partnership,
    make_program,
    make_program_site,
    make_site,
    make_user,
)
from tests.signing import SignedClient

pytestmark = pytest.mark.django_db
DRAFTED, SUBMITTED, MENDED = "the girl of room 3", "counted twice", "counted again"


@pytest.fixture
def program():
    return make_program(make_organisation())


@pytest.fixture
def lead(program):
    return make_user(Role.COORDINATOR, program.organisation)


@pytest.fixture
def partner():
    return make_user(Role.PARTNER, make_organisation())


@pytest.fixture
def report(program, partner):
    organisation = partner.memberships.get().organisation
    make_partnership(program, organisation)
    return make_filled_report(make_program_site(program, make_site(organisation)))


def type_in(report, by, comment, value="1"):
    """Write in the first cell as its page does."""
    count = report.counts.order_by("pk").first()
    client = SignedClient()
    client.force_login(by)
    typed = {
        "indicator": count.indicator_id,
        "cell": count.cell_id,
        "value": value,
        "comment": comment,
        "revision": count.revision,
    }
    address = reverse("count_cell_save", args=[report.pk])
    answer = client.post(address, typed, headers={"Accept": "application/json"})
    assert answer.status_code == 200


@pytest.fixture
def submitted(report, lead, partner):
    """Typed, typed over, submitted, returned, mended, submitted again."""
    type_in(report, partner, DRAFTED)
    type_in(report, partner, SUBMITTED, value="2")
    indicator = report.counts.first().indicator
    CountNote.objects.create(
        organisation=report.organisation, report=report, indicator=indicator, text="Why"
    )
    reports.submit(report=report, by=partner)
    report.refresh_from_db()
    reports.return_to_author(report=report, reason="Count the night again.", by=lead)
    type_in(report, partner, DRAFTED, value="3")
    type_in(report, partner, MENDED, value="4")
    report.refresh_from_db()
    return reports.submit(report=report, by=partner)


def history_page(report, by) -> str:
    count = report.counts.order_by("pk").first()
    client = SignedClient()
    client.force_login(by)
    keys = [report.pk, count.indicator_id, count.cell_id]
    return client.get(reverse("count_cell_history", args=keys)).content.decode()


def test_the_page_of_a_cell_shows_a_lead_what_was_submitted(submitted, lead, partner):
    shown = history_page(submitted, lead)
    assert MENDED in shown
    assert SUBMITTED in shown
    assert DRAFTED not in shown
    assert history_page(submitted, partner).count(DRAFTED) == 2


def test_the_database_shows_a_lead_what_was_submitted(submitted, lead):
    events = BeneficiaryCount.pgh_event_model.objects.filter(report=submitted)
    with scope(user_id=lead.pk, organisation_ids=[lead.memberships.get().organisation_id]):
        told = {event.comment for event in events}
        assert not CountNote.pgh_event_model.objects.exists()
        assert CountNote.objects.exists()
    assert told >= {SUBMITTED, MENDED}
    assert DRAFTED not in told


def test_a_lead_still_sees_what_changed_since_it_returned_a_report(submitted, lead):
    client = SignedClient()
    client.force_login(lead)
    grid = client.get(submitted.get_absolute_url()).context["grid"]
    count = submitted.counts.order_by("pk").first()
    assert grid.changed
    assert grid.compared[count.indicator_id, count.cell_id] == (2, "")


@pytest.mark.parametrize(
    "changes",
    [
        {"submitted_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"reviewed_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"status": "approved", "submitted_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"status": "superseded"},
    ],
)
def test_a_lead_decides_and_writes_nothing_else(submitted, lead, changes):
    organisation_ids = [lead.memberships.get().organisation_id]
    with (
        scope(user_id=lead.pk, organisation_ids=organisation_ids),
        pytest.raises(ValidationError, match="approves or returns"),
        explained(),
    ):
        _write(submitted.pk, changes)


def _write(pk: int, changes: dict) -> int:
    columns = ", ".join(f"{name} = %s" for name in changes)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE beneficiaries_countreport SET {columns} WHERE id = %s",
            [*changes.values(), pk],
        )
        return cursor.rowcount


def test_a_lead_signs_for_what_it_decides(submitted, lead):
    other = make_user(Role.COORDINATOR, lead.memberships.get().organisation)
    decision = {
        "status": "approved",
        "reviewed_by_id": other.pk,
        "reviewed_at": dt.datetime.now(tz=dt.UTC),
    }
    organisation_ids = [lead.memberships.get().organisation_id]
    with scope(user_id=lead.pk, organisation_ids=organisation_ids):
        with pytest.raises(ValidationError, match="approves or returns"), explained():
            _write(submitted.pk, decision)
        assert _write(submitted.pk, decision | {"reviewed_by_id": lead.pk}) == 1
