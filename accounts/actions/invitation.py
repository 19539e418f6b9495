"""Invitations: somebody says yes or no to a role, through a link that their e-mail receives."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import jobs, letters
from accounts.models import Invitation, Membership, User
from accounts.models.user import one_case
from accounts.rights import require_giver, require_other, roles_to_give, works_elsewhere
from accounts.two_people import Change
from audit import journal
from audit.scope import show_link, within
from programs.models import Organisation, Program, Site
from programs.violations import explained

from .membership import grant, tell_who_watches


def hashed(token: str) -> str:
    """What is kept of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_end():
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


def _facts(invitation: Invitation) -> dict:
    return {
        "role": invitation.role,
        "program": invitation.program_id,
        "site": invitation.site_id,
        "language": invitation.language,
    }


@transaction.atomic
def give_role(
    *, user: User, organisation: Organisation, by: User, **given
) -> Membership | Invitation:
    """Give a colleague one more role; whoever has none there at present is asked first.

    `given` is what `grant` and `invite` both take: role, active, program, site.
    """
    require_other(by, user)
    given |= {"organisation": organisation, "by": by}
    if user.memberships.lasting().filter(organisation=organisation).exists():
        return grant(user=user, **given)
    return invite(email=one_case(user.email), language=user.language, **given)


@transaction.atomic
def invite(
    *,
    email: str,
    language: str,
    organisation: Organisation,
    role: str,
    active: DateRange,
    by: User,
    program: Program | None = None,
    site: Site | None = None,
) -> Invitation:
    """Invite an e-mail to a role that `by` may give; the link is sent by a job, for 7 days."""
    _require_inviter(by, organisation, role, of=email)
    invitation = Invitation(
        email=email,
        language=language,
        organisation=organisation,
        program=program,
        site=site,
        role=role,
        active=active,
        invited_by=by,
        expires_at=_new_end(),
        token_hash=hashed(_no_link()),
    )
    with explained():
        invitation.save()
    journal.record("invite", invitation, by=by, details=_facts(invitation))
    jobs.send_invitation.ask(by=by, invitation_id=str(invitation.pk))
    return invitation


def _require_inviter(by: User, organisation: Organisation, role: str, *, of: str) -> None:
    """Refuse whoever may not give the role, or would give it to themselves."""
    require_giver(by, organisation, role)
    if one_case(of) == one_case(by.email):
        raise ValidationError({"email": _("Nobody gives themselves a role.")}, code="self")


def _no_link() -> str:
    """Replaced when the e-mail leaves: until then no link opens the invitation."""
    return secrets.token_urlsafe(32)


@transaction.atomic
def resend(*, invitation: Invitation, by: User) -> None:
    """Send a new link, valid 7 days from now; the former one stops working."""
    invitation = _waiting(invitation, by)
    invitation.expires_at = _new_end()
    invitation.save(update_fields=["expires_at"])
    journal.record("resend_invitation", invitation, by=by)
    jobs.send_invitation.ask(by=by, invitation_id=str(invitation.pk))


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User) -> None:
    """Take an invitation back: its link stops working at once."""
    invitation = _waiting(invitation, by)
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    journal.record("withdraw_invitation", invitation, by=by)


def _waiting(invitation: Invitation, by: User) -> Invitation:
    """Lock an invitation that `by` may change and nobody has answered."""
    require_giver(by, invitation.organisation, invitation.role)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not invitation.is_waiting:
        raise ValidationError(_("This invitation was answered or withdrawn."), code="answered")
    return invitation


@transaction.atomic
def send(*, invitation: Invitation, by: User) -> None:
    """Make a new link, keep its hash, and send it in the language of who is invited."""
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hashed(token)
    invitation.save(update_fields=["token_hash"])
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            "has_account": User.objects.with_email(invitation.email) is not None,
            "url": letters.address("accept_invitation", token),
        }
        subject = render_to_string("accounts/email/invitation_subject.txt", context)
        text = render_to_string("accounts/email/invitation_message.txt", context)
    journal.record("send_invitation", invitation, by=by)
    letters.post(invitation.email, subject, text)


