"""An answer opens one role, in its own transaction: what was accepted once is no leave for ever."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.actions.invitation import accept_with_account, invite
from accounts.models import Invitation, Membership
from accounts.roles import Role
from audit.scope import within
from programs.violations import explained
from tests.factories import make_organisation, make_user

FROM_2026 = DateRange(dt.date(2026, 1, 1), None)


def change(answered, moment) -> None:
    with explained():
        answered.update(accepted_at=moment)


def test_a_former_answer_counts_no_more(own_database, acting):
    organisation = make_organisation()
    administrator = make_user(Role.ADMINISTRATOR, organisation)
    person = make_user(None)
    offered = {"organisation": organisation, "role": Role.COORDINATOR, "active": FROM_2026}
    with acting(administrator):
        sent = invite(email=person.email, language="en", by=administrator, **offered)
    with acting(person):
        held = accept_with_account(invitation=sent, by=person)
    Membership.objects.filter(pk=held.pk).update(ended_at=timezone.now())

    again = Membership(user=person, granted_by=administrator, **offered)
    answered = Invitation.objects.filter(pk=sent.pk)
    with pytest.raises(ValidationError) as told, acting(administrator), explained():
        again.save()
    assert told.value.code == "membership_given_with_consent"
    for moment in (None, timezone.now()):
        with acting(person), within(organisation.pk), pytest.raises(ValidationError) as told:
            change(answered, moment)
        assert told.value.code == "accounts_invitation_keeps"
