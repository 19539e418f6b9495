from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations alone, and read their e-mails in their own language."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The e-mail or the password is not right."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "too_many_login_attempts": gettext_lazy(
            "Too many failed tries. Wait five minutes, or ask for a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        user = context.get("user") or User.objects.with_email(email)
        language = user.language if user else translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the e-mail leads to the portal's own address, whatever the request said."""
        uidb36, _dash, secret = key.partition("-")
        return reset_url(uidb36, secret)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever reviews figures arrives on the dashboard, everybody else on today's work."""
        user = request.user
        reviews = user.has_perm("beneficiaries.review_counts")
        return reverse("dashboard" if reviews else "home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my_account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Said only to whoever gave the right password."""
        messages.error(
            request,
            _("This account is deactivated. Ask the administrator of your organisation."),
        )
        return redirect("account_login")


def reset_url(uidb36: str, key: str) -> str:
    """The page that sets a password, at the portal's own address."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": key})
    return settings.PORTAL_ORIGIN + path