def find(token: str) -> Invitation | None:
    """The invitation of a link, whatever has become of it: the link alone opens its row."""
    secret = hashed(token)
    show_link(secret)
    found = Invitation.objects.filter(token_hash=secret).first()
    if found is None:
        return None
    rows = Invitation.objects.select_related("organisation", "program", "site", "invited_by")
    with within(found.organisation_id):
        return rows.get(pk=found.pk)


def still_holds(invitation: Invitation) -> bool:
    """Whether it can be accepted: open, and whoever invited may still give this role."""
    inviter, organisation = invitation.invited_by, invitation.organisation
    with within(organisation.pk):
        return invitation.is_open and invitation.role in roles_to_give(inviter, organisation)


@transaction.atomic
def accept(
    *,
    invitation: Invitation,
    display_name: str,
    password: str,
    language: str,
    at: datetime | None = None,
) -> User:
    """Open the account of somebody new, with the role they were invited to."""
    with within(invitation.organisation_id):
        invitation = _answered(invitation, "accepted_at")
        user = User(email=invitation.email, display_name=display_name, language=language)
        user.set_password(password)
        with explained():
            user.save()
        _join(invitation, user, at)
    return user


@transaction.atomic
def accept_with_account(*, invitation: Invitation, by: User) -> Membership:
    """Add the role of an invitation to the account that already has its e-mail."""
    if one_case(by.email) != one_case(invitation.email) or not by.is_active:
        raise PermissionDenied
    with within(invitation.organisation_id):
        return _join(_answered(invitation, "accepted_at"), by)


@transaction.atomic
def decline(*, invitation: Invitation, by: User | None) -> None:
    """Say no, signed in (`by`) or with the link alone; whoever invited is told by e-mail."""
    if by is not None and one_case(by.email) != one_case(invitation.email):
        raise PermissionDenied
    with within(invitation.organisation_id):
        _answered(invitation, "declined_at")
        journal.record("decline_invitation", invitation, by=by)
    jobs.tell_of_decline.defer(
        invitation_id=str(invitation.pk), organisation_id=invitation.organisation_id
    )


def may_reopen(user: User) -> bool:
    """Whether an account is closed and works nowhere: no organisation can open it any more."""
    return not user.is_active and not works_elsewhere(user, than=[])


@transaction.atomic
def reopen(*, invitation: Invitation, user: User) -> None:
    """Open the closed account that an invitation was sent to, for them to sign in and answer."""
    is_theirs = one_case(user.email) == one_case(invitation.email) and may_reopen(user)
    if not is_theirs or not still_holds(invitation):
        raise PermissionDenied
    user.is_active = True
    user.save(update_fields=["is_active"])
    journal.record("reactivate_account", user, by=None, organisation_id=invitation.organisation_id)


def _answered(invitation: Invitation, when: str) -> Invitation:
    """Lock it, still waiting, and date the answer."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not still_holds(invitation):
        raise ValidationError(_("This invitation no longer works."), code="closed")
    setattr(invitation, when, timezone.now())
    with explained():
        invitation.save(update_fields=[when])
    return invitation


def _join(invitation: Invitation, user: User, at: datetime | None = None) -> Membership:
    membership = Membership(
        user=user,
        organisation_id=invitation.organisation_id,
        program_id=invitation.program_id,
        site_id=invitation.site_id,
        role=invitation.role,
        active=invitation.active,
        granted_by_id=invitation.invited_by_id,
        granted_at=at or timezone.now(),
    )
    with explained():
        membership.save()
    user.refresh_from_db(fields=["session_epoch"])  # raised with the right: this sitting goes on
    journal.record(
        "accept_invitation", invitation, by=user, details={"membership": str(membership.pk)}
    )
    tell_who_watches(membership, Change.GIVEN, by=invitation.invited_by)
    return membership
