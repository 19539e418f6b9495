"""The form that sends a filled workbook."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from beneficiaries.workbooks.checking import MOST_BYTES, too_heavy
from programs import uploads
from programs.forms.file_input import file_input


class WorkbookForm(forms.Form):
    """One file, of 2 MB at most; what is inside is looked at when it is read."""

    file = forms.FileField(
        label=gettext_lazy("Filled workbook"),
        help_text=gettext_lazy("An .xlsx file of 2 MB at most."),
        widget=file_input(
            ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            most=MOST_BYTES,
            too_heavy=too_heavy,
        ),
        error_messages={
            "required": gettext_lazy("Choose the workbook to send."),
            "empty": gettext_lazy("This file is empty. Choose the workbook to send."),
        },
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(too_heavy())
        uploads.checked_name(file, ["xlsx"], MOST_BYTES)
        return file


class ApplyForm(forms.Form):
    """What the person saw when they pressed the button."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
