from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from programs import uploads
from programs.actions import document as actions
from programs.forms import AddDocumentForm, ReplaceDocumentForm, WithdrawForm
from programs.models import Document, Organisation
from programs.rights import EDIT

# Whatever a browser makes of the file, it runs nothing and reaches nothing.
LOCKED_UP = {"Content-Security-Policy": "default-src 'none'; sandbox"}


def document_add(request: HttpRequest, pk: int) -> HttpResponse:
    about = get_object_or_404(Organisation.objects.visible_to(request.user), pk=pk)
    form = AddDocumentForm(request.POST or None, request.FILES or None, by=request.user)
    if form.is_valid():
        try:
            actions.add_document(about=about, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The document is kept."))
            return redirect(about)
    return render(request, "programs/document_add.html", {"about": about, "form": form})


def document_replace(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    document = _kept(request, pk)
    said = {"title": document.title, "kind": document.kind, "language": document.language}
    form = ReplaceDocumentForm(request.POST or None, request.FILES or None, initial=said)
    if form.is_valid():
        try:
            actions.replace_document(document=document, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The new document takes the place of the old one."))
            return redirect(document.about)
    return render(request, "programs/document_replace.html", {"document": document, "form": form})


def document_withdraw(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    document = _kept(request, pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw_document(document=document, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The document is withdrawn."))
            return redirect(document.about)
    return render(request, "programs/document_withdraw.html", {"document": document, "form": form})


def document_file(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    rows = Document.objects.visible_to(request.user).select_related("about")
    document = get_object_or_404(rows, pk=pk)
    try:
        content = actions.open_document(document=document, by=request.user)
    except uploads.UnreadableError:
        said = _("This file cannot be read any more. Tell who looks after the server.")
        messages.error(request, said)
        return redirect(document.about)
    name = {"Content-Disposition": content_disposition_header(True, document.name)}
    return HttpResponse(content, content_type=document.content_type, headers=name | LOCKED_UP)


def _kept(request: HttpRequest, pk: uuid.UUID) -> Document:
    """A document that one reads, and may change."""
    rows = Document.objects.visible_to(request.user).select_related("organisation", "about")
    document = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm(EDIT, document):
        raise PermissionDenied
    return document
