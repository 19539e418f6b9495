from __future__ import annotations

from django import forms
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from .days import DayField
from .words import Kind


class JournalFilterForm(forms.Form):
    """What of the journal is shown; an answer that is none filters nothing."""

    kind = forms.ChoiceField(choices=Kind.choices, required=False)
    person = forms.ModelChoiceField(
        get_user_model().objects.none(), label=_("Person"), required=False, empty_label=_("anybody")
    )
    organisation = forms.ModelChoiceField(
        None, label=_("Organisation"), required=False, empty_label=_("all")
    )
    first_day = DayField(label=_("First day"), required=False)
    last_day = DayField(label=_("Last day"), required=False)
    about = forms.RegexField(
        r"^[a-z]+:[\w-]+$",
        label=_("Object"),
        required=False,
        max_length=100,
        help_text=_("Its kind and its number, as in program:12."),
    )
    request_id = forms.UUIDField(
        label=_("Request"), required=False, help_text=_("The reference of an error page.")
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def __init__(self, *args, by, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        own = by.access.organisations_with("audit.view_journal")
        organisations = apps.get_model("programs.Organisation").objects.filter(pk__in=own)
        people = get_user_model().objects.filter(memberships__organisation__in=own).distinct()
        self.fields["organisation"].queryset = organisations
        self.fields["person"].queryset = people.order_by("display_name")

    def clean(self) -> dict:
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day must not be before the first."))
        return data

    @property
    def visible(self) -> list[forms.BoundField]:
        """What is filled in by hand; the chips and the links fill in the rest."""
        is_one = len(self.fields["organisation"].queryset) < 2
        hidden = {"kind", "before", *(["organisation"] if is_one else [])}
        return [self[name] for name in self.fields if name not in hidden]

    @property
    def is_narrow(self) -> bool:
        """Whether something was filled in by hand, right or wrong: it is shown then."""
        return any(self.data.get(field.name) for field in self.visible)

    @property
    def wanted(self) -> dict:
        """The filters that were understood."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) for name in self.fields}
