from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programs import records
from programs.forms import SiteFilter
from programs.rights import may_edit

from .pages import page_of


def sites(request: HttpRequest) -> HttpResponse:
    asked = SiteFilter(request.GET, user=request.user)
    rows = records.sites(request.user).matching(**asked.wanted)
    context = {"form": asked, "page": page_of(rows, request)}
    return render(request, "programs/sites.html", context)


def site(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(records.site(request.user), pk=pk)
    context = {"site": row, "may_edit": may_edit(request.user, row)}
    return render(request, "programs/site.html", context)
