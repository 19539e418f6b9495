"""One day in a form, of a believable year."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

YEARS = _("Give a year between 1900 and 2199.")
BELIEVABLE = [
    MinValueValidator(dt.date(1900, 1, 1), message=YEARS),
    MaxValueValidator(dt.date(2199, 12, 31), message=YEARS),
]


class DayInput(forms.DateInput):
    """The device's own date picker: it speaks ISO whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """One day of a believable year: every date that a form asks for."""

    widget = DayInput
    default_validators = BELIEVABLE
