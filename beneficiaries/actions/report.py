"""A month's report: opened, submitted, approved or returned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal
from beneficiaries import checks
from beneficiaries.models import CountReport, LockException, PeriodLock
from beneficiaries.models.report import LEAST_REASON
from programs.models import Program, ProgramSite, Site
from programs.violations import explained

Status = CountReport.Status


@dataclass(frozen=True)
class Step:
    """One change of state: the right it takes, from where, to where."""

    name: str
    permission: str
    starts_from: tuple[str, ...]
    leads_to: str


SUBMIT = Step("submit", "beneficiaries.submit_counts", CountReport.EDITABLE, Status.SUBMITTED)
TAKE_BACK = Step("take_back", "beneficiaries.submit_counts", (Status.SUBMITTED,), Status.DRAFT)
APPROVE = Step("approve", "beneficiaries.review_counts", (Status.SUBMITTED,), Status.APPROVED)
RETURN = Step("return", "beneficiaries.review_counts", (Status.SUBMITTED,), Status.RETURNED)
SUPERSEDE = Step("supersede", "beneficiaries.review_counts", (Status.APPROVED,), Status.SUPERSEDED)


class StaleText(Exception):
    """Somebody else changed a text meanwhile: what it says now, and its revision."""

    def __init__(self, *, text: str, revision: int) -> None:
        super().__init__("changed by someone else")
        self.text, self.revision = text, revision


def open_report(*, program: Program, site: Site, month: dt.date, by: User) -> CountReport:
    """The report that work goes on with; a first draft where there is none.

    Refuses a site that is not open for the program that month, a month that has not begun
    where the site is, and a locked month.
    """
    wanted = CountReport(
        organisation_id=site.organisation_id, program=program, site=site, month=month
    )
    check_enters(wanted, by)
    versions = CountReport.objects.of_month(program=program, site=site, month=month)
    if found := versions.current():
        return found
    check_may_open(wanted, by=by)
    try:
        start_reports([wanted], by=by)
    except ValidationError:
        # Somebody opened it at the same moment: theirs is the one.
        if found := versions.current():
            return found
        raise
    return wanted


def start_reports(wanted: Sequence[CountReport], *, by: User) -> None:
    """Write first drafts of sites that are open for their program: all or none, at once.

    The database refuses a month that somebody else started or locked at the same moment.
    """
    for report in wanted:
        check_enters(report, by)
        _check_has_begun(report)
    with explained():
        CountReport.objects.bulk_create(wanted)
        journal.record_each("open", wanted, by=by)


def check_may_open(wanted: CountReport, *, by: User) -> None:
    """Say why this month cannot be entered for this site, before anything is typed."""
    check_enters(wanted, by)
    month, site = wanted.month, wanted.site
    expected = ProgramSite.objects.active_in(month).filter(program=wanted.program, site=site)
    if not expected.exists():
        raise ValidationError(
            _("%(site)s is not open for this program in that month."),
            code="not_active",
            params={"site": site},
        )
    _check_has_begun(wanted)
    if lock := lock_of(wanted):
        raise ValidationError(
            _("This month is locked: %(reason)s. Ask a coordinator for an exception."),
            code="month_is_locked",
            params={"reason": lock.reason.rstrip(". ")},
        )


def lock_of(report: CountReport) -> PeriodLock | None:
    """The lock that holds the month of a report today, if any."""
    return held(report)[0]


def held(report: CountReport) -> tuple[PeriodLock | None, LockException | None]:
    """The lock that holds the month of a report today, or else the exception that frees it."""
    place = (report.organisation_id, report.program_id, report.site_id)
    found, key = PeriodLock.objects.holds([place], [report.month]), (place, report.month)
    return found.locks.get(key), found.exceptions.get(key)


@transaction.atomic
def submit(*, report: CountReport, by: User, at: dt.datetime | None = None) -> CountReport:
    """Hand a complete report over for approval; its counts freeze. Raises checks.NotReady."""
    report = hold(report)
    _check_step(report, SUBMIT, by)
    if found := checks.findings_of(report):
        raise checks.NotReady(found)
    return _move(report, SUBMIT, by, submitted_by=by, submitted_at=at or timezone.now())


@transaction.atomic
def take_back(*, report: CountReport, by: User) -> CountReport:
    """Undo one's own submission while nobody has reviewed it."""
    report = hold(report)
    if report.submitted_by_id != by.pk:
        raise PermissionDenied
    if report.return_reason:
        return _move(report, TAKE_BACK, by, leads_to=Status.RETURNED)
    return _move(report, TAKE_BACK, by, submitted_by=None, submitted_at=None)


