from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import Site
from programs.models.organisation import countries, time_zones

from .editing import CatalogueAdmin
from .form import CatalogueForm


class SiteForm(CatalogueForm):
    country = forms.ChoiceField(label=_("country"), choices=countries)
    time_zone = forms.ChoiceField(label=_("time zone"), choices=time_zones, initial="Europe/Paris")


@admin.register(Site)
class SiteAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    form = SiteForm
    kept = ("organisation", "code")
    fields = [
        *["organisation", "code", "name", "kind", "country", "zone", "capacity", "time_zone"],
        *["is_confidential", "is_active"],
    ]
    list_display = ["name", "code", "organisation", "kind", "state"]
    list_select_related = ["organisation"]
    list_filter = [("organisation", admin.RelatedOnlyFieldListFilter), "kind", "is_active"]
    search_fields = ["name_fr", "name_en", "code"]
