from __future__ import annotations

from functools import cached_property

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programs.constraints import fields_of
from programs.stale import both


class CatalogueForm(forms.ModelForm):
    """A row as somebody read it; what another person changed meanwhile is shown, never lost.

    The first save after such a change is refused with both values of each field; what was typed
    stays, and a second save, now knowing, stands.
    """

    READ = "read_revision"
    # Filled in by the admin for each page.
    kept: tuple[str, ...] = ()
    refused: ValidationError | None = None
    # Whether the organisation follows from another field instead of being chosen.
    derives_organisation = False

    read_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label or "")
        if not self.instance.pk:
            return
        self.initial[self.READ] = self.instance.revision
        for name in self.kept:
            if name in self.fields:
                self.fields[name].disabled = True

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name != self.READ]

    def clean(self) -> dict:
        cleaned = super().clean()
        if self.refused:
            self.add_error(None, self.refused)
        if self.instance.pk and self.changed_data:
            self._refuse_if_stale()
        return cleaned

    def add_error(self, field: str | None, error) -> None:
        """What a constraint refuses stands beside the field that mends it."""
        if field is None and hasattr(error, "error_dict"):
            for refusal in error.error_dict.pop(NON_FIELD_ERRORS, []):
                super().add_error(self._mended_in(refusal), refusal)
        super().add_error(field, error)

    def _mended_in(self, refusal: ValidationError) -> str | None:
        """The last field of this page that the constraint is about; None where none is."""
        about = next(
            (
                fields_of(constraint)
                for constraint in self._meta.model._meta.constraints
                if constraint.get_violation_error_message() == refusal.message
            ),
            set(),
        )
        shown = [
            name
            for name, field in self.fields.items()
            if name in about and not field.disabled and not field.widget.is_hidden
        ]
        return shown[-1] if shown else None

    def _refuse_if_stale(self) -> None:
        """Lock the row; if it moved on since it was read, show what it is now beside the typed."""
        rows = type(self.instance)._base_manager.select_for_update().filter(pk=self.instance.pk)
        current = rows.values_list("revision", flat=True).get()
        if self.cleaned_data.get(self.READ) == current:
            return
        self.add_error(
            None, _("Somebody else saved this meanwhile. Nothing of yours is saved yet.")
        )
        for name in self.changed_data:
            field = self[name]
            self.add_error(name if not field.is_hidden else None, both(field, field.initial))
        self.data = self.data.copy()
        self.data[self.add_prefix(self.READ)] = current

    def _get_validation_exclusions(self) -> set[str]:
        """An organisation that follows from another field is checked once that field says it."""
        excluded = super()._get_validation_exclusions()
        is_known = self.derives_organisation and self.instance.organisation_id is not None
        return excluded - {"organisation"} if is_known else excluded
