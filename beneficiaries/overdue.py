"""Reports of months long past that are still not in: counted, where a list would hide them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min, Q, Value

from programs.models import ProgramSite
from programs.months import month_after

from .models import CountReport, PeriodLock

Status = CountReport.Status


def overdue(places: Collection[ProgramSite], before: dt.date) -> list[tuple[ProgramSite, dt.date]]:
    """Sites and months before `before` whose report is expected, not locked and not in.

    An organisation owes reports from the month of its first one on: what came before it used
    the portal is not late. One query, and those of the locks where something is overdue.
    """
    since, handed_in = _known(places, before)
    found = {
        (place.program_id, place.site_id, month): (place, month)
        for place in places
        if place.organisation_id in since
        for month in _open_months(place, since[place.organisation_id], before)
        if month not in handed_in.get((place.program_id, place.site_id), ())
    }
    where = {_where(place) for place, _month in found.values()}
    locked = PeriodLock.objects.holding(where, sorted({month for _place, month in found.values()}))
    return [one for one in found.values() if (_where(one[0]), one[1]) not in locked]


def _known(places: Collection[ProgramSite], before: dt.date) -> tuple[dict, dict]:
    """The first month of each organisation; by program and site, the months that are in."""
    rows = (
        CountReport.objects.filter(
            organisation__in={place.organisation_id for place in places}, month__lt=before
        )
        .values_list("organisation", "program", "site")
        .annotate(
            first=Min("month"),
            handed_in=ArrayAgg(
                "month", filter=Q(status__in=[Status.SUBMITTED, Status.APPROVED]), default=Value([])
            ),
        )
        .order_by()
    )
    since: dict[int, dt.date] = {}
    handed_in: dict[tuple[int, int], set[dt.date]] = {}
    for organisation, program, site, first, months in rows:
        since[organisation] = min(first, since.get(organisation, first))
        handed_in[program, site] = set(months)
    return since, handed_in


def _open_months(place: ProgramSite, first: dt.date, before: dt.date) -> Iterator[dt.date]:
    """Months from `first` on, before `before`, in which a site is open for its program."""
    program, active = place.program, place.active
    month = max(first, program.starts_on, active.lower or first).replace(day=1)
    ends = [before, active.upper or before]
    if program.ends_on:
        ends.append(month_after(program.ends_on))
    while month < min(ends):
        yield month
        month = month_after(month)


def _where(place: ProgramSite) -> tuple[int, int, int]:
    return place.organisation_id, place.program_id, place.site_id
