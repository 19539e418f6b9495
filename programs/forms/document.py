"""What is said of a document when it is added, replaced or withdrawn."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from programs import uploads
from programs.fields import DateSpanField
from programs.models import Document, Organisation
from programs.rights import EDIT

from .file_input import file_input


class DocumentForm(forms.Form):
    """A file and what it is; cleans `file` to one that is safe to keep."""

    title = forms.CharField(
        label=_("Title"),
        max_length=150,
        help_text=_("As one looks for it later. Nothing about the people you serve."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Document.Kind.choices, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("Language of the document"),
        choices=Document.Language.choices,
        widget=forms.RadioSelect,
    )
    valid = DateSpanField(
        label=_("Valid"), help_text=_("Without a last day, it holds until it is replaced.")
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "PDF, DOCX, JPEG or PNG, 10 MB at most. What a file says of its author, of a place or "
            "a device is taken out, but for a PDF that is signed: it stays as it is."
        ),
        widget=file_input(
            ".pdf,.docx,.jpg,.jpeg,.png", most=uploads.MOST_BYTES, too_heavy=uploads.too_heavy
        ),
        error_messages={
            "required": _("Choose the file to send."),
            "empty": _("This file is empty. Choose another one."),
        },
    )

    def clean_file(self) -> uploads.Safe:
        return uploads.checked(self.cleaned_data["file"])


class AddDocumentForm(DocumentForm):
    """A first document, and which of one's organisations keeps it."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Kept by"),
        empty_label=_("Choose an organisation"),
        help_text=_("Its members alone read the document."),
    )

    def __init__(self, *args, by, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        keepers = Organisation.objects.filter(pk__in=by.access.organisations_with(EDIT))
        field = self.fields["organisation"]
        field.queryset = keepers
        if len(keepers) == 1:
            field.initial, field.disabled, field.widget = keepers[0], True, forms.HiddenInput()


class ReplaceDocumentForm(DocumentForm):
    """A newer file in the place of one that was read at `revision`."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why a document no longer holds."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown in the list. Nothing about the people you serve."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)
