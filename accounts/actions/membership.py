"""Roles given and ended: never deleted, so that who could do what stays known."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import Membership, User
from accounts.rights import keep_an_administrator, require_giver, require_other
from accounts.roles import Role
from accounts.two_people import Change
from audit import journal
from programs.models import Organisation, Program, Site
from programs.revisions import locked
from programs.violations import explained

ONE_DAY = dt.timedelta(days=1)


@transaction.atomic
def grant(
    *,
    user: User,
    organisation: Organisation,
    role: str,
    active: DateRange,
    by: User,
    program: Program | None = None,
    site: Site | None = None,
) -> Membership:
    """Give somebody else a role that `by` may give, in an organisation or a part of it."""
    require_other(by, user)
    require_giver(by, organisation, role)
    membership = Membership(
        user=user,
        organisation=organisation,
        program=program,
        site=site,
        role=role,
        active=active,
        granted_by=by,
    )
    with explained():
        membership.save()
    journal.record("grant_membership", membership, by=by, details=_facts(membership))
    tell_who_watches(membership, Change.GIVEN, by=by)
    return membership


def tell_who_watches(membership: Membership, change: Change, *, by: User) -> None:
    """Let those who are a second person know of one more or one fewer, in time to ask why."""
    if membership.is_watched:
        jobs.tell_of_role.defer(
            membership_id=str(membership.pk),
            organisation_id=membership.organisation_id,
            change=change.value,
            by_id=str(by.pk),
        )


@transaction.atomic
def end_membership(
    *, membership: Membership, last_day: dt.date, revision: int, by: User
) -> Membership:
    """Set the last day of somebody else's role; an organisation keeps who manages its access.

    A role that begins today or later, with a last day before it, ends at once.
    """
    require_other(by, membership.user)
    require_giver(by, membership.organisation, membership.role)
    membership = locked(membership, revision)
    first_day = membership.active.lower
    at_once = first_day is not None and last_day < first_day
    if at_once and first_day < timezone.localdate():
        raise ValidationError(
            {"last_day": _("The last day must not be before the first.")}, code="order"
        )
    if membership.role == Role.ADMINISTRATOR and not membership.is_ended:
        keep_an_administrator([membership.organisation_id], without=membership.user, after=last_day)
    before, was_ended = _facts(membership)["to"], membership.is_ended
    if at_once:
        membership.ended_at = timezone.now()
    else:
        membership.active, membership.ended_at = DateRange(first_day, last_day + ONE_DAY), None
    with explained():
        membership.save(update_fields=["active", "ended_at"])
    details = _facts(membership) | {"to_before": before}
    journal.record("end_membership", membership, by=by, details=details)
    _tell_of_last_day(membership, was_ended=was_ended, by=by)
    return membership


def _tell_of_last_day(membership: Membership, *, was_ended: bool, by: User) -> None:
    if not was_ended:
        tell_who_watches(membership, Change.ENDED, by=by)
    elif not membership.is_ended:
        tell_who_watches(membership, Change.GIVEN, by=by)


def _facts(membership: Membership) -> dict:
    upper = membership.active.upper
    return {
        "person": str(membership.user_id),
        "role": membership.role,
        "program": membership.program_id,
        "site": membership.site_id,
        "from": membership.active.lower.isoformat() if membership.active.lower else None,
        "to": (upper - ONE_DAY).isoformat() if upper else None,
        "ended_at_once": membership.ended_at is not None,
    }
