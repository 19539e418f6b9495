"""One's own exports: asked for, followed, taken once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from programs.views.pages import page_of
from reports import asking, budget
from reports.actions import export as actions
from reports.actions import handover
from reports.forms import ExportForm
from reports.models import Export

from .dashboard import to_mend


def exports(request: HttpRequest) -> HttpResponse:
    rows = Export.objects.visible_to(request.user).listed()
    return render(request, "reports/exports.html", {"page": page_of(rows, request)})


def export_request(request: HttpRequest) -> HttpResponse:
    question = asking.read(request.user, request.GET)
    if question.selection.period.errors:
        return to_mend(request)
    form = ExportForm(request.POST or None)
    if form.is_valid():
        try:
            asked = actions.request(question=question, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(asked)
    context = {"question": question, "form": form, "limits": budget}
    return render(request, "reports/export_request.html", context)


def export(request: HttpRequest, pk) -> HttpResponse:
    row = get_object_or_404(Export.objects.visible_to(request.user).listed(), pk=pk)
    context = {"export": row, "words": asking.words(row, request.user)}
    return render(request, "reports/export.html", context)


def export_passphrase(request: HttpRequest, pk) -> HttpResponse:
    row = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    try:
        passphrase = handover.show_passphrase(export=row, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect(row)
    context = {"export": row, "passphrase": passphrase}
    return render(request, "reports/export_passphrase.html", context)


def export_download(request: HttpRequest, pk) -> HttpResponse:
    row = get_object_or_404(Export.objects.visible_to(request.user).listed(), pk=pk)
    try:
        content = handover.download(export=row, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect(row)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="export-{row.serial:04}.zip"'
    return response


def export_withdraw(request: HttpRequest, pk) -> HttpResponse:
    row = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    try:
        actions.withdraw(export=row, by=request.user)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Taken back: nothing left the portal."))
    return redirect(row)
