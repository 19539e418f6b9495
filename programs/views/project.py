from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programs import records
from programs.forms import ProjectFilter
from programs.rights import may_edit

from .pages import page_of


def projects(request: HttpRequest) -> HttpResponse:
    asked = ProjectFilter(request.GET, user=request.user)
    rows = records.projects(request.user).matching(**asked.wanted)
    context = {"form": asked, "page": page_of(rows, request)}
    return render(request, "programs/projects.html", context)


def project(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(records.project(request.user), pk=pk)
    context = {"project": row, "may_edit": may_edit(request.user, row)}
    return render(request, "programs/project.html", context)
