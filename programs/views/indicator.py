from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programs import records
from programs.forms import IndicatorFilter
from programs.rights import may_edit

from .pages import page_of


def indicators(request: HttpRequest) -> HttpResponse:
    asked = IndicatorFilter(request.GET, user=request.user)
    rows = records.indicators(request.user).matching(**asked.wanted)
    context = {"form": asked, "page": page_of(rows, request)}
    return render(request, "programs/indicators.html", context)


def indicator(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(records.indicator(request.user), pk=pk)
    context = {"indicator": row, "may_edit": may_edit(request.user, row)}
    return render(request, "programs/indicator.html", context)
