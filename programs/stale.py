"""A stale save in a form: what somebody else wrote beside what was typed, which stays."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from .revisions import StaleRow


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Show a refusal in a form; where the row moved on, both texts of each field that differs.

    The page is made of the row as it is now: a second save, now knowing, stands.
    """
    form.add_error(None, error)
    if not isinstance(error, StaleRow):
        return
    for name in [name for name in form.fields if hasattr(error.row, name)]:
        now = getattr(error.row, name)
        if name != "revision" and now != form.cleaned_data.get(name, now):
            form.add_error(name, both(form[name], now))


def both(bound: BoundField, now: object) -> str:
    """What a field says now and what was typed, as a person reads them."""
    said = {"now": shown(bound, now), "typed": shown(bound, bound.data)}
    return _("It now says “%(now)s”. You typed “%(typed)s”. Save again to keep yours.") % said


def shown(bound: BoundField, value: object) -> str:
    """A value of a field as a person reads it: the label of a choice, days of a span."""
    field = bound.field
    if isinstance(field, forms.MultiValueField):
        days = value if isinstance(value, list) else field.widget.decompress(value)
        return " – ".join(str(day) for day in days if day)
    if isinstance(value, list):
        return ", ".join(str(label_of(field, item)) for item in value)
    return str(label_of(field, value))


def label_of(field: forms.Field, value: object) -> object:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels = {str(key): label for key, label in getattr(field, "choices", ())}
    return labels.get(str(value), value)
