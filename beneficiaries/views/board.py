"""The board of reports, and the opening of one."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from beneficiaries import board as boards
from beneficiaries.actions import report as reports
from beneficiaries.converters import MonthConverter
from beneficiaries.models import CountReport
from beneficiaries.steps import who_frees
from programs.models import Program, Site

MONTHS_SHOWN = {"6": 6, "12": 12}


def count_board(request: HttpRequest) -> HttpResponse:
    """Expected, late, submitted, approved: sites by months."""
    places = boards.places_of(request.user)
    programs = {place.program for place in places}
    chosen = next((p for p in programs if str(p.pk) == request.GET.get("program")), None)
    shown = [place for place in places if chosen in (None, place.program)]
    how_many = MONTHS_SHOWN.get(request.GET.get("months", ""), 6)
    window = boards.window(shown, _last_month(request), how_many)
    rows = boards.board(request.user, window.months, shown)
    context = {
        "rows": rows,
        "window": window,
        "how_many": how_many,
        "programs": sorted(programs, key=lambda program: program.code),
        "chosen": chosen,
        "keeps_tallies": any(place.is_tallied for place in boards.entered_by(request.user, places)),
        "completeness": boards.completeness(rows, window.last_over),
        "legend": boards.legend(rows),
    }
    return render(request, "beneficiaries/count_board.html", context)


def _last_month(request: HttpRequest) -> dt.date:
    """The month that the address asks for; this one for anything that is none."""
    try:
        return MonthConverter().to_python(request.GET["to"])
    except (KeyError, ValueError):
        return boards.this_month()


def count_report_open(
    request: HttpRequest, program_pk: int, site_pk: int, month: dt.date
) -> HttpResponse:
    """Start a month, or say why it cannot be entered."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=program_pk)
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=site_pk)
    where = {"program": program, "site": site, "month": month}
    report = CountReport.objects.visible_to(request.user).of_month(**where).current()
    try:
        if report is None and request.method == "POST":
            report = reports.open_report(**where, by=request.user)
        elif report is None:
            reports.check_may_open(_wanted(**where), by=request.user)
    except ValidationError as error:
        return _cannot_open(request, error, **where)
    if report is not None:
        return redirect(report)
    _lock, exception = reports.held(_wanted(**where))
    return render(request, "beneficiaries/count_report_open.html", where | {"exception": exception})


def _wanted(program: Program, site: Site, month: dt.date) -> CountReport:
    return CountReport(
        organisation_id=site.organisation_id, program=program, site=site, month=month
    )


def _cannot_open(
    request: HttpRequest, error: ValidationError, **where: Program | Site | dt.date
) -> HttpResponse:
    is_locked = error.code == "month_is_locked"
    lock = reports.lock_of(_wanted(**where)) if is_locked else None
    context = where | {"why": error.messages, "ask": who_frees(lock) if lock else []}
    return render(request, "beneficiaries/count_report_open.html", context)
