import datetime as dt
import hashlib
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.actions import account as account_actions
from accounts.actions import invitation as actions
from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from audit.models import JournalEntry
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs, waiting

pytestmark = pytest.mark.django_db
FROM_TODAY = DateRange(dt.date(2026, 1, 1), None)


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR)


def home(user):
    return user.access.memberships[0].organisation


def invite(by, **fields) -> Invitation:
    defaults = {
        "email": "new@example.org",
        "language": "fr",
        "organisation": home(by),
        "role": Role.COORDINATOR,
        "active": FROM_TODAY,
    }
    return actions.invite(by=by, **(defaults | fields))


def sent_token(mailoutbox) -> str:
    return re.search(r"/invitations/([\w-]{43})/", mailoutbox[-1].body)[1]


def test_the_mail_leaves_from_a_job_with_a_link_whose_hash_alone_is_kept(administrator, mailoutbox):
    invitation = invite(administrator)
    assert mailoutbox == []
    assert [job.args["invitation_id"] for job in waiting()] == [str(invitation.pk)]
    run_jobs()
    token = sent_token(mailoutbox)
    invitation.refresh_from_db()
    assert invitation.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert mailoutbox[0].to == ["new@example.org"]
    assert actions.find(token) == invitation


def test_the_mail_speaks_the_language_of_who_is_invited(administrator, mailoutbox):
    from django.utils import translation

    invite(administrator, language="en")
    with translation.override("fr"):
        run_jobs()
    assert mailoutbox[0].subject == "You are invited to the portal"
    assert translation.get_language() == "en"


def test_a_link_holds_seven_days(administrator):
    invitation = invite(administrator)
    days = (invitation.expires_at - timezone.now()).total_seconds() / 86400
    assert 6.99 < days <= 7


def test_sent_again_the_former_link_stops_working(administrator, mailoutbox):
    invitation = invite(administrator)
    run_jobs()
    first = sent_token(mailoutbox)
    actions.resend(invitation=invitation, by=administrator)
    run_jobs()
    assert len(mailoutbox) == 2
    assert actions.find(first) is None
    assert actions.find(sent_token(mailoutbox)) == invitation


def test_asked_twice_before_it_left_it_leaves_once(administrator, mailoutbox):
    invitation = invite(administrator)
    actions.resend(invitation=invitation, by=administrator)
    run_jobs()
    assert len(mailoutbox) == 1


def test_an_expired_invitation_sent_again_holds_again(administrator):
    invitation = invite(administrator)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    invitation.refresh_from_db()
    assert not invitation.is_open
    actions.resend(invitation=invitation, by=administrator)
    invitation.refresh_from_db()
    assert invitation.is_open


def test_withdrawn_it_cannot_be_accepted_nor_sent(administrator):
    invitation = invite(administrator)
    actions.withdraw(invitation=invitation, by=administrator)
    invitation.refresh_from_db()
    assert not actions.still_holds(invitation)
    with pytest.raises(ValidationError, match="answered or withdrawn"):
        actions.resend(invitation=invitation, by=administrator)


def test_accepting_opens_an_account_with_that_role_and_no_other(administrator):
    invitation = invite(administrator)
    user = actions.accept(
        invitation=invitation, display_name="Nadia", password="x" * 14, language="fr"
    )
    held = Membership.objects.get(user=user)
    assert (held.role, held.organisation, held.granted_by) == (
        Role.COORDINATOR,
        home(administrator),
        administrator,
    )
    assert user.check_password("x" * 14)
    with pytest.raises(ValidationError, match="no longer works"):
        actions.accept(invitation=invitation, display_name="Eve", password="x" * 14, language="fr")


def test_an_account_of_that_email_gains_the_role(administrator):
    other = make_user(Role.PARTNER, email="New@example.org")
    membership = actions.accept_with_account(invitation=invite(administrator), by=other)
    assert membership.user == other
    assert User.objects.filter(email__iexact="new@example.org").count() == 1


def test_an_account_of_another_email_gains_nothing(administrator):
    invitation = invite(administrator)
    with pytest.raises(PermissionDenied):
        actions.accept_with_account(invitation=invitation, by=make_user(Role.PARTNER))


def test_nobody_invites_themselves(administrator):
    with pytest.raises(ValidationError, match="gives themselves"):
        invite(administrator, email=administrator.email.upper())


def test_an_administrator_does_not_give_the_platforms_role(administrator):
    with pytest.raises(PermissionDenied):
        invite(administrator, role=Role.PLATFORM_ADMINISTRATOR)


def test_nobody_invites_into_another_organisation(administrator):
    with pytest.raises(PermissionDenied):
        invite(administrator, organisation=make_organisation())


@pytest.mark.parametrize(
    "role", sorted(set(Role.values) - {"administrator", "platform_administrator"})
)
def test_other_roles_invite_nobody(role):
    user = make_user(role)
    with pytest.raises(PermissionDenied):
        invite(user, role=Role.FIELD_WORKER)


def test_the_platform_starts_an_organisation_that_has_no_administrator():
    platform = make_user(Role.PLATFORM_ADMINISTRATOR)
    fresh = make_organisation()
    with pytest.raises(PermissionDenied):
        invite(platform, organisation=fresh, role=Role.COORDINATOR)
    invite(platform, organisation=fresh, role=Role.ADMINISTRATOR)
    make_user(Role.ADMINISTRATOR, fresh)
    with pytest.raises(PermissionDenied):
        invite(platform, organisation=fresh, role=Role.ADMINISTRATOR, email="b@example.org")


def test_an_invitation_of_somebody_who_lost_the_right_no_longer_holds(administrator):
    boss = make_user(Role.ADMINISTRATOR, home(administrator))
    invitation = invite(administrator)
    account_actions.deactivate(user=administrator, by=boss, revision=administrator.revision)
    assert not actions.still_holds(Invitation.objects.get(pk=invitation.pk))


def test_a_job_asked_by_somebody_who_lost_the_right_sends_nothing(administrator, mailoutbox):
    boss = make_user(Role.ADMINISTRATOR, home(administrator))
    invite(administrator)
    account_actions.deactivate(user=administrator, by=boss, revision=administrator.revision)
    run_jobs()
    assert [mail.to for mail in mailoutbox] == [[administrator.email]]  # their account is closed


def test_each_step_is_in_the_journal_without_an_email(administrator, mailoutbox):
    invitation = invite(administrator)
    run_jobs()
    actions.accept(invitation=invitation, display_name="N", password="x" * 14, language="fr")
    entries = JournalEntry.objects.filter(target_id=str(invitation.pk)).order_by("id")
    assert [e.action for e in entries] == ["invite", "send_invitation", "accept_invitation"]
    assert {e.organisation_id for e in entries} == {home(administrator).pk}
    assert "example.org" not in str([e.details for e in entries])


def test_a_role_that_is_held_already_is_refused_with_words(administrator):
    other = make_user(None, email="new@example.org")
    make_membership(other, Role.COORDINATOR, home(administrator))
    with pytest.raises(ValidationError, match="already has this role"):
        actions.accept_with_account(invitation=invite(administrator), by=other)
