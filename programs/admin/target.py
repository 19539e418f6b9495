from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.models import Cell, Grant, Indicator, Program, Site, Target
from programs.models.target import disagreements
from programs.templatetags.catalogue import figure, since_until
from programs.violations import OTHER_MESSAGES

from .editing import CatalogueAdmin, own_organisations
from .form import CatalogueForm

RULES = {
    "indicator": "target_indicator_of_program",
    "site": "target_site_of_program",
    "cell": "target_cell_of_indicator",
}


class TargetForm(CatalogueForm):
    """A target belongs to the organisation that leads the program."""

    derives_organisation = True

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if program := self._program():
            self._offer("indicator", program.program_indicators.values_list("indicator", flat=True))
            self._offer("site", program.program_sites.values_list("site", flat=True))

    def _program(self) -> Program | None:
        """The program that is chosen on the page as it stands."""
        if "program" not in self.fields:
            return None
        try:
            return self.fields["program"].clean(self["program"].value())
        except ValidationError:
            return None

    def _offer(self, name: str, rows: Iterable[int]) -> None:
        """Only `rows`, and what is chosen already."""
        offered = {"", str(self[name].value()), *map(str, rows)}
        field = self.fields[name]
        field.choices = [choice for choice in field.choices if str(choice[0]) in offered]

    def clean(self) -> dict:
        program = self.cleaned_data.get("program")
        if program:
            self.instance.organisation_id = program.organisation_id
        cleaned = super().clean()
        indicator, site, cell = (cleaned.get(name) for name in ("indicator", "site", "cell"))
        if program and indicator:
            self._ask("indicator", program.program_indicators.filter(indicator=indicator))
        if program and site:
            self._ask("site", program.program_sites.filter(site=site))
        if indicator and cell:
            self._ask("cell", indicator.breakdown.cells.filter(pk=cell.pk))
        return cleaned

    def _ask(self, name: str, rows: QuerySet) -> None:
        """The rule that the database holds, said beside the field."""
        if not rows.exists():
            self.add_error(name, OTHER_MESSAGES[RULES[name]])


class CellChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, cell: Cell) -> str:
        return f"{cell.breakdown} · {cell.label}"


@admin.register(Target)
class TargetAdmin(CatalogueAdmin):
    add_text = _("Add a target")
    form = TargetForm
    fields = ["program", "indicator", "kind", "span", "value", "site", "cell", "grant"]
    list_display = ["program", "indicator", "kind", "span_shown", "value_shown"]
    list_select_related = ["program", "indicator"]
    list_filter = [
        ("program", admin.RelatedOnlyFieldListFilter),
        ("indicator", admin.RelatedOnlyFieldListFilter),
        "kind",
    ]

    def choices(self, name, request):
        own = own_organisations(request.user)
        programs = Program.objects.filter(organisation__in=own)
        return {
            "program": programs,
            "indicator": Indicator.objects.order_by("name"),
            "site": Site.objects.filter(pk__in=programs.values("program_sites__site")),
            "grant": Grant.objects.filter(organisation__in=own).select_related("funder"),
            "cell": Cell.objects.select_related("breakdown").prefetch_related(
                "category_rows__category"
            ),
        }[name]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "cell":
            kwargs["form_class"] = CellChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=Target._meta.get_field("span").verbose_name, ordering="span")
    def span_shown(self, target: Target) -> str:
        return since_until(target.span)

    @admin.display(description=Target._meta.get_field("value").verbose_name, ordering="value")
    def value_shown(self, target: Target) -> str:
        return figure(target.value)

    def save_model(self, request, obj, form, change) -> None:
        """Targets that do not sum to the whole are saved, and said."""
        super().save_model(request, obj, form, change)
        for one in disagreements(Target.objects.filter(program=obj.program_id)):
            text = gettext(
                "The targets of the parts of “%(indicator)s” sum to %(parts)s, "
                "and the target of the whole is %(whole)s."
            ) % {
                "indicator": one.whole.indicator,
                "parts": figure(one.parts),
                "whole": figure(one.whole.value),
            }
            self.message_user(request, text, messages.WARNING)
