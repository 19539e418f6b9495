"""Sites opened for programs: on the page of a program, and on the page of a site."""

from __future__ import annotations

from django import forms

from programs.models import ProgramSite

from .editing import CatalogueInline
from .form import CatalogueForm


class PlacedForm(CatalogueForm):
    """The row belongs to the organisation whose site it is; what it links never changes."""

    derives_organisation = True

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in self.kept if self.instance.pk else ():
            linked = getattr(self.instance, name)
            self.fields[name] = LinkedField(linked, label=self.fields[name].label)

    def clean(self) -> dict:
        site = self.cleaned_data.get("site") or (self.instance.site_id and self.instance.site)
        if site:
            self.instance.organisation_id = site.organisation_id
        return super().clean()


class LinkedField(forms.ChoiceField):
    """The one row that is linked, among no others: they may be somebody else's to choose."""

    def __init__(self, linked, **kwargs) -> None:
        self.linked = linked
        super().__init__(choices=[(linked.pk, linked)], disabled=True, **kwargs)

    def clean(self, value):
        return self.linked


class PlacedInline(CatalogueInline):
    model = ProgramSite
    form = PlacedForm

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("program", "site")
