from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from babel.dates import format_skeleton
from django import forms
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.days import DayField
from beneficiaries.models import CountReport, PeriodLock
from programs.models import Organisation, Program, Site
from programs.months import month_after

YEARS_BACK = 4
LEAST_REASON = 10


def month_choices(first: dt.date, last: dt.date) -> list[tuple[str, str]]:
    """Months from the last to the first, by their names."""
    months = [last]
    while months[-1] > first:
        months.append(month_after(months[-1], -1))
    return [(m.isoformat(), format_skeleton("yMMMM", m, locale=get_language())) for m in months]


def _first_month(organisation_ids: Collection[int], this_month: dt.date) -> dt.date:
    """The month of the first report of some organisations, YEARS_BACK ago at the latest."""
    reports = CountReport.objects.filter(organisation__in=organisation_ids)
    found = reports.aggregate(first=Min("month"))["first"]
    return min(found or this_month, month_after(this_month, -12 * YEARS_BACK))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        min_length=LEAST_REASON,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In at least ten characters; everyone who enters counts reads it."),
    )


class PeriodLockForm(ReasonForm):
    """Months to close, for an organisation or for one of its programs."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None
    )
    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=_("Program"),
        required=False,
        empty_label=_("all its programs"),
    )
    first = forms.TypedChoiceField(label=_("From"), coerce=dt.date.fromisoformat)
    last = forms.TypedChoiceField(label=_("To (included)"), coerce=dt.date.fromisoformat)
    field_order = ("organisation", "program", "first", "last", "reason")

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        held = by.access.organisations_with("beneficiaries.lock_months")
        self.fields["organisation"].queryset = Organisation.objects.filter(pk__in=held)
        self.fields["program"].queryset = Program.objects.filter(
            partnerships__organisation__in=held
        ).distinct()
        this_month = timezone.localdate().replace(day=1)
        months = month_choices(_first_month(held, this_month), this_month)
        self.fields["first"].choices = self.fields["last"].choices = months
        self.initial.setdefault("first", months[1][0])
        self.initial.setdefault("last", months[1][0])

    def clean(self) -> dict:
        data = super().clean()
        organisation, program = data.get("organisation"), data.get("program")
        if not organisation or not program:
            return data
        if not program.partnerships.filter(organisation=organisation).exists():
            self.add_error("program", _("The organisation does not take part in this program."))
        return data


class LockExceptionForm(ReasonForm):
    """A site that may still change a locked month, until a day."""

    site = forms.ModelChoiceField(
        Site.objects.none(), label=_("Site"), empty_label=_("Choose a site")
    )
    month = forms.TypedChoiceField(label=_("Month"), coerce=dt.date.fromisoformat)
    until = DayField(label=_("Until (included)"))
    field_order = ("site", "month", "until", "reason")

    def __init__(self, *args, lock: PeriodLock, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(organisation=lock.organisation_id)
        if lock.program_id:
            sites = sites.filter(program_sites__program=lock.program_id).distinct()
        self.fields["site"].queryset = sites
        self.fields["month"].choices = month_choices(
            lock.span.lower, month_after(lock.span.upper, -1)
        )
