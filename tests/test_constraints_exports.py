"""Each rule that the database holds about exports refuses what breaks it, and says so."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from programs.violations import explained
from reports.budget import ROWS_A_PERSON, ROWS_AN_ORGANISATION, SECOND_PERSON_ABOVE
from reports.models import Export
from tests.factories import (
    make_built,
    make_export,
    make_membership,
    make_organisation,
    make_partnership,
    make_program,
    make_user,
)

pytestmark = pytest.mark.django_db
LARGE = SECOND_PERSON_ABOVE + 1


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def person(organisation):
    return make_user("coordinator", organisation)


@pytest.fixture
def other(organisation):
    return make_user("coordinator", organisation)


@pytest.fixture
def export(person, organisation):
    return make_export(person, organisation)


def refused(name: str, work, *args, **fields) -> str:
    with pytest.raises(ValidationError) as told, explained():
        work(*args, **fields)
    assert told.value.code == name
    return told.value.messages[0]


def change(export: Export, **fields) -> None:
    Export.objects.filter(pk=export.pk).update(**fields)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("export_content", {"content": "everything"}),
        ("export_purpose", {"purpose": "curiosity"}),
        ("export_other_purpose_said", {"purpose": "other"}),
        ("export_holds_rows", {"rows": 0}),
        ("export_state_follows", {"state": "approved"}),
    ],
)
def test_a_request_says_what_and_why(person, organisation, name, fields):
    assert refused(name, make_export, person, organisation, **fields)


def test_serials_are_taken_once_and_in_order(person, organisation):
    made = [make_export(person, organisation) for _number in range(3)]
    assert list(Export.objects.order_by("serial").values_list("serial", flat=True)) == [1, 2, 3]
    assert refused("reports_export_keeps", change, made[0], serial=9)


@pytest.mark.parametrize("field", ["rows", "content", "filter", "purpose", "requested_by"])
def test_what_was_asked_never_changes(export, other, field):
    value = {"rows": 1, "content": "totals", "filter": {}, "purpose": "funder"}.get(field, other)
    assert refused("reports_export_keeps", change, export, **{field: value})


def test_a_person_spends_no_more_than_a_days_budget(person, organisation):
    make_export(person, organisation, rows=ROWS_A_PERSON - 5)
    assert refused("export_budget_of_person", make_export, person, organisation, rows=6)
    make_export(person, organisation, rows=5)


def test_what_left_a_day_ago_is_not_counted(person, organisation):
    before = timezone.now() - dt.timedelta(hours=24, minutes=1)
    make_export(person, organisation, rows=ROWS_A_PERSON, requested_at=before)
    make_export(person, organisation, rows=ROWS_A_PERSON)


@pytest.mark.parametrize("state", ["withdrawn", "expired"])
def test_what_never_left_is_not_counted(person, organisation, state):
    change(make_export(person, organisation, rows=ROWS_A_PERSON), state=state)
    make_export(person, organisation, rows=ROWS_A_PERSON)


def test_an_organisation_has_a_budget_too(organisation):
    for _number in range(ROWS_AN_ORGANISATION // ROWS_A_PERSON):
        make_export(make_user("coordinator", organisation), organisation, rows=ROWS_A_PERSON)
    late = make_user("coordinator", organisation)
    assert refused("export_budget_of_organisation", make_export, late, organisation, rows=1)


def test_only_the_own_organisation_or_a_lead_is_asked(person, organisation):
    lead = make_organisation()
    asked = {"approver_organisation": lead}
    assert refused("export_approver_organisation", make_export, person, organisation, **asked)
    make_partnership(make_program(lead), organisation)
    make_export(person, organisation, **asked)


@pytest.mark.parametrize("state", ["built", "downloaded", "purged"])
def test_a_state_is_not_skipped(export, state):
    assert refused("export_state_follows", change, export, state=state)


def test_a_large_export_needs_a_second_person(person, organisation):
    large = make_export(person, organisation, rows=LARGE)
    assert refused("export_second_person", change, large, state="building")


def test_a_sum_needs_a_second_person_too(person, organisation):
    make_export(person, organisation, rows=LARGE - 1)
    last = make_export(person, organisation, rows=1)
    assert refused("export_second_person", change, last, state="building")
    assert refused("reports_export_keeps", change, last, needs_second_person=False)


def test_nobody_approves_their_own(person, organisation):
    large = make_export(person, organisation, rows=LARGE)
    decision = {"state": "approved", "decided_by": person, "decided_at": timezone.now()}
    assert refused("export_four_eyes", change, large, **decision)


def test_who_decides_holds_the_right_over_the_whole_organisation(person, organisation):
    large = make_export(person, organisation, rows=LARGE)
    elsewhere = make_user("coordinator", make_organisation())
    narrow = make_user("coordinator", organisation, program=make_program(organisation))
    ended = make_user("administrator", organisation)
    ended.memberships.update(active=(dt.date(2020, 1, 1), dt.date(2021, 1, 1)))
    closed = make_user("administrator", organisation, is_active=False)
    worker = make_user("field_worker", organisation)
    for somebody in (elsewhere, narrow, ended, closed, worker):
        decision = {"state": "approved", "decided_by": somebody, "decided_at": timezone.now()}
        assert refused("export_decider", change, large, **decision)
    make_membership(worker, "administrator", organisation)
    change(large, state="approved", decided_by=worker, decided_at=timezone.now())


def test_a_decision_is_whole(export, other):
    assert refused("export_decided", change, export, state="approved")
    assert refused("export_decision_whole", change, export, decided_by=other)


def test_a_refusal_says_why(export, other):
    decision = {"decided_by": other, "decided_at": timezone.now()}
    assert refused("export_refusal_says_why", change, export, state="refused", **decision)


def test_a_failure_says_why(export):
    assert refused("export_failure_says_why", change, export, state="failed")
    assert refused("export_failure_says_why", change, export, failure="error")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("export_no_more_than_asked", {"built_rows": 11}),
        ("export_file_known", {"sha256": "abc"}),
        ("export_file_known", {"file_name": "../../settings.py"}),
        ("export_file_known", {"expires_at": None}),
        ("export_passphrase_once", {"passphrase_shown_at": timezone.now()}),
    ],
)
def test_a_file_is_what_was_asked_and_is_known(export, name, fields):
    assert refused(name, make_built, export, **fields)


@pytest.mark.parametrize("column", ["purpose_note", "refusal", "passphrase"])
def test_a_text_is_sealed(export, column):
    make_built(export)

    def write_plain():
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE reports_export SET {column} = 'for the board'")

    assert refused(f"export_{column}_sealed", write_plain)


def test_what_was_downloaded_and_deleted_says_when(export):
    make_built(export)
    now = timezone.now()
    assert refused("export_out_when", change, export, state="downloaded")
    change(export, state="downloaded", downloaded_at=now)
    assert refused("export_purged_when", change, export, state="purged")
    change(export, state="purged", purged_at=now)
    assert refused("export_state_follows", change, export, state="built")
