"""Invitations: somebody joins with a role, through a link that their own e-mail receives."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import Invitation, Membership, User
from accounts.models.user import one_case
from accounts.rights import require_giver, roles_to_give
from accounts.two_people import Change
from audit import journal
from audit.scope import show_link, within
from programs.models import Organisation, Program, Site
from programs.violations import explained

from .membership import tell_who_watches


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
    require_giver(by, organisation, role)
    if one_case(email) == one_case(by.email):
        raise ValidationError({"email": _("Nobody gives themselves a role.")}, code="self")
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
        # Replaced when the e-mail leaves: until then no link opens it.
        token_hash=hashed(secrets.token_urlsafe(32)),
    )
    with explained():
        invitation.save()
    journal.record("invite", invitation, by=by, details=_facts(invitation))
    jobs.send_invitation.ask(by=by, invitation_id=str(invitation.pk))
    return invitation


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
    if invitation.accepted_at or invitation.withdrawn_at:
        raise ValidationError(_("This invitation was accepted or withdrawn."), code="answered")
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
            "url": settings.PORTAL_ORIGIN + reverse("accept_invitation", args=[token]),
        }
        subject = render_to_string("accounts/email/invitation_subject.txt", context)
        text = render_to_string("accounts/email/invitation_message.txt", context)
    journal.record("send_invitation", invitation, by=by)
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [invitation.email])


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
        invitation = _accepted(invitation)
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
        return _join(_accepted(invitation), by)


def _accepted(invitation: Invitation) -> Invitation:
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if not still_holds(invitation):
        raise ValidationError(_("This invitation no longer works."), code="closed")
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
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
