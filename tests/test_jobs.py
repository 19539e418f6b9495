"""Jobs run in the name of who asked for them, with the rights they have by then."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from accounts import jobs
from accounts.models import Membership, User
from accounts.roles import Role
from audit.models import SubmittedForm
from audit.scope import current, scope
from tests.factories import make_elevation, make_organisation, make_user
from tests.jobs import run_jobs, waiting

pytestmark = pytest.mark.django_db
RIGHT = "accounts.manage_access"
seen = []


@jobs.requested(permission=RIGHT)
def note(*, by: User, number: int) -> None:
    """What a job knows while it runs."""
    now = current()
    seen.append((by, number, now, translation.get_language(), timezone.get_current_timezone_name()))


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()


@pytest.fixture
def administrator():
    organisation = make_organisation(time_zone="Asia/Kolkata")
    return make_user(Role.ADMINISTRATOR, organisation, language="fr")


def test_a_job_runs_in_the_scope_language_and_hours_of_who_asked(administrator):
    request_id = uuid.uuid4()
    with scope(user_id=administrator.pk, request_id=request_id):
        note.ask(by=administrator, number=7)
    run_jobs()
    by, number, now, language, hours = seen[0]
    assert (by, number, language, hours) == (administrator, 7, "fr", "Asia/Kolkata")
    assert now.user_id == administrator.pk
    assert now.organisation_ids == tuple(administrator.access.organisation_ids)
    assert now.request_id == request_id


def test_organisations_are_those_of_when_it_runs(administrator):
    note.ask(by=administrator, number=1)
    second = make_organisation()
    Membership.objects.create(
        user=administrator,
        organisation=second,
        role=Role.FIELD_WORKER,
        active=(dt.date(2020, 1, 1), None),
    )
    run_jobs()
    assert second.pk in seen[0][2].organisation_ids


def test_whoever_lost_the_right_is_refused_and_not_tried_again(administrator):
    note.ask(by=administrator, number=1)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    administrator.memberships.update(active=(dt.date(2000, 1, 1), yesterday))
    run_jobs()
    assert seen == []


def test_what_is_done_under_emergency_access_says_so():
    place = make_organisation()
    worker = make_user(Role.FIELD_WORKER, place)
    elevation = make_elevation(worker, place)
    with jobs.acting_for(str(worker.pk), "beneficiaries.review_counts"):
        assert current().elevation_id == elevation.pk


def test_a_deactivated_account_is_refused(administrator):
    User.objects.update(is_active=False)
    with pytest.raises(PermissionDenied), jobs.acting_for(str(administrator.pk), RIGHT):
        pass


def test_an_account_that_is_gone_is_refused():
    with pytest.raises(PermissionDenied), jobs.acting_for(str(uuid.uuid4()), RIGHT):
        pass


def test_a_job_of_a_transaction_that_fails_is_not_queued(administrator):
    with transaction.atomic():
        note.ask(by=administrator, number=1)
        transaction.set_rollback(True)
    assert waiting() == []


def test_the_same_job_waits_once(administrator):
    note.ask(by=administrator, number=1)
    note.ask(by=administrator, number=1)
    note.ask(by=administrator, number=2)
    assert [job.args["number"] for job in waiting()] == [1, 2]


def test_a_job_carries_keys_alone(administrator):
    note.ask(by=administrator, number=1)
    assert set(waiting()[0].args) == {"requester_id", "request_id", "number"}


def test_keys_of_forms_are_forgotten_after_two_days():
    now = timezone.now()
    for hours in (1, 47, 49):
        SubmittedForm.objects.create(at=now - dt.timedelta(hours=hours))
    app.perform_import_paths()
    app.tasks["audit.jobs.forget_submitted_forms"](timestamp=0)
    assert SubmittedForm.objects.count() == 2


def test_every_job_that_runs_by_itself_is_known_to_the_worker():
    app.perform_import_paths()
    names = {name for name, _id in app.periodic_registry.periodic_tasks}
    own = ["forget_submitted_forms", "forget_jobs", "resume_jobs"]
    assert {f"audit.jobs.{name}" for name in own} <= names
    assert {"accounts.jobs.forget_sessions", "programs.jobs.sweep_files"} <= names
