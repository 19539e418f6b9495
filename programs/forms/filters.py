"""What a list of the catalogue may be narrowed by; the choices stay in its address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.alphabet import by_name
from programs.models import Indicator, Organisation, OrganisationKind, Pillar, Program, SiteKind

ALL = ("", _("All"))


class Filter(forms.Form):
    """A search and a few choices; what makes no sense is as good as not asked."""

    q = forms.CharField(
        label=_("Search by name or code"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )

    def __init__(self, data, *, user) -> None:
        super().__init__(data, label_suffix="")
        self.user = user

    @property
    def wanted(self) -> dict:
        """What the list's `matching` takes."""
        self.full_clean()
        return self.cleaned_data

    @property
    def is_used(self) -> bool:
        return any(value not in ("", None) for value in self.wanted.values())


def select(label: str, choices) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[ALL, *choices],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def select_time() -> forms.TypedChoiceField:
    """Still running or over: True, False, or None for both."""
    return forms.TypedChoiceField(
        label=_("Time"),
        choices=[ALL, ("running", _("Under way")), ("over", _("Over"))],
        coerce=lambda value: value == "over",
        empty_value=None,
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def select_row(label: str, queryset) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        queryset,
        label=label,
        empty_label=ALL[1],
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


class OrganisationFilter(Filter):
    kind = select(_("Kind"), OrganisationKind.choices)


class ProgramFilter(Filter):
    pillar = select(_("Pillar"), Pillar.choices)
    is_over = select_time()


class SiteFilter(Filter):
    kind = select(_("Kind"), SiteKind.choices)
    program = select_row(_("Program"), Program.objects.none())

    def __init__(self, data, *, user) -> None:
        super().__init__(data, user=user)
        self.fields["program"].queryset = Program.objects.visible_to(user).order_by(by_name())


class IndicatorFilter(Filter):
    unit = select(_("Unit"), Indicator.Unit.choices)
    program = select_row(_("Program"), Program.objects.none())

    def __init__(self, data, *, user) -> None:
        super().__init__(data, user=user)
        self.fields["program"].queryset = Program.objects.visible_to(user).order_by(by_name())


class ProjectFilter(Filter):
    funder = select_row(_("Funder"), Organisation.objects.none())
    is_over = select_time()

    def __init__(self, data, *, user) -> None:
        super().__init__(data, user=user)
        self.fields["funder"].queryset = Organisation.objects.funding(user).order_by(by_name())
