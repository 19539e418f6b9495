from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import Code, CodeList

from .editing import CatalogueAdmin, CatalogueInline


class CodeInline(CatalogueInline):
    add_text = _("Add a code")
    model = Code
    kept = ("code",)
    fields = [
        *["position", "code", "label_fr", "label_en", "is_active"],
        *["htcds_code", "ctdc_code", "ic_tip_code"],
    ]


@admin.register(CodeList)
class CodeListAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    add_text = _("Add a code list")
    kept = ("code",)
    fields = ["code", "name"]
    inlines = [CodeInline]
    list_display = ["name", "code"]
    search_fields = ["name_fr", "name_en", "code"]
