"""Reports and what they count."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.sheet import asked
from programs.models import Cell, Indicator, ProgramSite

from .accounts import make_user
from .catalogue import make_program_indicator, make_program_site


def make_report(place: ProgramSite | None = None, month: dt.date | None = None, **fields):
    """The draft of a month (January 2026) at a site of a program."""
    place = place or make_program_site()
    return CountReport.objects.create(
        organisation=place.organisation,
        program=place.program,
        site=place.site,
        month=month or dt.date(2026, 1, 1),
        **fields,
    )


def make_filled_report(
    place: ProgramSite | None = None, month: dt.date | None = None, *, value: int = 1, **fields
) -> CountReport:
    """A draft with `value` in every cell; the program reports one indicator at least."""
    report = make_report(place, month, **fields)
    if not report.program.program_indicators.exists():
        make_program_indicator(report.program)
    BeneficiaryCount.objects.bulk_create(
        BeneficiaryCount(
            organisation=report.organisation,
            report=report,
            indicator=row.indicator,
            breakdown=row.indicator.breakdown,
            cell_id=column.cell_id,
            value=value,
        )
        for row in asked(program=report.program, month=report.month).rows
        for column in row.columns
    )
    return report


def make_correction(place: ProgramSite, month: dt.date) -> CountReport:
    """The draft that corrects an approved report."""
    approved = make_filled_report(place, month)
    submit_as_is(approved)
    return make_filled_report(
        place,
        month,
        version=2,
        supersedes=approved,
        correction_reason="The register says otherwise.",
    )


def make_counts(
    place: ProgramSite,
    month: dt.date,
    values: dict[Indicator, dict[str, int | str]],
    *,
    status: str = "approved",
    **fields,
) -> CountReport:
    """A report of these numbers (or reasons why one is missing), by indicator and cell key."""
    report = make_report(place, month, **fields)
    cells = {(c.breakdown_id, c.key): c for c in Cell.objects.all()}
    BeneficiaryCount.objects.bulk_create(
        BeneficiaryCount(
            organisation=report.organisation,
            report=report,
            indicator=indicator,
            breakdown=indicator.breakdown,
            cell=cells[indicator.breakdown_id, key],
            value=value if isinstance(value, int) else None,
            missing_reason="" if isinstance(value, int) else value,
        )
        for indicator, by_cell in values.items()
        for key, value in by_cell.items()
    )
    if status != "draft":
        submit_as_is(report, status)
    return report


def submit_as_is(report: CountReport, status: str = "approved") -> None:
    """Submit (and approve) a report without asking whether it is complete."""
    rows = CountReport.objects.filter(pk=report.pk)
    now = timezone.now()
    rows.update(status="submitted", submitted_by=make_user(None), submitted_at=now)
    if status == "approved":
        rows.update(status="approved", reviewed_by=make_user(None), reviewed_at=now)
    report.refresh_from_db()
