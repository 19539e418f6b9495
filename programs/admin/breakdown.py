from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.actions import create_breakdown
from programs.models import Breakdown, Category, Dimension

from .editing import CatalogueAdmin, CatalogueInline
from .form import CatalogueForm


class CategoryInline(CatalogueInline):
    add_text = _("Add a category")
    model = Category
    kept = ("code",)
    fields = ["position", "code", "name_fr", "name_en", "is_unknown", "valid"]


@admin.register(Dimension)
class DimensionAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    add_text = _("Add a dimension")
    kept = ("code",)
    fields = ["code", "name"]
    inlines = [CategoryInline]
    list_display = ["name", "code"]


class BreakdownForm(CatalogueForm):
    """A new breakdown: the dimensions make its cells, once and for all."""

    first = forms.ModelChoiceField(
        Dimension.objects.all(),
        label=_("first dimension"),
        required=False,
        help_text=_("Leave all three empty for an indicator counted as a total alone."),
    )
    second = forms.ModelChoiceField(
        Dimension.objects.all(), label=_("second dimension"), required=False
    )
    third = forms.ModelChoiceField(
        Dimension.objects.all(), label=_("third dimension"), required=False
    )

    @property
    def chosen(self) -> list[Dimension]:
        """The dimensions, in the order of the grid."""
        asked = [self.cleaned_data.get(name) for name in ("first", "second", "third")]
        return [dimension for dimension in asked if dimension]

    def clean(self) -> dict:
        cleaned = super().clean()
        if len(set(self.chosen)) < len(self.chosen):
            raise ValidationError(gettext("Choose each dimension once."))
        return cleaned


@admin.register(Breakdown)
class BreakdownAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    """Names can be mended; cells are made with the breakdown and never change."""

    add_text = _("Add a breakdown")
    form = BreakdownForm
    kept = ("code",)
    list_display = ["name", "code"]
    readonly_fields = ["cells_of_it"]

    def get_fields(self, request, obj=None):
        own = ["cells_of_it"] if obj else ["first", "second", "third"]
        return ["code", "name", *own]

    @admin.display(description=_("cells"))
    def cells_of_it(self, breakdown: Breakdown) -> str:
        return ", ".join(breakdown.cells.values_list("key", flat=True))

    def save_model(self, request, obj, form, change) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = create_breakdown(
            code=obj.code,
            name_fr=obj.name_fr,
            name_en=obj.name_en,
            dimensions=form.chosen,
            by=request.user,
        )
        obj.pk = made.pk
