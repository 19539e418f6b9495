"""Second factors on screens: a code, a passkey, a name."""

from __future__ import annotations

import json

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as allauth
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.webauthn import forms as passkeys
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import factors
from accounts.actions import factor as actions
from accounts.adapter import refuse_early

# What the libraries under a passkey raise on an answer that no browser gives.
NONSENSE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


class DigitsField(forms.CharField):
    """Digits, with or without spaces between them."""

    def __init__(self, **options) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value) -> str:
        return "".join(c for c in super().clean(value) if c.isascii() and c.isdigit())


class CodeForm(allauth.AuthenticateForm):
    """A code of the application, or a recovery code."""

    code = DigitsField(label=_("Code"))

    def clean_code(self) -> str:
        request = allauth.context.request
        refuse_early(request)
        factor = actions.use_code(user=self.user, code=self.cleaned_data["code"])
        if factor is None:
            self._emit_authentication_failed(None)
            raise get_adapter().validation_error("refused_code")
        request.proved = True
        self.authenticator = factor
        return self.cleaned_data["code"]


class ConfirmCodeForm(CodeForm):
    """A code once more, by somebody who is signed in."""

    def save(self) -> None:
        post_authentication(allauth.context.request, self.authenticator, reauthenticated=True)


def _checked(clean, form):
    """Run a check of allauth's on an answer of a passkey that may be anything at all."""
    try:
        return clean(form)
    except ValidationError:
        raise
    except NONSENSE:
        raise get_adapter().validation_error("incorrect_code") from None


class AnswerField(forms.CharField):
    """What the browser answers for a passkey, in JSON."""

    def __init__(self) -> None:
        super().__init__(max_length=20_000, widget=forms.HiddenInput)

    def clean(self, value) -> object:
        text = super().clean(value)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise get_adapter().validation_error("incorrect_code") from None


class UsePasskeyForm(passkeys.AuthenticateWebAuthnForm):
    """The second step, with a passkey."""

    credential = AnswerField()

    def clean_credential(self):
        return _checked(passkeys.AuthenticateWebAuthnForm.clean_credential, self)


class ConfirmPasskeyForm(passkeys.ReauthenticateWebAuthnForm):
    """A passkey once more, by somebody who is signed in."""

    credential = AnswerField()

    def clean_credential(self):
        return _checked(passkeys.ReauthenticateWebAuthnForm.clean_credential, self)


class PasskeySignInForm(passkeys.LoginWebAuthnForm):
    """A passkey alone: it says who and proves it."""

    credential = AnswerField()

    def clean_credential(self):
        return _checked(passkeys.LoginWebAuthnForm.clean_credential, self)


class FirstCodeForm(forms.Form):
    """The code that proves that the application knows the secret."""

    code = DigitsField(label=_("Code of six digits"))

    def __init__(self, *args, secret: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self) -> str:
        self.step = factors.step_of(self.secret, self.cleaned_data["code"])
        if self.step is None:
            raise get_adapter().validation_error("incorrect_code")
        return self.cleaned_data["code"]


class PasskeyNameForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        max_length=60,
        help_text=_("So that you know it again: “my telephone”, “grey key”."),
    )


class NewPasskeyForm(PasskeyNameForm):
    """A name, and what the browser answers when a passkey is made."""

    credential = AnswerField()

    def clean_credential(self) -> dict:
        return _checked(NewPasskeyForm._registered, self)

    def _registered(self) -> dict:
        credential = self.cleaned_data["credential"]
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
        return credential
