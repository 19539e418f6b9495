from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import Indicator

from .editing import CatalogueAdmin


@admin.register(Indicator)
class IndicatorAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    add_text = _("Add an indicator")
    kept = ("code", "breakdown", "unit", "measure")
    fields = [
        *["code", "name", "definition", "breakdown", "unit", "counted_in", "measure"],
        *[
            "time_rule",
            "site_rule",
            "direction",
            "summed_by",
            "at_most",
            "is_active",
        ],
    ]
    list_display = ["name", "code", "unit", "measure", "breakdown", "state"]
    list_select_related = ["breakdown"]
    list_filter = ["unit", "measure", "is_active"]
    search_fields = ["name_fr", "name_en", "code"]

    def choices(self, name, request):
        """Only what adds up may stand for an indicator over a longer time."""
        if name == "summed_by":
            return Indicator.objects.filter(time_rule=Indicator.TimeRule.SUM).order_by("name")
        return Indicator.objects.order_by("name") if name == "at_most" else None
