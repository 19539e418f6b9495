"""The months beside a report: where its page leads on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import User
from programs.months import month_after

from .actions.report import check_may_open
from .models import CountReport


@dataclass(frozen=True)
class Neighbour:
    """A month beside another one, and the address of its report."""

    month: dt.date
    url: str


def neighbours_of(report: CountReport, user: User) -> tuple[Neighbour | None, Neighbour | None]:
    """The month before and the month after, each where its report is seen or may be begun.

    One query where both reports are there; the rules of opening are asked for one that is not.
    """
    months = (month_after(report.month, -1), month_after(report.month))
    seen = CountReport.objects.visible_to(user).filter(
        program=report.program_id, site=report.site_id, month__in=months
    )
    current = seen.exclude(status=CountReport.Status.SUPERSEDED).order_by("version")
    reports = {one.month: one for one in current}
    before, after = (_neighbour(report, month, reports.get(month), user) for month in months)
    return before, after


def _neighbour(
    report: CountReport, month: dt.date, found: CountReport | None, user: User
) -> Neighbour | None:
    if found is not None:
        return Neighbour(month, found.get_absolute_url())
    wanted = CountReport(
        organisation_id=report.organisation_id,
        program=report.program,
        site=report.site,
        month=month,
    )
    try:
        check_may_open(wanted, by=user)
    except (PermissionDenied, ValidationError):
        return None
    args = [report.program_id, report.site_id, month]
    return Neighbour(month, reverse("count_report_open", args=args))
