from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Elevation, User
from accounts.models.elevation import SHORTEST_REASON
from accounts.rights import organisations_to_elevate_in, roles_to_elevate_to
from accounts.roles import Role
from programs.alphabet import by_name
from programs.models import Organisation

MINUTES = [(15, _("15 minutes")), (30, _("30 minutes")), (60, _("60 minutes"))]


class ElevationForm(forms.Form):
    """Emergency access: where, as whom, for how long, why."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation"),
        empty_label=_("Choose an organisation"),
    )
    role = forms.ChoiceField(label=_("Act as"))
    minutes = forms.TypedChoiceField(
        label=_("For how long"), choices=MINUTES, coerce=int, initial=30, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why, and why it cannot wait"),
        min_length=SHORTEST_REASON,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("At least 20 characters. Whoever reviews it reads this; name no person here."),
    )

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        places = organisations_to_elevate_in(by)
        organisation = self.fields["organisation"]
        found = Organisation.objects.filter(pk__in=[o.pk for o in places])
        organisation.queryset = found.order_by(by_name())
        if len(places) == 1:
            organisation.initial = places[0]
            organisation.disabled = True
            organisation.widget = forms.HiddenInput()
        opened = frozenset().union(*(roles_to_elevate_to(by, o.pk) for o in places))
        self.fields["role"].choices = [
            (role.value, role.label.capitalize()) for role in Role if role in opened
        ]

    @property
    def opens_something(self) -> bool:
        return bool(self.fields["role"].choices)

    def clean(self) -> dict:
        data = super().clean()
        organisation, role = data.get("organisation"), data.get("role")
        if organisation and role and role not in roles_to_elevate_to(self.by, organisation.pk):
            self.add_error("role", _("Emergency access does not open this role there."))
        return data


class ReviewForm(forms.Form):
    """What somebody else makes of an emergency access."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=Elevation.Outcome.choices, widget=forms.RadioSelect
    )
    findings = forms.CharField(
        label=_("What you found"),
        min_length=10,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In at least ten characters: what was asked and checked. Name no person here."),
    )
