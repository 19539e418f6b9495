"""A span of days in forms, "from – to", whose last day is included."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from audit.days import DayField, DayInput

ONE_DAY = dt.timedelta(days=1)


class DateSpanInput(forms.MultiWidget):
    """Two date pickers, the first and the last day, each with its label."""

    template_name = "components/date_span.html"
    is_open_ended = True

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__([DayInput(), DayInput()], attrs)

    def id_for_label(self, id_: str) -> str:
        """The error summary leads to the first day."""
        return f"{id_}_0" if id_ else ""

    def get_context(self, name, value, attrs) -> dict:
        context = super().get_context(name, value, attrs)
        context["widget"]["is_open_ended"] = self.is_open_ended
        return context

    def decompress(self, value: DateRange | str | None) -> list[dt.date | None]:
        """The two days of a range; none of what an address says, which is a text."""
        if not isinstance(value, DateRange) or value.isempty:
            return [None, None]
        return [value.lower, value.upper - ONE_DAY if value.upper else None]


class DateSpanField(forms.MultiValueField):
    """A first and a last day, both included; cleans to the half-open range that is stored.

    Without a last day the range has no end, unless `is_open_ended=False`.
    """

    widget = DateSpanInput
    default_error_messages = {
        "incomplete": _("Give the first day."),
        "no_end": _("Give the last day."),
        "order": _("The last day must not be before the first."),
    }

    def __init__(self, *, is_open_ended: bool = True, **kwargs) -> None:
        self.is_open_ended = is_open_ended
        fields = (DayField(), DayField(required=False))
        super().__init__(fields, require_all_fields=False, **kwargs)
        self.widget.is_open_ended = is_open_ended

    def compress(self, days: list[dt.date | None]) -> DateRange | None:
        if not days:
            return None
        first, last = days
        if last is None and not self.is_open_ended:
            raise ValidationError(self.error_messages["no_end"], code="no_end")
        if last is not None and last < first:
            raise ValidationError(self.error_messages["order"], code="order")
        return DateRange(first, last + ONE_DAY if last else None)
