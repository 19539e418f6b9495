from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from beneficiaries.actions.count import Key
from beneficiaries.sheet import Sheet


class PasteForm(forms.Form):
    """A block of a spreadsheet, and the cell of the grid where its first number goes."""

    start = forms.ChoiceField(label=_("The first number goes to"))
    text = forms.CharField(
        label=_("Numbers copied from the spreadsheet"),
        widget=forms.Textarea(attrs={"rows": 6}),
        strip=False,
        max_length=100_000,
        help_text=_("Select the cells in your spreadsheet, copy them, paste them here."),
    )

    def __init__(self, *args, sheet: Sheet, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].choices = [
            (
                str(row.indicator),
                [(f"{row.indicator.pk}-{c.cell_id}", c.label) for c in row.columns],
            )
            for row in sheet.rows
        ]

    @property
    def first_cell(self) -> Key:
        indicator, cell = self.cleaned_data["start"].split("-")
        return int(indicator), int(cell)
