from __future__ import annotations

from django.core.cache import cache
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from beneficiaries.models import CountReport
from programs.views.pages import page_of
from reports import charts, figures
from reports.filters import filter_bar


def dashboard(request: HttpRequest) -> HttpResponse:
    selection = figures.select(request.user, request.GET)
    board = figures.board(selection)
    context = {
        "board": board,
        "bar": filter_bar(selection),
        "charted": board.tile(request.GET.get("figure", "")),
        "chart_names": charts.NAMES,
        "to_review": CountReport.objects.to_review_by(request.user).count(),
    }
    return render(request, "reports/dashboard.html", context)


def dashboard_chart(request: HttpRequest, name: str) -> HttpResponse:
    key = charts.fragment_key(request.user, name, request.GET) if request.htmx else ""
    if key and (kept := cache.get(key)):
        return HttpResponse(kept)
    selection = figures.select(request.user, request.GET)
    if selection.period.errors:
        return to_mend(request)
    table = charts.table(selection, name, request.GET.get("figure", ""))
    if table is None:
        raise Http404
    context = {"table": table, "svg": charts.svg(table), "legend": charts.legend(table)}
    if not request.htmx:
        return render(request, "reports/chart.html", context | {"bar": filter_bar(selection)})
    response = render(request, "reports/_chart.html", context)
    if key:
        cache.set(key, response.content, charts.FRAGMENT_SECONDS)
    return response


def figure_evidence(request: HttpRequest, program: int, indicator: int) -> HttpResponse:
    selection = figures.select(request.user, request.GET)
    if selection.period.errors:
        return to_mend(request)
    figure = figures.figure(selection, f"{program}-{indicator}")
    if figure is None:
        raise Http404
    page = page_of(figures.evidence(figure), request)
    context = {
        "tile": figure.tile,
        "page": page,
        "opened": figures.openable(page, request.user),
        "bar": filter_bar(selection),
    }
    return render(request, "reports/figure_evidence.html", context)


def to_mend(request: HttpRequest) -> HttpResponse:
    """To the fields of the period, which keep what was typed and say what is wrong with it.

    A fragment of a page has no room for that: no address that the portal gives is refused here.
    """
    if request.htmx:
        raise BadRequest
    return redirect(f"{reverse('dashboard')}?{request.GET.urlencode()}")
