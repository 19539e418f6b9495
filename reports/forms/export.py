from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.models.states import Purpose

LEAST_WORDS = 10


class ExportForm(forms.Form):
    """Why somebody takes figures out."""

    purpose = forms.ChoiceField(
        label=_("Purpose"), choices=[("", _("Choose a purpose")), *Purpose.choices]
    )
    purpose_note = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Needed for another purpose. To whom, for which report. Read by whoever approves it; "
            "never name a person we help."
        ),
    )

    def clean(self) -> dict:
        found = super().clean()
        if found.get("purpose") == Purpose.OTHER and not found.get("purpose_note"):
            self.add_error("purpose_note", _("Say what the other purpose is."))
        return found


class ReviewForm(forms.Form):
    """A second person's answer."""

    is_approved = forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Approve this export")), ("no", _("Refuse it"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why you refuse"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In at least ten characters; the person who asked reads it."),
    )

    def clean(self) -> dict:
        found = super().clean()
        is_refused = found.get("is_approved") is False
        if is_refused and "reason" in found and len(found["reason"]) < LEAST_WORDS:
            self.add_error("reason", _("Say in at least ten characters why."))
        return found
