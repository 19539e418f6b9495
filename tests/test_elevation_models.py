"""Emergency access as the database holds it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Elevation, User
from accounts.rights import roles_to_elevate_to
from accounts.roles import ELEVATED, ELEVATIONS, NEVER_ELEVATED, PERMISSIONS, Role
from programs.violations import explained
from tests.factories import make_elevation, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def place():
    return make_organisation()


@pytest.fixture
def worker(place):
    return make_user("field_worker", place)


def refused(**fields) -> str:
    with pytest.raises(ValidationError) as error, explained():
        make_elevation(**fields)
    return error.value.code


def test_it_lasts_an_hour_at_most(worker, place):
    found = refused(user=worker, organisation=place, minutes=61)
    assert found == "elevation_lasts_an_hour_at_most"
    found = refused(user=worker, organisation=place, minutes=0)
    assert found == "elevation_lasts_an_hour_at_most"


def test_it_opens_no_role_that_manages_accounts(worker, place):
    for role in set(Role.values) - set(ELEVATED):
        assert refused(user=worker, organisation=place, role=role) == "elevation_role"


def test_its_reason_is_said(worker, place):
    found = refused(user=worker, organisation=place, reason="because")
    assert found == "elevation_reason_sealed"


def test_one_person_has_one_at_a_time(worker, place):
    make_elevation(worker, place)
    assert refused(user=worker, organisation=place, started=10) == "elevation_one_at_a_time"


def test_a_third_one_of_a_day_waits_for_a_review_of_one(worker, place):
    for began in (-23 * 60, -120):
        make_elevation(worker, place, started=began)
    assert refused(user=worker, organisation=place) == "elevation_review_first"
    assert make_elevation(make_user("field_worker", place), place)
    Elevation.objects.filter(starts_at__lt=timezone.now() - 20 * HOUR).update(
        reviewed_by=make_user("coordinator", place), reviewed_at=timezone.now(), outcome="justified"
    )
    assert make_elevation(worker, place)


def test_nobody_reviews_their_own(worker, place):
    make_membership(worker, Role.COORDINATOR, place)
    over = {"started": -90, "outcome": "justified", "reviewed_at": timezone.now()}
    found = refused(user=worker, organisation=place, reviewed_by=worker, **over)
    assert found == "elevation_reviewed_by_another"


def test_a_review_is_whole(worker, place):
    found = refused(user=worker, organisation=place, started=-90, outcome="justified")
    assert found == "elevation_reviewed_as_a_whole"


def test_what_is_open_is_not_reviewed_yet(worker, place):
    review = {"outcome": "justified", "reviewed_at": timezone.now()}
    auditor = make_user(Role.AUDITOR, place)
    found = refused(user=worker, organisation=place, reviewed_by=auditor, **review)
    assert found == "elevation_reviewed_once_over"


def test_it_ends_within_its_time(worker, place):
    late = timezone.now() + 2 * HOUR
    assert refused(user=worker, organisation=place, ended_at=late) == "elevation_ends_within"


def test_its_findings_are_sealed(worker, place):
    made = make_elevation(worker, place)
    statement = "UPDATE accounts_elevation SET findings = 'plain'::bytea WHERE id = %s"
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement, [made.pk])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_at", timezone.now() + dt.timedelta(days=1)),
        ("role", Role.CASE_WORKER),
        ("starts_at", timezone.now() - HOUR),
    ],
)
def test_it_is_never_stretched(worker, place, field, value):
    made = make_elevation(worker, place)
    with pytest.raises(ValidationError, match="never changes"), explained():
        Elevation.objects.filter(pk=made.pk).update(**{field: value})


def test_what_was_ended_and_reviewed_stays(worker, place):
    made = make_elevation(worker, place)
    rows = Elevation.objects.filter(pk=made.pk)
    rows.update(ended_at=timezone.now())
    with pytest.raises(ValidationError, match="closed"), explained():
        rows.update(ended_at=None)
    auditor = make_user(Role.AUDITOR, place)
    rows.update(reviewed_by=auditor, reviewed_at=timezone.now(), outcome="not_justified")
    with pytest.raises(ValidationError, match="closed"), explained():
        rows.update(outcome="justified")


def test_it_is_never_deleted(worker, place):
    made = make_elevation(worker, place)
    with pytest.raises(ValidationError, match="never deleted"), explained():
        Elevation.objects.filter(pk=made.pk).delete()


def test_its_words_are_sealed_in_the_database(worker, place):
    made = make_elevation(worker, place)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM accounts_elevation WHERE id = %s", [made.pk])
        assert b"coordinator" not in bytes(cursor.fetchone()[0])
    assert Elevation.objects.get(pk=made.pk).reason == made.reason


def test_it_opens_rights_while_it_lasts(worker, place):
    assert not worker.has_perm("beneficiaries.review_counts")
    made = make_elevation(worker, place)
    assert User.objects.get(pk=worker.pk).has_perm("beneficiaries.review_counts", made)
    Elevation.objects.filter(pk=made.pk).update(ended_at=timezone.now())
    assert not User.objects.get(pk=worker.pk).has_perm("beneficiaries.review_counts")


@pytest.mark.parametrize("started", [-30, 1])
def test_it_opens_nothing_before_or_after(worker, place, started):
    make_elevation(worker, place, started=started)
    assert User.objects.get(pk=worker.pk).access.elevation is None


def test_it_opens_nothing_elsewhere_or_without_a_membership(worker, place):
    make_elevation(worker, make_organisation())
    assert User.objects.get(pk=worker.pk).access.elevation is None
    former = make_user(None)
    make_elevation(former, place)
    assert User.objects.get(pk=former.pk).access.permissions == frozenset()


def test_it_opens_nothing_to_a_closed_account_or_organisation(worker, place):
    make_elevation(worker, place)
    type(place).objects.filter(pk=place.pk).update(is_active=False)
    assert User.objects.get(pk=worker.pk).access.permissions == frozenset()


def test_what_it_opens_is_written_right_by_right():
    """Who may become whom, and what of it opens: no power over accounts, exports or reviews."""
    for role, rights in ELEVATED.items():
        assert rights <= PERMISSIONS[role]
        kept = [r for r in rights if r.startswith(("accounts.", "audit.", "programs.edit"))]
        assert kept == []
        assert not any("export" in right or "lock" in right for right in rights)
    assert frozenset().union(*ELEVATIONS.values()) == set(ELEVATED)
    assert not set(ELEVATIONS) & NEVER_ELEVATED
    assert not set(ELEVATED) & NEVER_ELEVATED


def test_an_administrator_reads_no_counts_by_it(place):
    """Even a row that somebody wrote in the database opens only its own role's rights."""
    admin = make_user("administrator", place)
    made = make_elevation(admin, place)
    assert made.permissions == ELEVATED[Role.COORDINATOR]
    assert roles_to_elevate_to(admin, place.pk) == frozenset()
    make_membership(admin, "field_worker", place)
    assert roles_to_elevate_to(User.objects.get(pk=admin.pk), place.pk) == frozenset()
