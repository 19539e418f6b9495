"""Locked months, and exceptions to them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from beneficiaries.actions import lock as locks
from beneficiaries.forms.lock import LockExceptionForm, PeriodLockForm, ReasonForm
from beneficiaries.models import PeriodLock
from programs.views.pages import page_of


def period_locks(request: HttpRequest) -> HttpResponse:
    seen = PeriodLock.objects.visible_to(request.user).with_exceptions()
    return render(request, "beneficiaries/period_locks.html", {"page": page_of(seen, request)})


def period_lock(request: HttpRequest) -> HttpResponse:
    form = PeriodLockForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            locks.lock_months(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Locked."))
            return redirect("period_locks")
    return render(request, "beneficiaries/period_lock.html", {"form": form})


def period_lock_lift(request: HttpRequest, pk: int) -> HttpResponse:
    lock = get_object_or_404(PeriodLock.objects.visible_to(request.user), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            locks.lift(lock=lock, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Lifted: these months can be changed again."))
            return redirect("period_locks")
    return render(request, "beneficiaries/period_lock_lift.html", {"form": form, "lock": lock})


def lock_exception(request: HttpRequest, pk: int) -> HttpResponse:
    lock = get_object_or_404(PeriodLock.objects.visible_to(request.user), pk=pk)
    form = LockExceptionForm(request.POST or None, lock=lock)
    if form.is_valid():
        try:
            locks.grant_exception(lock=lock, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Exception granted."))
            return redirect("period_locks")
    return render(request, "beneficiaries/lock_exception.html", {"form": form, "lock": lock})
