from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import Program, Site
from programs.models.organisation import countries, time_zones

from .editing import CatalogueAdmin, parent_id
from .form import CatalogueForm
from .placing import PlacedInline


class SiteForm(CatalogueForm):
    country = forms.ChoiceField(label=_("country"), choices=countries)
    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones, initial="Europe/Paris")


class ProgramInline(PlacedInline):
    """Programs that the site works for: a partner opens its own sites here."""

    add_text = _("Open it for a program")
    verbose_name, verbose_name_plural = _("program"), _("programs")
    kept = ("program",)
    fields = ["program", "active", "is_tallied"]

    def choices(self, name, request):
        """Programs in which the organisation of the site takes part."""
        return Program.objects.filter(partnerships__organisation__sites=parent_id(request))


@admin.register(Site)
class SiteAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    add_text = _("Add a site")
    form = SiteForm
    kept = ("organisation", "code")
    fields = [
        *["organisation", "code", "name", "kind", "country", "zone", "capacity", "time_zone"],
        *["is_confidential", "is_active"],
    ]
    inlines = [ProgramInline]
    list_display = ["name", "code", "organisation", "kind", "state"]
    list_select_related = ["organisation"]
    list_filter = [("organisation", admin.RelatedOnlyFieldListFilter), "kind", "is_active"]
    search_fields = ["name_fr", "name_en", "code"]
