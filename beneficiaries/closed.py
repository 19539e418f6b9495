"""Why the counts of a site for a month may not change now, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.models import Organisation, Program

from .models import CountReport, LockException, PeriodLock


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
    for site_id, reason in _locked(organisation, program, month, site_ids).items():
        closed[site_id] = Closed(
            _("This month is locked: %(reason)s. Ask a coordinator for an exception.")
            % {"reason": reason.rstrip(". ")},
            reports.get(site_id),
        )
    return closed


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


def _why(report: CountReport) -> str:
    if report.status == CountReport.Status.SUBMITTED:
        return gettext_lazy(
            "This month is submitted and waits for approval. To change it, ask a coordinator to "
            "return it, or take it back if you submitted it."
        )
    return gettext_lazy("This month is approved. To change it, start a correction of its report.")


def _locked(
    organisation: Organisation, program: Program, month: dt.date, site_ids: Collection[int]
) -> dict[int, str]:
    """By site, why a lock holds the month today (what the database's triggers would refuse)."""
    locks = list(
        PeriodLock.objects.filter(
            Q(program=None) | Q(program=program),
            organisation=organisation,
            lifted_at=None,
            span__contains=month,
        )
    )
    if not locks:
        return {}
    today = timezone.localdate(timezone=ZoneInfo(organisation.time_zone))
    freed = set(
        LockException.objects.filter(
            lock__in=locks, site__in=site_ids, month=month, until__gte=today
        ).values_list("lock_id", "site_id")
    )
    return {
        site_id: lock.reason
        for lock in locks
        for site_id in site_ids
        if (lock.pk, site_id) not in freed
    }
