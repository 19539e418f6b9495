"""Emergency access: opened, told, ended, reviewed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.actions import elevation as actions
from accounts.models import Elevation
from audit.models import JournalEntry
from programs.violations import explained
from tests.factories import make_elevation, make_membership, make_organisation, make_site, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
WHY = "The coordinator is away and the month is due tonight."


@pytest.fixture
def place():
    return make_organisation()


@pytest.fixture
def worker(place):
    return make_user("field_worker", place, site=make_site(place))


@pytest.fixture
def coordinator(place):
    return make_user("coordinator", place, language="fr")


def elevate(by, place, **fields):
    asked = {"role": "coordinator", "minutes": 30, "reason": WHY} | fields
    return actions.elevate(organisation=place, by=by, **asked)


def test_it_is_written_down_and_told_in_each_readers_language(worker, place, coordinator):
    auditor = make_user("auditor", place, language="en")
    make_user("funder", place)
    make_user("coordinator", make_organisation())
    made = elevate(worker, place)
    assert made.ends_at - made.starts_at == dt.timedelta(minutes=30)
    entry = JournalEntry.objects.get(action="elevate")
    assert entry.details == {"role": "coordinator", "minutes": 30, "elevation": str(made.pk)}
    run_jobs()
    sent = {message.to[0]: message for message in mail.outbox}
    assert set(sent) == {auditor.email, coordinator.email}
    assert "accès d’urgence" in sent[coordinator.email].subject
    assert "Emergency access" in sent[auditor.email].subject
    for message in sent.values():
        assert str(made.pk) in message.body
        assert worker.display_name not in message.body
        assert WHY not in message.body


def test_it_is_told_of_whoever_closes_the_account_first(worker, place, coordinator):
    elevate(worker, place)
    worker.is_active = False
    worker.save(update_fields=["is_active"])
    run_jobs()
    assert [message.to for message in mail.outbox] == [[coordinator.email]]


def test_the_hour_is_that_of_the_organisation():
    place = make_organisation(time_zone="Asia/Kolkata")
    make_user("coordinator", place, language="en")
    made = elevate(make_user("field_worker", place, site=make_site(place)), place)
    run_jobs()
    hour = made.ends_at.astimezone(ZoneInfo("Asia/Kolkata"))
    assert f"{hour:%H:%M}" in mail.outbox[-1].body


def test_whoever_cannot_review_it_any_more_is_not_told(worker, place, coordinator):
    closed = make_user("auditor", place)
    moved = make_user("auditor", place)
    administrator = make_user("administrator", place)
    elevate(worker, place)
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    moved.memberships.update(active=(dt.date(2000, 1, 1), yesterday))
    run_jobs()
    told = {message.to[0] for message in mail.outbox}
    assert told == {coordinator.email, administrator.email}


def test_a_reason_is_given(worker, place, coordinator):
    with pytest.raises(ValidationError) as error:
        elevate(worker, place, reason="  urgent          now ")
    assert list(error.value.message_dict) == ["reason"]


@pytest.mark.parametrize("role", ["administrator", "auditor", "field_worker", "partner"])
def test_only_some_roles_are_opened(worker, place, coordinator, role):
    with pytest.raises(PermissionDenied):
        elevate(worker, place, role=role)


@pytest.mark.parametrize("held", ["administrator", "auditor", "funder", "platform_administrator"])
def test_powers_that_are_kept_apart_are_not_joined(worker, place, coordinator, held):
    make_membership(worker, held, place)
    with pytest.raises(PermissionDenied):
        elevate(worker, place)


def test_it_is_of_ones_own_organisation(worker, coordinator):
    with pytest.raises(PermissionDenied):
        elevate(worker, make_organisation())


def test_somebody_else_must_be_there_to_review_it(worker, place):
    make_user("coordinator", place, site=make_site(place))
    with pytest.raises(ValidationError) as error:
        elevate(worker, place)
    assert error.value.code == "no_reviewer"


def test_none_is_opened_while_an_old_one_waits(worker, place, coordinator):
    make_elevation(worker, place, started=-8 * 24 * 60)
    with pytest.raises(ValidationError) as error:
        elevate(worker, place)
    assert error.value.code == "unreviewed"


def test_one_that_waits_since_yesterday_stops_nobody(worker, place, coordinator):
    make_elevation(worker, place, started=-24 * 60)
    assert elevate(worker, place).is_open


def test_after_two_in_a_day_a_review_comes_first(worker, place, coordinator):
    earlier = [make_elevation(worker, place, started=-began * 60) for began in (23, 2)]
    with pytest.raises(ValidationError) as error:
        elevate(worker, place)
    assert error.value.code == "unreviewed"
    actions.review(elevation=earlier[0], outcome="justified", findings=WHY, by=coordinator)
    assert elevate(worker, place).is_open


def test_two_of_a_day_before_stop_nobody(worker, place, coordinator):
    for began in (26, 25):
        make_elevation(worker, place, started=-began * 60)
    assert elevate(worker, place).is_open


def test_a_second_one_is_refused(worker, place, coordinator):
    elevate(worker, place)
    with pytest.raises(ValidationError) as error:
        elevate(worker, place)
    assert error.value.code == "elevation_one_at_a_time"


def test_it_is_ended_early_by_who_has_it_or_reviews_it(worker, place, coordinator):
    made = elevate(worker, place)
    assert not actions.end(elevation=made, by=coordinator).is_open
    with pytest.raises(PermissionDenied):
        actions.end(elevation=made, by=make_user("field_worker", place))
    again = elevate(worker, place)
    assert not actions.end(elevation=again, by=worker).is_open
    assert JournalEntry.objects.filter(action="end_elevation").count() == 2


def test_ending_what_is_over_changes_nothing(worker, place):
    made = make_elevation(worker, place, started=-90)
    assert actions.end(elevation=made, by=worker).ended_at is None


def review(made, by, outcome="justified"):
    return actions.review(elevation=made, outcome=outcome, findings="We spoke of it.", by=by)


def test_somebody_else_reviews_it_once(worker, place, coordinator):
    made = make_elevation(worker, place, started=-90)
    assert review(made, coordinator).outcome == "justified"
    with pytest.raises(ValidationError) as error:
        review(made, make_user("auditor", place), "not_justified")
    assert error.value.code == "reviewed"
    assert JournalEntry.objects.get(action="review_elevation").details["outcome"] == "justified"


def test_nobody_reviews_their_own(worker, place):
    make_membership(worker, "coordinator", place)
    with pytest.raises(PermissionDenied):
        review(make_elevation(worker, place, started=-90), worker)


def test_two_people_under_emergency_access_do_not_review_each_other(worker, place):
    colleague = make_user("field_worker", place)
    made = make_elevation(worker, place, started=-90)
    make_elevation(colleague, place)
    with pytest.raises(PermissionDenied):
        review(made, type(colleague).objects.get(pk=colleague.pk))


def test_a_role_just_given_reviews_nothing(client, worker, place, coordinator):
    made = make_elevation(worker, place, started=-90)
    new = make_user(None)
    make_membership(new, "auditor", place, granted_at=timezone.now())
    with pytest.raises(ValidationError) as error:
        review(made, new)
    assert error.value.code == "elevation_reviewer_is_new"
    client.force_login(new)
    html = client.get(reverse("elevation", args=[made.pk])).content.decode()
    assert "if there is nobody, the review waits" in html
    assert "Write the review" not in html
    assert review(made, coordinator).outcome == "justified"


def test_the_database_lets_nobody_else_write_a_review(worker, place, coordinator):
    made = make_elevation(worker, place, started=-90)
    decision = {"reviewed_at": timezone.now(), "outcome": "justified"}
    for person in (make_user("funder", place), make_user("coordinator", make_organisation())):
        with pytest.raises(ValidationError) as error, explained():
            Elevation.objects.filter(pk=made.pk).update(reviewed_by=person, **decision)
        assert error.value.code == "elevation_reviewer"


def test_where_nobody_can_review_yet_it_is_said_so(worker, place):
    new = make_user(None)
    make_membership(new, "coordinator", place, granted_at=timezone.now())
    make_elevation(worker, place, started=-8 * 24 * 60)
    with pytest.raises(ValidationError) as error:
        elevate(worker, place)
    assert error.value.code == "no_settled_reviewer"


def test_what_is_open_waits_for_its_end(worker, place, coordinator):
    with pytest.raises(ValidationError) as error:
        review(make_elevation(worker, place), coordinator)
    assert error.value.code == "open"


def test_another_organisation_reviews_nothing(worker, place):
    made = make_elevation(worker, place, started=-90)
    stranger = make_user("coordinator", make_organisation())
    assert not Elevation.objects.visible_to(stranger).exists()
    with pytest.raises(PermissionDenied):
        review(made, stranger)