@transaction.atomic
def approve(*, report: CountReport, by: User, at: dt.datetime | None = None) -> CountReport:
    """Make a report's counts final, by someone else than who submitted it.

    The version that it corrects is superseded in the same transaction.
    """
    report = hold(report)
    _check_step(report, APPROVE, by)
    if report.supersedes_id:
        _move(hold(report.supersedes), SUPERSEDE, by)
    return _move(report, APPROVE, by, reviewed_by=by, reviewed_at=at or timezone.now())


@transaction.atomic
def return_to_author(
    *, report: CountReport, reason: str, by: User, at: dt.datetime | None = None
) -> CountReport:
    """Give a report back with what to mend; what was submitted can still be compared."""
    report = hold(report)
    _check_step(report, RETURN, by)
    return _move(
        report,
        RETURN,
        by,
        return_reason=read_reason(reason, _("Say in at least ten characters what to mend.")),
        returned_revisions=list(report.counts.values_list("revision", flat=True)),
        reviewed_by=by,
        reviewed_at=at or timezone.now(),
    )


@transaction.atomic
def comment_month(*, report: CountReport, text: str, revision: int, by: User) -> CountReport:
    """Write what is to know about the month, unless somebody else just did (StaleText)."""
    check_enters(report, by)
    found = hold(report)
    if not found.is_editable:
        raise ValidationError(_("This report is no longer open."), code="state")
    if found.comment == text.strip():
        return found
    if found.revision != revision:
        raise StaleText(text=found.comment, revision=found.revision)
    found.comment = text.strip()
    with explained():
        found.save(update_fields=["comment"])
    found.refresh_from_db(fields=["revision"])
    return found


def check_enters(report: CountReport, by: User) -> None:
    if not by.has_perm("beneficiaries.enter_counts", report):
        raise PermissionDenied


def _check_has_begun(report: CountReport) -> None:
    today = timezone.now().astimezone(ZoneInfo(report.site.time_zone)).date()
    if report.month > today:
        raise ValidationError(_("This month has not begun yet."), code="future")


def hold(report: CountReport) -> CountReport:
    """The report as it is now, kept from others until the transaction ends.

    One that a partner took back meanwhile is no longer its lead's to see.
    """
    rows = CountReport.objects.select_for_update(of=("self",))
    held = rows.select_related("program", "site", "organisation").filter(pk=report.pk).first()
    if held is None:
        raise ValidationError(
            _("Somebody else was quicker: this report is no longer to review."), code="state"
        )
    return held


def read_reason(reason: str, refusal: str) -> str:
    """A reason that says something: the database holds it sealed, and sees its length alone."""
    if len(said := reason.strip()) < LEAST_REASON:
        raise ValidationError(refusal, code="reason")
    return said


def _check_step(report: CountReport, step: Step, by: User) -> None:
    if not by.has_perm(step.permission, report):
        raise PermissionDenied
    if report.status not in step.starts_from:
        raise ValidationError(
            _("This report is %(state)s: somebody else was quicker, or the page is old."),
            code="state",
            params={"state": report.get_status_display()},
        )


def _move(
    report: CountReport,
    step: Step,
    by: User,
    *,
    leads_to: str = "",
    **changes: object,
) -> CountReport:
    """The one place where a report changes state: guarded, explained, journalled."""
    _check_step(report, step, by)
    before, places = report.status, report.places(step.permission)
    report.status = leads_to or step.leads_to
    for field, value in changes.items():
        setattr(report, field, value)
    with explained():
        report.save(update_fields=["status", *changes])
    journal.record(
        step.name,
        report,
        by=by,
        audience=by.access.organisations_covering(step.permission, places),
        details={"from": before, "to": report.status, "version": report.version},
    )
    report.refresh_from_db(fields=["revision"])
    return report
