"""Exports of others, which one agrees to or refuses."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from programs.views.pages import page_of
from reports import asking
from reports.actions import export as actions
from reports.forms import ReviewForm
from reports.models import Export


def export_approvals(request: HttpRequest) -> HttpResponse:
    rows = Export.objects.decidable_by(request.user).listed()
    return render(request, "reports/export_approvals.html", {"page": page_of(rows, request)})


def export_review(request: HttpRequest, pk) -> HttpResponse:
    row = get_object_or_404(Export.objects.decidable_by(request.user).listed(), pk=pk)
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        try:
            actions.decide(export=row, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your answer is recorded."))
            return redirect("export_approvals")
    context = {"export": row, "words": asking.words(row, request.user), "form": form}
    return render(request, "reports/export_review.html", context)
