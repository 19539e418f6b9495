from __future__ import annotations

from django.contrib import admin
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import Code, CodeList

from .editing import CatalogueAdmin, CatalogueInline


class CodeInline(CatalogueInline):
    model = Code
    kept = ("code",)
    fields = [
        *["position", "code", "label_fr", "label_en", "is_active"],
        *["htcds_code", "ctdc_code", "ic_tip_code"],
    ]


@admin.register(CodeList)
class CodeListAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    kept = ("code",)
    fields = ["code", "name"]
    inlines = [CodeInline]
    list_display = ["name", "code"]
    search_fields = ["name_fr", "name_en", "code"]
