from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import (
    Indicator,
    Organisation,
    Partnership,
    Program,
    ProgramIndicator,
    Site,
)

from .editing import CatalogueAdmin, CatalogueInline, parent_id
from .form import CatalogueForm
from .placing import PlacedInline


class OfProgramForm(CatalogueForm):
    """The row belongs to the organisation that leads the program."""

    derives_organisation = True

    def clean(self) -> dict:
        self.instance.organisation_id = self.instance.program.organisation_id
        return super().clean()


class PartnershipInline(CatalogueInline):
    """Partners; the lead is there from the start and stays."""

    add_text = _("Add a partner")
    model = Partnership
    verbose_name, verbose_name_plural = _("partner"), _("partners")
    kept = ("organisation",)
    fields = ["organisation", "role", "active"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(role=Partnership.Role.LEAD)

    def choices(self, name, request):
        """Anyone in the address book, organisations that use this portal included."""
        return Organisation.objects.all() if name == "organisation" else None

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        kwargs["choices"] = [c for c in Partnership.Role.choices if c[0] != Partnership.Role.LEAD]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class ProgramSiteInline(PlacedInline):
    """The lead opens its own sites; those that partners opened are there to end."""

    add_text = _("Open a site")
    verbose_name, verbose_name_plural = _("site"), _("sites")
    kept = ("site",)
    fields = ["site", "active", "is_tallied"]

    def choices(self, name, request):
        """Sites of the organisation that leads the program."""
        rows = Site.objects.filter(organisation__programs=parent_id(request))
        return rows.order_by("code")


class ProgramIndicatorInline(CatalogueInline):
    add_text = _("Add an indicator")
    model = ProgramIndicator
    verbose_name, verbose_name_plural = _("indicator"), _("indicators")
    form = OfProgramForm
    kept = ("indicator",)
    fields = ["position", "indicator", "is_main", "active"]

    def choices(self, name, request):
        return Indicator.objects.order_by("name")


@admin.register(Program)
class ProgramAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    add_text = _("Add a program")
    kept = ("organisation", "code")
    fields = [
        *["organisation", "code", "name", "objective", "pillar", "kind_of_work"],
        *["age_min", "age_max", "starts_on", "ends_on", "due_days", "is_active"],
    ]
    inlines = [PartnershipInline, ProgramSiteInline, ProgramIndicatorInline]
    list_display = ["name", "code", "organisation", "pillar", "state"]
    list_select_related = ["organisation"]
    list_filter = [
        ("organisation", admin.RelatedOnlyFieldListFilter),
        "pillar",
        "is_active",
    ]
    search_fields = ["name_fr", "name_en", "code"]
