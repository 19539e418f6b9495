"""Emergency access: opened for a reason, told at once, ended in time, answered for afterwards."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import jobs
from accounts.models import Elevation, User
from accounts.models.elevation import MOST_UNREVIEWED, SHORTEST_REASON
from accounts.rights import holders, roles_to_elevate_to
from accounts.roles import REVIEW_ELEVATIONS
from audit import journal
from programs.models import Organisation
from programs.violations import explained


@transaction.atomic
def elevate(
    *, organisation: Organisation, role: str, minutes: int, reason: str, by: User
) -> Elevation:
    """Let `by` act as `role` in their own organisation, for `minutes`; whoever reviews is told.

    Refused without somebody else who can review it, while an earlier one of theirs has waited
    for its review too long, and after two in a day that nobody has reviewed.
    """
    if role not in roles_to_elevate_to(by, organisation.pk):
        raise PermissionDenied
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError({"reason": _("Say in at least 20 characters why.")}, code="reason")
    _require_reviewer(organisation, by)
    _refuse_while_unreviewed(by)
    now = timezone.now()
    elevation = Elevation(
        organisation=organisation,
        user=by,
        role=role,
        reason=reason.strip(),
        starts_at=now,
        ends_at=now + dt.timedelta(minutes=minutes),
    )
    with explained():
        elevation.save(force_insert=True)
    details = {"role": role, "minutes": minutes, "elevation": str(elevation.pk)}
    journal.record("elevate", elevation, by=by, details=details)
    jobs.tell_of_elevation.defer(elevation_id=str(elevation.pk), organisation_id=organisation.pk)
    return elevation


def _require_reviewer(organisation: Organisation, by: User) -> None:
    if not holders(organisation.pk, REVIEW_ELEVATIONS, besides=[by]):
        raise ValidationError(
            _("Nobody else here could review it: ask your administrator."), code="no_reviewer"
        )


def _refuse_while_unreviewed(by: User) -> None:
    limit = timezone.now() - dt.timedelta(days=settings.ELEVATION_REVIEW_DAYS)
    waiting = by.elevations.over().unreviewed()
    of_a_day = list(waiting.of_a_day())
    earlier = waiting.filter(starts_at__lt=limit).first()
    if len(of_a_day) >= MOST_UNREVIEWED:
        earlier = of_a_day[0]
    if earlier is None:
        return
    if holders(earlier.organisation_id, REVIEW_ELEVATIONS, besides=[by], are_settled=True):
        raise ValidationError(
            _("An earlier emergency access of yours still waits for its review: ask for it first."),
            code="unreviewed",
        )
    raise ValidationError(
        _(
            "An earlier emergency access of yours still waits for its review, and nobody can "
            "review it yet: it takes a coordinator, an administrator or an auditor whose role is "
            "at least 7 days old. Ask your administrator from when on somebody can."
        ),
        code="no_settled_reviewer",
    )


@transaction.atomic
def end(*, elevation: Elevation, by: User) -> Elevation:
    """Stop it before its time: whoever opened it, or whoever may review it."""
    if elevation.user_id != by.pk and not by.has_perm(REVIEW_ELEVATIONS, elevation):
        raise PermissionDenied
    elevation = Elevation.objects.select_for_update(of=("self",)).get(pk=elevation.pk)
    if elevation.is_open:
        elevation.ended_at = timezone.now()
        with explained():
            elevation.save(update_fields=["ended_at"])
        details = {"elevation": str(elevation.pk)}
        journal.record("end_elevation", elevation, by=by, details=details)
    return elevation


@transaction.atomic
def review(*, elevation: Elevation, outcome: str, findings: str, by: User) -> Elevation:
    """Say, for somebody else's emergency access that is over, whether it was justified."""
    if elevation.user_id == by.pk or not by.has_perm(REVIEW_ELEVATIONS, elevation):
        raise PermissionDenied
    elevation = Elevation.objects.select_for_update(of=("self",)).get(pk=elevation.pk)
    if elevation.is_open:
        raise ValidationError(_("It is reviewed once it is over."), code="open")
    if elevation.reviewed_at:
        raise ValidationError(_("Somebody else has reviewed it meanwhile."), code="reviewed")
    elevation.reviewed_by, elevation.reviewed_at = by, timezone.now()
    elevation.outcome, elevation.findings = outcome, findings.strip()
    with explained():
        elevation.save(update_fields=["reviewed_by", "reviewed_at", "outcome", "findings"])
    details = {"outcome": outcome, "elevation": str(elevation.pk)}
    journal.record("review_elevation", elevation, by=by, details=details)
    return elevation
