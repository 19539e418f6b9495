from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from . import reading
from .forms import JournalFilterForm
from .lines import lines_of
from .words import Kind

PAGE = 50


def journal(request: HttpRequest) -> HttpResponse:
    """What the people of an organisation did and saw, newest first."""
    filters = JournalFilterForm(request.GET, by=request.user)
    own = request.user.access.organisations_with("audit.view_journal")
    with reading.of_organisations(own) as entries:
        found = list(entries.matching(**filters.wanted).newest(PAGE + 1))
    context = {
        "filters": filters,
        "kind": filters.wanted["kind"],
        "kinds": [("", ""), *Kind.choices],
        "lines": lines_of(found[:PAGE]),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "about": filters.wanted["about"],
    }
    return render(request, "audit/journal.html", context)


def journal_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """All that one entry says."""
    own = request.user.access.organisations_with("audit.view_journal")
    with reading.of_organisations(own) as entries:
        entry = entries.filter(pk=pk).first()
    if entry is None:
        raise Http404
    return render(request, "audit/journal_entry.html", {"line": lines_of([entry])[0]})
