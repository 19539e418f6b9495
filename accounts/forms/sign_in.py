"""allauth's forms in the portal's words: labels instead of placeholders, one hint each."""

from __future__ import annotations

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import jobs, sign_in_journal, tries
from accounts.models.user import one_case

NEW_PASSWORD_HINT = _(
    "At least 12 characters. Several words that do not belong together are easy to remember "
    "and hard to guess."
)


def _say(form: forms.Form, name: str, label: str, help_text: str = "") -> None:
    """Label a field of allauth's, and drop its placeholder."""
    field = form.fields[name]
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth.LoginForm):
    """E-mail and password; no "remember me": a shared computer must not remember anybody."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        _say(self, "login", _("E-mail"))
        _say(self, "password", _("Password"))


class ConfirmForm(allauth.ReauthenticateForm):
    """One's own password once more."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password", _("Password"))


class ChangePasswordForm(allauth.ChangePasswordForm):
    """The present password, and a new one twice."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "oldpassword", _("Present password"))
        _say(self, "password1", _("New password"), NEW_PASSWORD_HINT)
        _say(self, "password2", _("New password, once more"))

    def clean_oldpassword(self) -> str:
        """Counted and written down like a try to sign in: a stolen session guesses here too."""
        password = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class NewPasswordForm(allauth.ResetPasswordKeyForm):
    """A new password twice, for whoever holds the link of the e-mail."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "password1", _("New password"), NEW_PASSWORD_HINT)
        _say(self, "password2", _("New password, once more"))


class AskForResetForm(allauth.ResetPasswordForm):
    """An e-mail; whether an account has it is told by mail alone."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _say(self, "email", _("E-mail"))

    def clean_email(self) -> str:
        """Looked up by nobody yet."""
        return one_case(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs) -> str:
        """One line and one job in either case: the page and its time tell nothing."""
        email = self.cleaned_data["email"]
        sign_in_journal.asked_for_reset(email, tries.network_of(request))
        jobs.ask_for_reset(email, translation.get_language())
        return email
