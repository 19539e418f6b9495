"""A block copied from a spreadsheet, looked at before it is written."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from beneficiaries.actions.sheet import write_block
from beneficiaries.closed import why_closed
from beneficiaries.forms.paste import PasteForm
from beneficiaries.models import CountReport
from beneficiaries.sheet import filled
from beneficiaries.steps import Steps, steps_of
from beneficiaries.typed import read_block

from .report import find


def count_report_paste(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay a pasted block on the grid: shown first, written when confirmed."""
    report = find(request, pk)
    may = steps_of(report, request.user)
    if not may.enter:
        return _closed(request, report, may)
    sheet = filled(report)
    form = PasteForm(request.POST or None, sheet=sheet, initial={"start": request.GET.get("start")})
    context = {"report": report, "form": form, "pasted": None, "sheet": sheet}
    if form.is_valid():
        if "confirm" in request.POST:
            if _is_written(request, report, form):
                return redirect(report)
            sheet = filled(report)
        context["pasted"] = read_block(form.cleaned_data["text"], sheet, start=form.first_cell)
    return _shown(request, context)


def _closed(request: HttpRequest, report: CountReport, may: Steps) -> HttpResponse:
    """Why nothing can be pasted now; what was pasted is shown, to be copied."""
    if not request.user.has_perm("beneficiaries.enter_counts", report):
        raise PermissionDenied
    text = request.POST.get("text", "")
    closed = {"why": why_closed(report, may.lock), "ask": may.ask, "text": text}
    return _shown(request, {"report": report, "closed": closed})


def _is_written(request: HttpRequest, report: CountReport, form: PasteForm) -> bool:
    text, seen = form.cleaned_data["text"], request.POST.get("seen", "")
    try:
        changed = write_block(
            report=report, text=text, start=form.first_cell, seen=seen, by=request.user
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    said = ngettext("%(n)s cell changed.", "%(n)s cells changed.", changed)
    messages.success(request, said % {"n": changed})
    return True


def _shown(request: HttpRequest, context: dict) -> HttpResponse:
    """The whole page, or its part alone in the dialog of the grid."""
    part = "_paste.html" if request.headers.get("HX-Request") else "paste.html"
    return render(request, f"beneficiaries/{part}", context)
