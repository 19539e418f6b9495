"""What one person may do next with a report, and why not."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import Membership, User
from accounts.roles import roles_with

from .actions.report import held
from .models import CountReport, LockException, PeriodLock

Status = CountReport.Status


@dataclass(frozen=True)
class Steps:
    """The steps open to a person on a report."""

    enter: bool
    submit: bool
    take_back: bool
    review: bool
    # A reviewer who submitted it: someone else approves.
    waits_for_other: bool
    correct: bool
    discard: bool
    lock: PeriodLock | None
    # What frees the month of a lock today.
    exception: LockException | None
    # Who can grant an exception to the lock.
    ask: list[str]


def steps_of(report: CountReport, user: User) -> Steps:
    """Without a lock, no query; rights are in memory."""
    lock, exception = held(report)
    is_free = lock is None
    writes = user.has_perm("beneficiaries.enter_counts", report)
    reviews = user.has_perm("beneficiaries.review_counts", report)
    is_submitted = report.status == Status.SUBMITTED
    is_own = report.submitted_by_id == user.pk
    return Steps(
        enter=is_free and writes and report.is_editable,
        submit=is_free and report.is_editable and _submits(report, user),
        take_back=is_free and is_submitted and is_own,
        review=is_free and is_submitted and reviews and not is_own,
        waits_for_other=is_submitted and reviews and is_own,
        correct=is_free
        and writes
        and report.status == Status.APPROVED
        and report.correction is None,
        discard=writes and report.status == Status.DRAFT and report.version > 1,
        lock=lock,
        exception=exception,
        ask=who_frees(lock) if lock else [],
    )


def who_frees(lock: PeriodLock) -> list[str]:
    """Names of the colleagues who can grant an exception to a lock: of all that it holds."""
    memberships = Membership.objects.current().filter(
        Q(program=None) | Q(program=lock.program_id),
        organisation=lock.organisation_id,
        role__in=roles_with("beneficiaries.lock_months"),
        site=None,
        user__is_active=True,
    )
    names = memberships.order_by("user__display_name").values_list("user__display_name", flat=True)
    return list(names.distinct())


def _submits(report: CountReport, user: User) -> bool:
    return user.has_perm("beneficiaries.submit_counts", report)
