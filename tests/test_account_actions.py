import datetime as dt
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.actions import account as accounts
from accounts.actions import membership as actions
from accounts.models import Membership, User
from accounts.roles import Role
from audit.journal import reason_in_words
from audit.models import JournalEntry
from tests.factories import make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
FROM_2026 = DateRange(dt.date(2026, 1, 1), None)
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def administrator(organisation):
    return make_user(Role.ADMINISTRATOR, organisation)


@pytest.fixture
def worker(organisation):
    return make_user(Role.FIELD_WORKER, organisation)


def grant(by, user, organisation, **fields) -> Membership:
    defaults = {"role": Role.COORDINATOR, "active": FROM_2026}
    return actions.grant(user=user, organisation=organisation, by=by, **(defaults | fields))


def end(by, membership, last_day=None, revision=None) -> Membership:
    return actions.end_membership(
        membership=membership,
        last_day=last_day or timezone.localdate(),
        revision=membership.revision if revision is None else revision,
        by=by,
    )


def only(user) -> Membership:
    return user.memberships.get()


def test_an_administrator_gives_a_role(administrator, worker, organisation):
    membership = grant(administrator, worker, organisation)
    assert membership.granted_by == administrator
    assert User.objects.get(pk=worker.pk).has_perm("beneficiaries.review_counts")


def test_an_administrator_does_not_raise_their_own_rights(administrator, organisation):
    with pytest.raises(PermissionDenied):
        grant(administrator, administrator, organisation)
    with pytest.raises(PermissionDenied):
        end(administrator, only(administrator), dt.date(2099, 1, 1))


def test_an_administrator_does_not_give_the_platforms_role(administrator, worker, organisation):
    with pytest.raises(PermissionDenied):
        grant(administrator, worker, organisation, role=Role.PLATFORM_ADMINISTRATOR)


def test_an_administrator_does_not_end_the_platforms_role(administrator, organisation):
    platform = make_user(Role.PLATFORM_ADMINISTRATOR, organisation)
    with pytest.raises(PermissionDenied):
        end(administrator, only(platform))
    with pytest.raises(PermissionDenied):
        accounts.deactivate(user=platform, by=administrator, revision=platform.revision)


def test_nothing_is_given_or_ended_in_another_organisation(administrator, worker):
    elsewhere = make_user(Role.FIELD_WORKER)
    with pytest.raises(PermissionDenied):
        grant(administrator, worker, make_organisation())
    with pytest.raises(PermissionDenied):
        end(administrator, only(elsewhere))
    with pytest.raises(PermissionDenied):
        accounts.deactivate(user=elsewhere, by=administrator, revision=elsewhere.revision)


@pytest.mark.parametrize("role", ["coordinator", "auditor", "partner", "field_worker"])
def test_other_roles_give_nothing(role, worker, organisation):
    with pytest.raises(PermissionDenied):
        grant(make_user(role, organisation), worker, organisation)


def test_a_role_ends_and_stays_written(administrator, worker):
    membership = end(administrator, only(worker), timezone.localdate() - ONE_DAY)
    assert membership.active.upper == timezone.localdate()
    assert User.objects.get(pk=worker.pk).access.roles == frozenset()
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_a_role_lasts_through_its_last_day(administrator, worker):
    end(administrator, only(worker), timezone.localdate())
    assert User.objects.get(pk=worker.pk).access.roles == {Role.FIELD_WORKER}


def test_a_role_does_not_end_before_it_begins(administrator, worker):
    with pytest.raises(ValidationError, match="before the first"):
        end(administrator, only(worker), dt.date(1999, 12, 31))


@pytest.mark.parametrize("days", [0, 30], ids=["today", "later"])
def test_a_role_that_begins_today_or_later_ends_at_once(administrator, worker, organisation, days):
    today = timezone.localdate()
    begins = DateRange(today + days * ONE_DAY, None)
    membership = grant(administrator, worker, organisation, active=begins)
    ended = end(administrator, membership, today - ONE_DAY)
    assert ended.is_ended
    assert ended.active == begins
    assert membership not in worker.memberships.lasting()
    assert membership in worker.memberships.ended()
    assert Role.COORDINATOR not in User.objects.get(pk=worker.pk).access.roles
    again = grant(administrator, worker, organisation, active=begins)
    assert list(Membership.objects.of(worker))[-1] == membership
    ended.refresh_from_db()
    with pytest.raises(ValidationError, match="already has this role"):
        end(administrator, ended, today + 60 * ONE_DAY)
    assert again in worker.memberships.lasting()


