"""Why the counts of a site for a month may not change now, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import CountReport, PeriodLock
from .models.lock import Place, PlaceMonth


@dataclass(frozen=True)
class Closed:
    """A site whose month is closed: why, what to do, and the report it is about, if any."""

    reason: str
    report: CountReport | None = None


def closed_places(places: Collection[Place], month: dt.date) -> dict[Place, Closed]:
    """The closed ones among some places: three queries, however many."""
    closed = closed_months(places, [month], current_reports(places, [month]))
    return {place: why for (place, _month), why in closed.items()}


def closed_months(
    places: Collection[Place], months: Collection[dt.date], reports: dict[PlaceMonth, CountReport]
) -> dict[PlaceMonth, Closed]:
    """The closed months of some places, whose current reports these are: two queries."""
    closed = {
        key: Closed(_why(report), report)
        for key, report in reports.items()
        if not report.is_editable
    }
    for key, lock in PeriodLock.objects.holding(places, months).items():
        closed[key] = Closed(_why_locked(lock), reports.get(key))
    return closed


def why_closed(report: CountReport, lock: PeriodLock | None) -> str:
    """Why a report that is locked, or no longer a draft, takes no number."""
    return _why_locked(lock) if lock else _why(report)


def current_reports(
    places: Collection[Place], months: Collection[dt.date]
) -> dict[PlaceMonth, CountReport]:
    """By place and month, the version that work goes on with: the open one, else the approved."""
    reports = (
        CountReport.objects.filter(
            program__in={program for _organisation, program, _site in places},
            site__in={site for _organisation, _program, site in places},
            month__in=months,
        )
        .exclude(status=CountReport.Status.SUPERSEDED)
        .order_by("version")
    )
    found = {
        ((one.organisation_id, one.program_id, one.site_id), one.month): one for one in reports
    }
    return {key: found[key] for key in product(places, months) if key in found}


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
