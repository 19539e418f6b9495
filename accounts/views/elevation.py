from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.actions import elevation as actions
from accounts.emergency import done_under
from accounts.forms import ElevationForm, ReviewForm
from accounts.models import Elevation
from accounts.rights import counts_from
from accounts.roles import REVIEW_ELEVATIONS
from programs.views.pages import page_of


def elevate(request: HttpRequest) -> HttpResponse:
    """Ask for emergency access."""
    form = ElevationForm(request.POST or None, by=request.user)
    if form.is_valid():
        try:
            actions.elevate(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Emergency access is open. Whoever reviews it is told."))
            return redirect("home")
    return render(request, "accounts/elevate.html", {"form": form})


def elevations(request: HttpRequest) -> HttpResponse:
    """Emergency access in the organisations one answers for, what waits first."""
    seen = Elevation.objects.visible_to(request.user)
    waiting = seen.to_review_by(request.user)
    page = page_of(seen.with_people(), request)
    return render(request, "accounts/elevations.html", {"waiting": waiting, "page": page})


def elevation(request: HttpRequest, pk) -> HttpResponse:
    """One emergency access: who, as whom, why; and its review by somebody else."""
    seen = Elevation.objects.visible_to(request.user).with_people()
    found = get_object_or_404(seen, pk=pk)
    form = ReviewForm(request.POST or None)
    if form.is_valid():
        try:
            actions.review(elevation=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The review is written."))
            return redirect("elevations")
    counts = counts_from(request.user, REVIEW_ELEVATIONS, found.organisation_id)
    done = done_under(found, request)
    context = {"elevation": found, "form": form, "done": done, "counts_from": counts}
    return render(request, "accounts/elevation.html", context)


def elevation_end(request: HttpRequest, pk) -> HttpResponse:
    found = get_object_or_404(Elevation.objects.ended_by(request.user), pk=pk)
    actions.end(elevation=found, by=request.user)
    messages.success(request, _("Emergency access has ended."))
    return redirect("home" if found.user_id == request.user.pk else "elevations")
