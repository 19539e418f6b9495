from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.alphabet import by_name
from programs.models import Organisation, OrganisationKind, OrganisationYear
from programs.models.organisation import countries, currencies, time_zones
from programs.rights import EDIT, MANAGE_ORGANISATIONS

from .editing import CatalogueAdmin, CatalogueInline
from .form import CatalogueForm


class OrganisationForm(CatalogueForm):
    kinds = forms.MultipleChoiceField(
        label=_("kinds"), choices=OrganisationKind.choices, widget=forms.CheckboxSelectMultiple
    )
    aliases = SimpleArrayField(
        forms.CharField(max_length=200, required=False),
        label=_("other names"),
        required=False,
        delimiter="\n",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line: other spellings and former names, so that a search finds it."),
    )
    country = forms.ChoiceField(label=_("country"), choices=countries)
    # Filled in by the admin for each page.
    is_own = False
    may_be_tenant = False
    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones, initial="Europe/Paris")

    def __init__(self, *args, **kwargs) -> None:
        """Only the platform makes a tenant; nobody closes the organisation they act for."""
        super().__init__(*args, **kwargs)
        if "kinds" in self.fields and not self.may_be_tenant:
            kinds = self.fields["kinds"]
            kinds.choices = [c for c in kinds.choices if c[0] != OrganisationKind.OWN]
        if "is_active" in self.fields:
            self.fields["is_active"].disabled = self.is_own

    def clean_aliases(self) -> list[str]:
        return [name for name in self.cleaned_data["aliases"] if name]


class YearForm(CatalogueForm):
    currency = forms.ChoiceField(label=_("currency"), choices=currencies, required=False)


class YearInline(CatalogueInline):
    add_text = _("Add a year")
    model = OrganisationYear
    form = YearForm
    fields = ["year", "staff", "budget", "currency", "people_served", "source"]


@admin.register(Organisation)
class OrganisationAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    """One's own organisation, and the address book of those where nobody has an account."""

    add_text = _("Add an organisation")
    form = OrganisationForm
    kept = ("code",)
    fields = [
        *["name", "code", "kinds", "aliases", "country", "language", "time_zone"],
        *["agreement", "is_active"],
    ]
    inlines = [YearInline]
    list_display = ["name", "code", "country_shown", "state"]
    list_filter = ["is_active"]
    search_fields = ["name_fr", "name_en", "code"]

    @admin.display(
        description=Organisation._meta.get_field("country").verbose_name, ordering="country"
    )
    def country_shown(self, organisation: Organisation) -> str:
        return organisation.country_name

    def get_queryset(self, request):
        return admin.ModelAdmin.get_queryset(self, request).editable_by(request.user)

    def get_ordering(self, request) -> list:
        return [by_name()]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.is_own = obj is not None and obj.pk in request.user.access.organisations_with(EDIT)
        form.may_be_tenant = form.is_own or request.user.has_perm(MANAGE_ORGANISATIONS)
        return form
