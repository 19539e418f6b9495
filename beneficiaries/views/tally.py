"""Daily tally sheets: the sites, the sheets of a month, one sheet."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from beneficiaries import tallies
from beneficiaries.actions import tally as actions
from beneficiaries.forms.tally import TallyForm
from beneficiaries.models import TallySheet
from programs.models import ProgramSite

PLACE = ("program", "site", "organisation")


def tally_places(request: HttpRequest) -> HttpResponse:
    sites = tallies.places_of(request.user)
    return render(request, "beneficiaries/tally_places.html", {"sites": sites})


def tally_sheets(request: HttpRequest, pk: int, month: dt.date | None = None) -> HttpResponse:
    place = _place(request, pk)
    month = month or tallies.day_of(place).replace(day=1)
    page = tallies.month_of_sheets(place, month)
    return render(request, "beneficiaries/tally_sheets.html", {"page": page})


def tally_sheet(
    request: HttpRequest, pk: int, day: dt.date | None = None, number: int | None = None
) -> HttpResponse:
    place = _place(request, pk)
    page = tallies.day_page(place, day, number)
    if page is None:
        raise Http404
    form = TallyForm(request.POST or None, rows=page.rows, sheet=page.sheet)
    if form.is_valid() and _is_saved(request, page, form):
        messages.success(request, _("The sheet is saved and the month is up to date."))
        return redirect("tally_sheets", place.pk, page.month)
    return render(request, "beneficiaries/tally_sheet.html", {"page": page, "form": form})


def _is_saved(request: HttpRequest, page: tallies.Day, form: TallyForm) -> bool:
    where = {"place": page.place, "day": page.day, "number": page.number}
    try:
        actions.save_sheet(**where, **form.entry, by=request.user)
    except actions.StaleSheet as stale:
        form.show_theirs(stale.sheet)
    except ValidationError as error:
        form.add_error(None, error)
    else:
        return True
    return False


def tally_sheet_cancel(request: HttpRequest, pk: int, day: dt.date, number: int) -> HttpResponse:
    said = _("The sheet is cancelled: it no longer counts. You can restore it.")
    return _change(request, pk, day, number, actions.cancel_sheet, said)


def tally_sheet_restore(request: HttpRequest, pk: int, day: dt.date, number: int) -> HttpResponse:
    said = _("The sheet is restored: it counts again.")
    return _change(request, pk, day, number, actions.restore_sheet, said)


def _change(request: HttpRequest, pk, day, number, action, said: str) -> HttpResponse:
    place = _place(request, pk)
    rounds = TallySheet.objects.of_day(place.program, place.site, day).select_related(*PLACE)
    sheet = get_object_or_404(rounds, number=number)
    try:
        action(sheet=sheet, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    page = reverse("tally_sheets", args=[place.pk, sheet.month])
    return redirect(f"{page}#{tallies.anchor_of(sheet)}")


def _place(request: HttpRequest, pk: int) -> ProgramSite:
    places = ProgramSite.objects.tallied().reached_by(request.user, "beneficiaries.enter_counts")
    return get_object_or_404(places.select_related(*PLACE), pk=pk)