def test_a_stale_end_is_refused(administrator, worker):
    membership = only(worker)
    end(administrator, membership, dt.date(2030, 1, 1))
    with pytest.raises(ValidationError, match="Somebody changed this"):
        end(administrator, membership, dt.date(2031, 1, 1))


def test_an_organisation_keeps_its_last_administrator(administrator, organisation):
    platform = make_user(Role.PLATFORM_ADMINISTRATOR, organisation)
    with pytest.raises(ValidationError, match="Nobody else manages access"):
        end(platform, only(administrator))
    with pytest.raises(ValidationError, match="Nobody else manages access"):
        accounts.deactivate(user=administrator, by=platform, revision=administrator.revision)


def test_an_administrator_who_leaves_too_does_not_count(administrator, organisation):
    leaving = make_user(None)
    tomorrow = timezone.localdate() + ONE_DAY
    make_membership(
        leaving, Role.ADMINISTRATOR, organisation, active=(dt.date(2020, 1, 1), tomorrow)
    )
    with pytest.raises(ValidationError, match="Nobody else manages access"):
        end(leaving, only(administrator), timezone.localdate() + 7 * ONE_DAY)
    second = make_user(Role.ADMINISTRATOR, organisation)
    end(second, only(administrator), timezone.localdate() + 7 * ONE_DAY)


def test_a_deactivated_account_has_no_right_at_once(administrator, worker):
    accounts.deactivate(user=worker, by=administrator, revision=worker.revision, reason="Left")
    fresh = User.objects.get(pk=worker.pk)
    assert fresh.access.memberships == ()
    assert not fresh.has_perm("beneficiaries.enter_counts")
    entry = JournalEntry.objects.get(action="deactivate_account")
    told = reason_in_words(entry)
    assert (entry.user_id, entry.target_id, told) == (administrator.pk, str(worker.pk), "Left")


def test_a_reactivated_account_has_its_roles_again(administrator, worker):
    accounts.deactivate(user=worker, by=administrator, revision=worker.revision)
    for _twice in range(2):
        accounts.reactivate(user=worker, by=administrator)
    assert JournalEntry.objects.filter(action="reactivate_account").count() == 1
    assert User.objects.get(pk=worker.pk).access.roles == {Role.FIELD_WORKER}


def test_nobody_deactivates_themselves(administrator, organisation):
    make_user(Role.ADMINISTRATOR, organisation)
    with pytest.raises(PermissionDenied):
        accounts.deactivate(user=administrator, by=administrator, revision=administrator.revision)


def test_who_works_elsewhere_too_is_not_deactivated(administrator, worker):
    make_membership(worker, Role.PARTNER)
    with pytest.raises(ValidationError, match="end their roles here instead"):
        accounts.deactivate(user=worker, by=administrator, revision=worker.revision)


@pytest.mark.parametrize("is_active", [True, False])
def test_a_former_organisation_closes_and_opens_nothing(administrator, worker, is_active):
    """Nor once the person works nowhere: the account is not theirs any more."""
    end(administrator, only(worker), timezone.localdate() - ONE_DAY)
    User.objects.filter(pk=worker.pk).update(is_active=is_active)
    worker.refresh_from_db()
    acts = {
        True: partial(accounts.deactivate, revision=worker.revision),
        False: accounts.reactivate,
    }
    with pytest.raises(PermissionDenied):
        acts[is_active](user=worker, by=administrator)
    worker.refresh_from_db()
    assert worker.is_active is is_active


def test_a_stale_deactivation_is_refused(administrator, worker):
    stale = worker.revision
    accounts.change_profile(by=worker, display_name="W", language="fr", revision=stale)
    with pytest.raises(ValidationError, match="Somebody changed this"):
        accounts.deactivate(user=worker, by=administrator, revision=stale)


def test_coming_changes_nobodys_revision(worker):
    User.objects.filter(pk=worker.pk).update(seen_at=timezone.now(), last_login=timezone.now())
    assert User.objects.get(pk=worker.pk).revision == worker.revision


def test_giving_and_ending_are_in_the_journal(administrator, worker, organisation):
    membership = end(administrator, grant(administrator, worker, organisation))
    entries = JournalEntry.objects.filter(target_id=str(membership.pk)).order_by("id")
    assert [(e.action, e.organisation_id, e.user_id) for e in entries] == [
        ("grant_membership", organisation.pk, administrator.pk),
        ("end_membership", organisation.pk, administrator.pk),
    ]
    assert entries[1].details["to_before"] is None
    assert entries[1].details["to"] == timezone.localdate().isoformat()
