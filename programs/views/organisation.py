from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from programs import records
from programs.forms import OrganisationFilter
from programs.rights import EDIT, may_edit

from .pages import page_of


def organisations(request: HttpRequest) -> HttpResponse:
    asked = OrganisationFilter(request.GET, user=request.user)
    rows = records.organisations(request.user).matching(**asked.wanted)
    context = {"form": asked, "page": page_of(rows, request)}
    return render(request, "programs/organisations.html", context)


def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(records.organisation(request.user), pk=pk)
    editable, own = may_edit(request.user, row), request.user.access.organisation_ids
    context = {
        "organisation": row,
        "may_edit": editable,
        "documents": records.documents(request.user, row),
        "may_keep": request.user.has_perm(EDIT),
        # Partners of an organisation that uses the portal read what is public of it.
        "shows_agreement": editable or row.pk in own or not row.is_tenant,
    }
    return render(request, "programs/organisation.html", context)
