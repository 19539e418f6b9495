from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programs import records
from programs.forms import ProgramFilter
from programs.models.target import disagreements
from programs.rights import may_edit

from .pages import page_of


def programs(request: HttpRequest) -> HttpResponse:
    asked = ProgramFilter(request.GET, user=request.user)
    rows = records.programs(request.user).matching(**asked.wanted)
    context = {"form": asked, "page": page_of(rows, request)}
    return render(request, "programs/programs.html", context)


def program(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(records.program(request.user), pk=pk)
    context = {
        "program": row,
        "disagreements": disagreements(row.targets.all()),
        "may_edit": may_edit(request.user, row),
    }
    return render(request, "programs/program.html", context)
