"""Months that nobody changes any more, and who may all the same."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal
from beneficiaries.models import LockException, PeriodLock
from programs.models import Organisation, Program, Site
from programs.months import month_after
from programs.violations import explained

PERMISSION = "beneficiaries.lock_months"


@transaction.atomic
def lock_months(
    *,
    organisation: Organisation,
    program: Program | None,
    first: dt.date,
    last: dt.date,
    reason: str,
    by: User,
) -> PeriodLock:
    """Close the months from `first` to `last`, both included, for all sites of the organisation."""
    lock = PeriodLock(
        organisation=organisation,
        program=program,
        span=(first, month_after(last)),
        reason=reason.strip(),
        locked_by=by,
    )
    if not by.has_perm(PERMISSION, lock):
        raise PermissionDenied
    if last < first:
        message = _("The last month must not be before the first.")
        raise ValidationError({"last": message}, code="order")
    with explained():
        lock.save(force_insert=True)
    journal.record("lock", lock, by=by, reason=journal.typed(lock.reason))
    return lock


@transaction.atomic
def lift(*, lock: PeriodLock, reason: str, by: User) -> PeriodLock:
    """Open the months again, for a reason."""
    lock = PeriodLock.objects.select_for_update().get(pk=lock.pk)
    if not by.has_perm(PERMISSION, lock):
        raise PermissionDenied
    if lock.lifted_at:
        raise ValidationError(_("This lock is already lifted."), code="lifted")
    if len(reason.strip()) < 10:
        raise ValidationError({"reason": _("Say in at least ten characters why.")}, code="reason")
    lock.lifted_at = timezone.now()
    with explained():
        lock.save(update_fields=["lifted_at"])
    journal.record("lift_lock", lock, by=by, reason=journal.typed(reason))
    return lock


def _check_may_except(lock: PeriodLock, month: dt.date, until: dt.date, by: User) -> None:
    if not by.has_perm(PERMISSION, lock):
        raise PermissionDenied
    if month not in lock.span:
        raise ValidationError({"month": _("This lock does not hold that month.")}, code="month")
    if until < lock.today:
        raise ValidationError({"until": _("Choose today or a later day.")}, code="until")


@transaction.atomic
def grant_exception(
    *, lock: PeriodLock, site: Site, month: dt.date, until: dt.date, reason: str, by: User
) -> LockException:
    """Let one site change one locked month until a day; a later exception replaces an earlier."""
    _check_may_except(lock, month, until, by)
    with explained():
        exception, _is_new = LockException.objects.update_or_create(
            lock=lock,
            site=site,
            month=month,
            defaults={
                "organisation_id": lock.organisation_id,
                "until": until,
                "reason": reason.strip(),
                "granted_by": by,
                "granted_at": timezone.now(),
            },
        )
    journal.record(
        "grant_lock_exception",
        exception,
        by=by,
        reason=journal.typed(reason),
        details={"site": site.pk, "month": month.isoformat(), "until": until.isoformat()},
    )
    return exception
