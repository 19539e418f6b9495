"""Workbooks: which one, download, send, look at what changes, apply."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext

from beneficiaries.actions import workbook as actions
from beneficiaries.forms.workbook import ApplyForm, WorkbookForm
from beneficiaries.models import WorkbookUpload
from beneficiaries.workbooks import desk
from beneficiaries.workbooks.checking import NotAWorkbook
from beneficiaries.workbooks.preview import preview
from beneficiaries.workbooks.writing import write

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbooks(request: HttpRequest) -> HttpResponse:
    choices = desk.choices_of(request.user)
    return render(request, "beneficiaries/workbooks.html", {"choices": choices})


def workbook(request: HttpRequest, organisation_id: int, month: dt.date) -> HttpResponse:
    page = _desk(request, organisation_id, month)
    return _render(request, page, WorkbookForm())


def workbook_download(request: HttpRequest, organisation_id: int, month: dt.date) -> HttpResponse:
    _desk(request, organisation_id, month)
    try:
        book = actions.make_workbook(organisation_id=organisation_id, month=month, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("workbook", organisation_id, month)
    name = f"{book.name}-{get_language()}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(book), content_type=XLSX, headers=headers)


def workbook_upload(request: HttpRequest, organisation_id: int, month: dt.date) -> HttpResponse:
    page = _desk(request, organisation_id, month)
    if request.method != "POST":
        return redirect("workbook", organisation_id, month)
    form, mistakes = WorkbookForm(request.POST, request.FILES), []
    if form.is_valid():
        try:
            return redirect("workbook_apply", _received(request, page, form).pk)
        except NotAWorkbook as error:
            form.add_error("file", str(error))
        except actions.Mistakes as error:
            mistakes = error.sentences
    return _render(request, page, form, mistakes)


def workbook_apply(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    uploads = WorkbookUpload.objects.visible_to(request.user)
    upload = get_object_or_404(uploads.select_related("organisation"), pk=pk)
    form = ApplyForm(request.POST or None)
    if form.is_valid() and _is_applied(request, upload, form):
        return redirect("workbook_apply", upload.pk)
    page = {"upload": upload, "preview": preview(upload, request.user), "form": form}
    return render(request, "beneficiaries/workbook_preview.html", page)


def _is_applied(request: HttpRequest, upload: WorkbookUpload, form: ApplyForm) -> bool:
    try:
        cells = actions.apply_workbook(upload=upload, **form.cleaned_data, by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    said = ngettext("%(n)s count is saved.", "%(n)s counts are saved.", cells) % {"n": cells}
    messages.success(request, said)
    return True


def _received(request: HttpRequest, page: desk.Desk, form: WorkbookForm) -> WorkbookUpload:
    return actions.receive_workbook(
        data=form.cleaned_data["file"].read(),
        organisation_id=page.organisation.pk,
        month=page.month,
        by=request.user,
    )


def _desk(request: HttpRequest, organisation_id: int, month: dt.date) -> desk.Desk:
    page = desk.desk_of(request.user, organisation_id=organisation_id, month=month)
    if page is None:
        raise Http404
    return page


def _render(
    request: HttpRequest, page: desk.Desk, form: WorkbookForm, mistakes: list[str] | None = None
) -> HttpResponse:
    context = {"page": page, "form": form, "mistakes": mistakes or []}
    return render(request, "beneficiaries/workbook.html", context)
