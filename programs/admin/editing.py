"""What every editing page of the catalogue does: rights, stale saves, refusals, journal."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.fields import TranslationField

from audit.days import DayField, DayInput
from programs.actions import enter
from programs.alphabet import place_of
from programs.fields import DateSpanField
from programs.models import Cell, Organisation
from programs.models.organisation import Language
from programs.rights import EDIT, SHARED, may_edit

from .ending import tell_of_later_counts
from .form import CatalogueForm

FIELDS = {
    DateRangeField: {"form_class": DateSpanField},
    models.DateField: {"form_class": DayField, "widget": DayInput},
    models.TextField: {"widget": forms.Textarea(attrs={"rows": 4})},
}


# Scripts of widgets that these pages do not have.
NEEDLESS = ("core.js", "RelatedObjectLookups.js", "actions.js", "urlify.js", "prepopulate.js")


class Choices:
    """Choice fields without the admin's buttons, read once for all the rows of a page."""

    formfield_overrides = FIELDS
    # The script of the tabs, which say the language, takes off what stands in brackets.
    label_of_text = "{text} [{language}]"
    # Fields that never change once the row exists.
    kept: tuple[str, ...] = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if field and isinstance(db_field, TranslationField):
            field.label = self.label_of_text.format(
                text=db_field.translated_field.verbose_name,
                language=Language(db_field.language).label,
            )
        if isinstance(field, forms.ModelChoiceField):
            field.choices = choices = in_order(field)
            if field.required and len(choices) == 2:
                field.initial = choices[1][0].value
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        choices = self.choices(db_field.name, request)
        if choices is not None:
            kwargs.setdefault("queryset", choices)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def choices(self, name: str, request: HttpRequest) -> QuerySet | None:
        """The rows a foreign key may point to, for this person."""
        if name == "organisation":
            return own_organisations(request.user)
        return None

    def get_fieldsets(self, request, obj=None):
        """The revision that was read travels with each row that may be changed."""
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return fieldsets
        *first, (name, options) = fieldsets
        return [*first, (name, {**options, "fields": [*options["fields"], CatalogueForm.READ]})]


class CatalogueAdmin(Choices, admin.ModelAdmin):
    """Rows of one's own organisations to edit, what all share to edit or to read."""

    form = CatalogueForm
    # What the button says that opens an empty form.
    add_text = ""
    actions = None
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if issubclass(self.model, SHARED):
            return rows
        return rows.filter(organisation__in=request.user.access.organisations_with(EDIT))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the filters on the page ask: a range of days compared with a word fails."""
        shown = (one if isinstance(one, str) else one[0] for one in self.list_filter)
        is_shown = any(lookup == name or lookup.startswith(f"{name}__") for name in shown)
        return is_shown and super().lookup_allowed(lookup, value, request)

    def has_module_permission(self, request) -> bool:
        return request.user.has_perm(EDIT)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(EDIT)

    def has_add_permission(self, request) -> bool:
        return may_edit(request.user, self.model()) if self._is_shared else True

    def has_change_permission(self, request, obj=None) -> bool:
        if obj is None:
            return may_edit(request.user, self.model()) if self._is_shared else True
        return may_edit(request.user, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        """Rows are ended or deactivated: what was counted under them stays readable."""
        return False

    @property
    def media(self) -> forms.Media:
        media = super().media
        wanted = [path for path in media._js if not path.endswith((*NEEDLESS, "xregexp.js"))]
        return forms.Media(css=media._css, js=wanted)

    @property
    def _is_shared(self) -> bool:
        return issubclass(self.model, SHARED)

    @admin.display(description=gettext_lazy("state"), ordering="is_active")
    def state(self, row) -> str:
        return _("active") if row.is_active else _("no longer active")

    def view_on_site(self, obj) -> str | None:
        return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None

    def get_inlines(self, request, obj):
        """Rows that hang on this one are added once it exists."""
        return self.inlines if obj else []

    def get_object(self, request, object_id, from_field=None):
        """An address that names an empty field (`?_to_field=`) names none."""
        return super().get_object(request, object_id, from_field or None)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.kept, form.refused = self.kept, getattr(request, "refused", None)
        return form

    def add_view(self, request, form_url="", extra_context=None):
        return super().add_view(request, form_url, {"rows_come_later": bool(self.inlines)})

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A refusal of the database is shown in the form, with what was typed."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refused:
            request.refused = refused
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change) -> None:
        enter(obj, by=request.user, fields=form.changed_data)

    def save_formset(self, request, form, formset, change) -> None:
        formset.save(commit=False)
        for row, fields in formset.changed_objects:
            enter(row, by=request.user, fields=fields)
        for row in formset.new_objects:
            enter(row, by=request.user)

    def save_related(self, request, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        tell_of_later_counts(request, form, formsets)

    def log_addition(self, request, obj, message) -> None:
        """`enter` has written it in the journal, which replaces the admin's own log."""

    def log_change(self, request, obj, message) -> None:
        """As above."""

    def message_user(self, request, message, level=messages.INFO, **options) -> None:
        """What the admin says of a row that is saved, in one word."""
        said = _("Saved.") if level == messages.SUCCESS else message
        super().message_user(request, said, level, **options)

    def response_add(self, request, obj, post_url_continue=None) -> HttpResponse:
        """A new row with rows of its own opens again, to add them."""
        if self.inlines and "_addanother" not in request.POST:
            request.POST = request.POST.copy() | {"_continue": "1"}
        return super().response_add(request, obj, post_url_continue)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404


class Rows(forms.BaseInlineFormSet):
    """As many rows as fields were sent: a number alone makes the server build none."""

    def total_form_count(self) -> int:
        count = super().total_form_count()
        return min(count, len(self.data)) if self.is_bound else count


class CatalogueInline(Choices, admin.TabularInline):
    """Rows that hang on another; who edits that one edits them."""

    form = CatalogueForm
    formset = Rows
    # What the button says that adds a row.
    add_text = ""
    template = "admin/rows.html"
    label_of_text = "{text} ({language})"
    extra = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request, obj=None) -> bool:
        return True

    def has_add_permission(self, request, obj=None) -> bool:
        return obj is not None and may_edit(request.user, obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return obj is not None and may_edit(request.user, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return False

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.kept = self.kept
        return formset


def in_order(field: forms.ModelChoiceField) -> list[tuple]:
    """The choices of a field by their names; cells stand as in their breakdown."""
    choices = list(field.choices)
    if issubclass(field.queryset.model, Cell):
        return choices
    empty, rows = [c for c in choices if not c[0]], [c for c in choices if c[0]]
    return [*empty, *sorted(rows, key=lambda choice: place_of(choice[1]))]


def own_organisations(user) -> QuerySet:
    """Organisations of which this person edits the catalogue."""
    return Organisation.objects.filter(pk__in=user.access.organisations_with(EDIT))


def parent_id(request: HttpRequest) -> str | None:
    """The key of the row whose page this is."""
    return request.resolver_match.kwargs.get("object_id")
