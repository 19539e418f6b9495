"""A last day put before counts that exist: saved, and said."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_skeleton
from django.contrib import messages
from django.db.models import Max
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest
from django.utils.translation import get_language, gettext

from programs.fields import ONE_DAY
from programs.models import Program, ProgramSite
from programs.templatetags.catalogue import dated


def tell_of_later_counts(
    request: HttpRequest, form: ModelForm, formsets: list[BaseModelFormSet]
) -> None:
    """Of a program and of the sites on its page, those whose last day was just changed."""
    row = form.instance
    if isinstance(row, Program) and row.ends_on and "ends_on" in form.changed_data:
        _tell(request, row, row.ends_on, row.reports.all())
    for formset in formsets:
        for place, fields in getattr(formset, "changed_objects", ()):
            if isinstance(place, ProgramSite) and "active" in fields and place.active.upper:
                reports = place.program.reports.filter(site=place.site_id)
                _tell(request, place, place.active.upper - ONE_DAY, reports)


def _tell(request: HttpRequest, row: Program | ProgramSite, last: dt.date, reports) -> None:
    month = reports.filter(month__gt=last).aggregate(month=Max("month"))["month"]
    if month:
        text = gettext(
            "“%(name)s” ends on %(day)s, and there are counts of later months, up to %(month)s. "
            "They are kept, but no report is asked for these months any more: check the last day."
        ) % {
            "name": row,
            "day": dated(last),
            "month": format_skeleton("yMMMM", month, locale=get_language()),
        }
        messages.warning(request, text)
