"""Whoever gives roles is not two people: a role counts for what takes two once held for a week."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from accounts.actions import factor_reset, membership
from accounts.actions.invitation import accept_with_account, invite
from accounts.models import FactorReset, Invitation, Membership
from accounts.rights import holders
from accounts.roles import CONFIRM_RESET, Role
from accounts.two_people import DAYS_HELD
from audit.models import JournalEntry
from programs.violations import explained
from reports.actions import export as exports
from reports.budget import SECOND_PERSON_ABOVE
from tests.factories import make_export, make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
LARGE = SECOND_PERSON_ABOVE + 1
FROM_2020 = DateRange(dt.date(2020, 1, 1), None)
DAY = dt.timedelta(days=1)


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def administrator(organisation):
    return make_user(Role.ADMINISTRATOR, organisation)


@pytest.fixture
def worker(organisation):
    return make_user(Role.FIELD_WORKER, organisation)


def give(person, role, organisation, by, acting):
    """Through an invitation that is accepted at once, from as far back as its form lets one."""
    with acting(by):
        where = {"organisation": organisation, "role": role, "active": FROM_2020}
        sent = invite(email=person.email, language="en", by=by, **where)
    with acting(person):
        accept_with_account(invitation=sent, by=person)
    person.__dict__.pop("access", None)


def held_for(days, role, organisation):
    person = make_user(None)
    make_membership(person, role, organisation, granted_at=timezone.now() - days * DAY)
    return person


def asked(worker, by) -> FactorReset:
    where = {"organisation": worker.memberships.get().organisation}
    return FactorReset.objects.create(person=worker, asked_by=by, **where)


def refused(name, work, *args, **fields) -> str:
    with pytest.raises(ValidationError) as told, explained():
        work(*args, **fields)
    assert told.value.code == name
    return told.value.messages[0]


def confirm_in_the_row(reset, by):
    decision = {"decided_by": by, "decided_at": timezone.now(), "outcome": "confirmed"}
    FactorReset.objects.filter(pk=reset.pk).update(**decision)


def approve_in_the_row(export, by):
    decision = {"decided_by": by, "decided_at": timezone.now(), "state": "approved"}
    type(export).objects.filter(pk=export.pk).update(**decision)


def test_a_puppet_of_who_asks_lifts_no_factor(organisation, administrator, worker, acting):
    reset, puppet = asked(worker, administrator), make_user(None)
    give(puppet, Role.COORDINATOR, organisation, administrator, acting)
    with acting(puppet):
        assert "less than 7 days old" in refused(
            "factor_reset_second_is_new", factor_reset.confirm, reset=reset, by=puppet
        )
    refused("factor_reset_second_is_new", confirm_in_the_row, reset, puppet)


def test_a_puppet_of_a_puppet_lifts_none_either(organisation, administrator, worker, acting):
    first, second = make_user(None), make_user(None)
    give(first, Role.ADMINISTRATOR, organisation, administrator, acting)
    give(second, Role.AUDITOR, organisation, first, acting)
    refused("factor_reset_second_is_new", confirm_in_the_row, asked(worker, administrator), second)


def test_a_puppet_does_not_ask_for_its_maker_to_confirm(
    organisation, administrator, worker, acting
):
    puppet = make_user(None)
    give(puppet, Role.ADMINISTRATOR, organisation, administrator, acting)
    refused("factor_reset_asker_is_new", asked, worker, puppet)
    refused("factor_reset_asker", asked, worker, make_user(Role.COORDINATOR, organisation))


def test_a_puppet_exports_nothing_large(organisation, administrator, acting):
    puppet = make_user(None)
    give(puppet, Role.COORDINATOR, organisation, administrator, acting)
    told = refused("export_requester_is_new", make_export, puppet, organisation, rows=LARGE)
    assert "added up" in told
    make_export(puppet, organisation, rows=LARGE - 1)
    refused("export_requester_is_new", make_export, puppet, organisation, rows=1)


def test_a_puppet_approves_nothing(organisation, administrator, acting):
    large = make_export(make_user(Role.COORDINATOR, organisation), organisation, rows=LARGE)
    puppet = make_user(None)
    give(puppet, Role.COORDINATOR, organisation, administrator, acting)
    with acting(puppet):
        answer = {"export": large, "is_approved": True, "by": puppet}
        refused("export_decider_is_new", exports.decide, **answer)
        exports.decide(export=large, is_approved=False, reason="Nobody knows why.", by=puppet)


@pytest.mark.parametrize("work", [confirm_in_the_row, approve_in_the_row])
def test_a_week_makes_a_second_person(organisation, administrator, worker, work):
    requester = make_user(Role.COORDINATOR, organisation)
    row = {
        confirm_in_the_row: lambda: asked(worker, administrator),
        approve_in_the_row: lambda: make_export(requester, organisation, rows=LARGE),
    }[work]()
    with pytest.raises(ValidationError), explained():
        work(row, held_for(DAYS_HELD - 0.01, Role.COORDINATOR, organisation))
    work(row, held_for(DAYS_HELD + 0.01, Role.COORDINATOR, organisation))


def test_the_database_dates_what_a_person_gives(organisation, administrator, acting):
    early = {"active": FROM_2020, "granted_at": timezone.now() - 100 * DAY}
    colleague = make_user(Role.FIELD_WORKER, organisation)
    given = {"user": colleague, "organisation": organisation, "role": "auditor"} | early
    with acting(administrator):
        row = Membership.objects.create(granted_by=administrator, **given)
        row.refresh_from_db()
        assert timezone.now() - row.granted_at < DAY
        nobody = given | {"role": "funder", "granted_by": None}
        refused("membership_given_by_somebody", Membership.objects.create, **nobody)


@pytest.mark.parametrize("column", ["granted_by_id", "granted_at", "program_id", "site_id"])
def test_who_gave_it_when_and_where_never_changes(worker, administrator, column):
    values = {"granted_by_id": administrator.pk, "granted_at": timezone.now()}
    rows = Membership.objects.filter(user=worker)
    refused("accounts_membership_keeps", rows.update, **{column: values.get(column, 1)})


def test_who_invited_never_changes(organisation, administrator, acting, worker):
    with acting(administrator):
        rows = Invitation.objects.filter(pk=invited(organisation, administrator).pk)
    refused("accounts_invitation_keeps", rows.update, invited_by=worker)


def test_a_role_opened_again_begins_again(organisation, administrator, acting):
    person = make_user(Role.COORDINATOR, organisation)
    row = person.memberships.get()
    make_membership(person, Role.FIELD_WORKER, organisation)
    yesterday = timezone.localdate() - DAY
    for last_day in (yesterday, timezone.localdate() + 30 * DAY):
        row.refresh_from_db()
        with acting(administrator):
            membership.end_membership(
                membership=row, last_day=last_day, revision=row.revision, by=administrator
            )
    row.refresh_from_db()
    assert timezone.now() - row.granted_at < DAY


def test_an_account_that_opens_again_begins_again(organisation, administrator, worker):
    person = held_for(100, Role.COORDINATOR, organisation)
    reset = asked(worker, administrator)
    for is_open in (False, True):
        type(person).objects.filter(pk=person.pk).update(is_active=is_open)
    refused("factor_reset_second_is_new", confirm_in_the_row, reset, person)
    assert person not in holders(organisation.pk, CONFIRM_RESET, are_settled=True)
    long_open = make_user(Role.AUDITOR, organisation, opened_at=timezone.now() - 8 * DAY)
    assert holders(organisation.pk, CONFIRM_RESET, are_settled=True, besides=[administrator]) == [
        long_open
    ]
    confirm_in_the_row(reset, long_open)


def invited(organisation, by) -> Invitation:
    who = {"email": "new@example.org", "language": "en", "role": Role.COORDINATOR}
    return invite(organisation=organisation, active=FROM_2020, by=by, **who)


def test_the_journal_says_who_gave_the_role_of_the_second_person(
    organisation, administrator, worker, acting
):
    second = make_user(Role.FIELD_WORKER, organisation)
    make_membership(second, Role.COORDINATOR, organisation, granted_by=administrator)
    with acting(second):
        factor_reset.confirm(reset=asked(worker, administrator), by=second)
    said = JournalEntry.objects.get(action="confirm_factor_reset").details
    assert said["role_given_by"] == str(administrator.pk)
    assert said["role_given_at"].startswith("2000-01-01")


def test_an_account_says_who_gave_its_roles(client, organisation, administrator, worker):
    make_membership(worker, Role.PARTNER, organisation, granted_by=administrator)
    client.force_login(administrator)
    html = client.get(reverse("account", args=[worker.pk])).content.decode()
    assert f"given by {administrator} on 1 Jan 2000" in " ".join(html.split())
