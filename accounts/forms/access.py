from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.user import one_case
from accounts.rights import manageable_organisations, roles_to_give, roles_to_offer
from accounts.roles import WHOLE_ORGANISATION, Role
from audit.days import DayField
from programs.alphabet import by_name
from programs.fields import DateSpanField
from programs.models import Organisation, Partnership, Program, Site
from programs.violations import NOT_RUN_THERE

WHOLE = _("whole organisation")


class PlaceField(forms.ModelChoiceField):
    """Programs or sites, with their organisation's name when there are several."""

    shows_organisation = False

    def label_from_instance(self, row: Program | Site) -> str:
        return f"{row.organisation} · {row}" if self.shows_organisation else str(row)


class MembershipForm(forms.Form):
    """A role, where, from when to when: only what `by` may give, where `by` may give it."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation"),
        empty_label=_("Choose an organisation"),
    )
    role = forms.ChoiceField(label=_("Role"))
    program = PlaceField(
        Program.objects.none(),
        label=_("Program"),
        required=False,
        empty_label=WHOLE,
        help_text=_("To limit the role to one program."),
    )
    site = PlaceField(
        Site.objects.none(),
        label=_("Site"),
        required=False,
        empty_label=WHOLE,
        help_text=_("To limit the role to one site; with a program, to one where it runs."),
    )
    active = DateSpanField(
        label=_("From, to"), help_text=_("Without a last day, the role lasts until it is ended.")
    )

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.managed = list(manageable_organisations(by))
        self._offer_places()
        given = roles_to_offer(by, self.managed)
        self.fields["role"].choices = [("", _("Choose a role")), *_named(given)]
        self.fields["active"].initial = (timezone.localdate(), None)

    def _offer_places(self) -> None:
        organisation = self.fields["organisation"]
        found = Organisation.objects.filter(pk__in=[o.pk for o in self.managed])
        organisation.queryset = found.order_by(by_name())
        several = len(self.managed) != 1
        if not several:
            organisation.initial = self.managed[0]
            organisation.disabled = True
            organisation.widget = forms.HiddenInput()
        worked_in = Partnership.objects.filter(organisation__in=self.managed).values("program")
        programs = Program.objects.filter(pk__in=worked_in)
        sites = Site.objects.filter(organisation__in=self.managed, is_active=True)
        # A confidential site shows its code: no order by the name says more.
        for name, rows, then in (("program", programs, by_name()), ("site", sites, "code")):
            self.fields[name].shows_organisation = several
            ordered = rows.order_by(by_name("organisation__name"), then)
            self.fields[name].queryset = ordered.select_related("organisation")

    def clean(self) -> dict:
        data = super().clean()
        organisation, role = data.get("organisation"), data.get("role")
        if organisation and role and role not in roles_to_give(self.by, organisation):
            self.add_error("role", _("You cannot give this role in this organisation."))
        for name in ("program", "site"):
            if role in WHOLE_ORGANISATION and data.get(name):
                self.add_error(name, _("This role is held in a whole organisation."))
        if organisation:
            self._check_places(organisation, data.get("program"), data.get("site"))
        return data

    def _check_places(
        self, organisation: Organisation, program: Program | None, site: Site | None
    ) -> None:
        if program and not program.partnerships.filter(organisation=organisation).exists():
            self.add_error("program", _("The organisation does not take part in this program."))
        if site and site.organisation_id != organisation.pk:
            self.add_error("site", _("This site belongs to another organisation."))
        elif program and site and not site.program_sites.filter(program=program).exists():
            self.add_error("site", NOT_RUN_THERE)


class InviteForm(MembershipForm):
    """A role for somebody who joins: their e-mail and the language they read."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Their own: a shared address would share the account."),
        # Django's own words: named here, every form says them in French as our catalogue does.
        error_messages={"invalid": _("Enter a valid email address.")},
    )
    language = forms.ChoiceField(
        label=_("Language of the e-mail"),
        choices=User._meta.get_field("language").choices,
        widget=forms.RadioSelect,
    )
    field_order = ["email", "language", "organisation", "role", "program", "site", "active"]

    def clean_email(self) -> str:
        return one_case(self.cleaned_data["email"])


class EndMembershipForm(forms.Form):
    """The last day of a role."""

    last_day = DayField(
        label=_("Last day"),
        help_text=_("The role opens nothing from the day after. Yesterday ends it at once."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class DeactivateForm(forms.Form):
    """Why an account is closed."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the journal. Nothing about the people you serve."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class AccessFilterForm(forms.Form):
    """Which rows of the list of access are shown."""

    STATES = [
        ("current", _("Current")),
        ("invited", _("Invitations")),
        ("ended", _("Ended")),
        ("deactivated", _("Deactivated")),
    ]
    state = forms.ChoiceField(choices=STATES, required=False, widget=forms.HiddenInput)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation"),
        required=False,
        empty_label=_("All organisations"),
    )
    role = forms.ChoiceField(label=_("Role"), required=False)

    def __init__(self, *args, by: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = manageable_organisations(by).order_by(by_name())
        self.fields["role"].choices = [("", _("All roles")), *_named(Role.values)]

    @property
    def wanted(self) -> dict:
        """The valid choices; anything else filters nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        return {
            "state": chosen.get("state") or "current",
            "organisation": chosen.get("organisation"),
            "role": chosen.get("role") or "",
        }


def _named(roles) -> list[tuple[str, str]]:
    """Roles with their labels, in the order of the list of roles."""
    return [(role.value, role.label) for role in Role if role.value in roles]
