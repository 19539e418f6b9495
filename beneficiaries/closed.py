"""Why the counts of a site for a month may not change now, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.models import Organisation, Program

from .models import CountReport, PeriodLock


@dataclass(frozen=True)
class Closed:
    """A site whose month is closed: why, what to do, and the report it is about, if any."""

    reason: str
    report: CountReport | None = None


def closed_sites(
    *, organisation: Organisation, program: Program, month: dt.date, site_ids: Collection[int]
) -> dict[int, Closed]:
    """The closed ones among some sites of an organisation: three queries, however many sites."""
    reports = current_reports(program=program, month=month, site_ids=site_ids)
    closed = {
        site_id: Closed(_why(report), report)
        for site_id, report in reports.items()
        if not report.is_editable
    }
    places = [(organisation.pk, program.pk, site_id) for site_id in site_ids]
    for (place, _month), lock in PeriodLock.objects.holding(places, [month]).items():
        site_id = place[-1]
        closed[site_id] = Closed(_why_locked(lock), reports.get(site_id))
    return closed


def why_closed(report: CountReport, lock: PeriodLock | None) -> str:
    """Why a report that is locked, or no longer a draft, takes no number."""
    return _why_locked(lock) if lock else _why(report)


def current_reports(
    *, program: Program, month: dt.date, site_ids: Collection[int]
) -> dict[int, CountReport]:
    """By site, the version that work goes on with: the open one, else the approved one."""
    reports = (
        CountReport.objects.filter(program=program, month=month, site__in=site_ids)
        .exclude(status=CountReport.Status.SUPERSEDED)
        .order_by("version")
    )
    return {report.site_id: report for report in reports}


def _why_locked(lock: PeriodLock) -> str:
    return _("This month is locked: %(reason)s. Ask a coordinator for an exception.") % {
        "reason": lock.reason.rstrip(". ")
    }


def _why(report: CountReport) -> str:
    if report.status == CountReport.Status.SUBMITTED:
        return gettext_lazy(
            "This month is submitted and waits for approval. To change it, ask a coordinator to "
            "return it, or take it back if you submitted it."
        )
    return gettext_lazy("This month is approved. To change it, start a correction of its report.")
