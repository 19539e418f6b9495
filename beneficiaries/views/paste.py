"""A block copied from a spreadsheet, looked at before it is written."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from beneficiaries.actions.sheet import write_block
from beneficiaries.forms.paste import PasteForm
from beneficiaries.sheet import filled
from beneficiaries.typed import read_block

from .report import find


def count_report_paste(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay a pasted block on the grid: shown first, written when confirmed."""
    report = find(request, pk)
    sheet = filled(report)
    form = PasteForm(request.POST or None, sheet=sheet, initial={"start": request.GET.get("start")})
    pasted = None
    if form.is_valid():
        text, start = form.cleaned_data["text"], form.first_cell
        if "confirm" in request.POST:
            seen = request.POST.get("seen", "")
            try:
                changed = write_block(
                    report=report, text=text, start=start, seen=seen, by=request.user
                )
            except ValidationError as error:
                form.add_error(None, error)
                sheet = filled(report)
            else:
                said = ngettext("%(n)s cell changed.", "%(n)s cells changed.", changed)
                messages.success(request, said % {"n": changed})
                return redirect(report)
        pasted = read_block(text, sheet, start=start)
    part = "_paste.html" if request.headers.get("HX-Request") else "paste.html"
    context = {"report": report, "form": form, "pasted": pasted, "sheet": sheet}
    return render(request, f"beneficiaries/{part}", context)
