from __future__ import annotations

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, User
from audit.scope import within

from .sign_in import NEW_PASSWORD_HINT


class ProfileForm(forms.Form):
    """One's own name on screen and language."""

    display_name = forms.CharField(
        label=_("Name on screen"),
        max_length=100,
        help_text=_("Colleagues see it beside what you enter."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=User._meta.get_field("language").choices,
        widget=forms.RadioSelect,
        help_text=_("Of the screens and of the e-mails you receive."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


class AcceptForm(forms.Form):
    """What a new person says of themselves: name on screen, language, password."""

    display_name = ProfileForm.base_fields["display_name"]
    language = ProfileForm.base_fields["language"]
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=NEW_PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password, once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, invitation: Invitation, **kwargs) -> None:
        self.invitation = invitation
        super().__init__(*args, **kwargs)

    def clean(self) -> dict:
        data = super().clean()
        password = data.get("password")
        if password and data.get("password_again") not in (None, password):
            self.add_error("password_again", _("The two passwords differ."))
        if password:
            name = data.get("display_name", "")
            person = User(email=self.invitation.email, display_name=name)
            try:
                with within(self.invitation.organisation_id):
                    validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return data

    @property
    def chosen(self) -> dict:
        """What the account is made of."""
        return {name: self.cleaned_data[name] for name in ("display_name", "language", "password")}
