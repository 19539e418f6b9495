"""The correction of an approved report: begun, or given up."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal
from beneficiaries import history
from beneficiaries.models import BeneficiaryCount, CountNote, CountReport
from programs.violations import explained

from .report import check_enters, hold, read_reason

Status = CountReport.Status


@transaction.atomic
def correct(*, report: CountReport, reason: str, by: User) -> CountReport:
    """Start a new version of an approved report, with its counts; it stays valid meanwhile."""
    report = hold(report)
    check_enters(report, by)
    if report.status != Status.APPROVED:
        raise ValidationError(_("Only an approved report is corrected."), code="state")
    if report.correction is not None:
        raise ValidationError(_("A correction of this month is already started."), code="state")
    said = read_reason(reason, _("Say in at least ten characters why it is corrected."))
    with explained():
        version = CountReport.objects.create(
            organisation_id=report.organisation_id,
            program=report.program,
            site=report.site,
            month=report.month,
            version=report.version + 1,
            supersedes=report,
            correction_reason=said,
            comment=report.comment,
        )
        _copy(report, version)
    journal.record("correct", version, by=by)
    return version


def check_may_discard(report: CountReport, *, by: User) -> None:
    """Say why a report cannot be given up, before one is asked to confirm it."""
    check_enters(report, by)
    if report.version == 1 or report.status != Status.DRAFT:
        raise ValidationError(
            _("Only a correction that nobody has reviewed can be given up."), code="state"
        )


@transaction.atomic
def discard(*, report: CountReport, by: User, seen: str | None = None) -> None:
    """Give up a correction that nobody has reviewed, also after one took it back.

    With what `by` saw of it (history.stamp), refuses when somebody typed in it since.
    """
    report = hold(report)
    check_may_discard(report, by=by)
    if seen is not None and seen != history.stamp(report):
        raise ValidationError(
            _("Somebody typed in this correction since you looked. Look again at what is lost."),
            code="changed",
        )
    journal.record("discard", report, by=by, details={"version": report.version})
    with explained():
        report.delete()


def _copy(report: CountReport, version: CountReport) -> None:
    """Copy the counts and their explanations into a new version."""
    for model in (BeneficiaryCount, CountNote):
        rows = list(model.objects.filter(report=report))
        for row in rows:
            row.pk, row.report = None, version
            row._state.adding = True  # what is sealed is sealed anew, for the new row
        model.objects.bulk_create(rows)
