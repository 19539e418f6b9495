from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import DateRangeField
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TabbedTranslationAdmin

from programs.models import FundedProject, Grant, GrantScope, Organisation, Program, Site
from programs.models.organisation import currencies
from programs.templatetags.catalogue import figure
from programs.violations import OTHER_SITE

from .editing import CatalogueAdmin, CatalogueInline, own_organisations, parent_id
from .form import CatalogueForm


class OfProjectForm(CatalogueForm):
    """A grant belongs to the organisation of its project."""

    derives_organisation = True
    currency = forms.ChoiceField(label=_("currency"), choices=currencies, required=False)

    def clean(self) -> dict:
        project = self.cleaned_data.get("project")
        if project:
            self.instance.organisation_id = project.organisation_id
        return super().clean()


class OfGrantForm(CatalogueForm):
    """What a grant covers belongs to the organisation that receives it."""

    derives_organisation = True

    def clean(self) -> dict:
        self.instance.organisation_id = self.instance.grant.organisation_id
        cleaned = super().clean()
        program, site = cleaned.get("program"), cleaned.get("site")
        if program and site and not program.program_sites.filter(site=site).exists():
            self.add_error("site", OTHER_SITE)
        return cleaned


@admin.register(FundedProject)
class FundedProjectAdmin(CatalogueAdmin, TabbedTranslationAdmin):
    add_text = _("Add a funded project")
    kept = ("organisation", "code")
    fields = ["organisation", "code", "name", "objective", "period", "is_active"]
    list_display = ["name", "code", "organisation", "state"]
    list_select_related = ["organisation"]
    list_filter = [("organisation", admin.RelatedOnlyFieldListFilter), "is_active"]
    search_fields = ["name_fr", "name_en", "code"]


class GrantScopeInline(CatalogueInline):
    add_text = _("Add a program that the grant covers")
    model = GrantScope
    form = OfGrantForm
    fields = ["program", "site", "share", "period"]

    def choices(self, name, request):
        """Programs in which the grant's organisation takes part, and the sites it sees there."""
        grants = Grant.objects.filter(
            pk=parent_id(request), organisation__in=own_organisations(request.user)
        )
        programs = Program.objects.filter(
            partnerships__organisation__in=grants.values("organisation")
        )
        if name == "program":
            return programs
        placed = Site.objects.filter(pk__in=programs.values("program_sites__site"))
        return placed.visible_to(request.user)


@admin.register(Grant)
class GrantAdmin(CatalogueAdmin):
    add_text = _("Add a grant")
    form = OfProjectForm
    kept = ("project",)
    fields = [
        *["project", "funder", "reference", "period", "amount", "currency", "report_language"],
    ]
    inlines = [GrantScopeInline]
    list_display = ["reference", "funder", "project", "amount_shown"]
    list_select_related = ["funder", "project"]
    list_filter = [
        ("project", admin.RelatedOnlyFieldListFilter),
        ("funder", admin.RelatedOnlyFieldListFilter),
    ]
    search_fields = ["reference", "funder__name_fr", "funder__name_en"]

    @admin.display(description=Grant._meta.get_field("amount").verbose_name, ordering="amount")
    def amount_shown(self, grant: Grant) -> str:
        return f"{figure(grant.amount)}\N{NO-BREAK SPACE}{grant.currency}" if grant.amount else ""

    def choices(self, name, request):
        if name == "project":
            return FundedProject.objects.filter(organisation__in=own_organisations(request.user))
        return Organisation.objects.funders()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A grant has an end: a funder pays for a period."""
        if isinstance(db_field, DateRangeField):
            kwargs["is_open_ended"] = False
        return super().formfield_for_dbfield(db_field, request, **kwargs)
