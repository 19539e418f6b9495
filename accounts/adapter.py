from __future__ import annotations

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from . import devices, held, letters, sessions, sitting
from .actions import factor as actions
from .factors import Type
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from invitations alone, and read their e-mails in their own language."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The e-mail or the password is not right."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_password": gettext_lazy("This is not your password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials) -> None:
        """Read no password before its turn (accounts/tries.py)."""
        refuse_early(request)

    def authenticate(self, request: HttpRequest, **credentials) -> User | None:
        user = super().authenticate(request, **credentials)
        request.proved = user is not None
        return user

    def set_password(self, user: User, password: str) -> None:
        """Write that column alone: most others of an account never change here (upgrade)."""
        user.set_password(password)
        user.save(update_fields=["password"])

    def login(self, request: HttpRequest, user: User) -> None:
        """Open a session: its time begins, and a browser never seen before is told by mail."""
        is_new = user.last_login is not None and not devices.is_known(request, user)
        super().login(request, user)
        sitting.begin(request)
        sessions.note(request, user)
        if Type.WEBAUTHN in sitting.used_factors(request):
            actions.take_codes_again(user)
        held.come_back(request, user)
        if is_new:
            browser = devices.rough_name(self.get_http_user_agent(request))
            self.send_notification_mail(
                "accounts/email/new_device", user, {"user": user, "browser": browser}
            )

    def post_login(self, request: HttpRequest, user: User, **options) -> HttpResponse:
        if held.page_left(request):
            options["redirect_url"] = reverse("resume_form")
        response = super().post_login(request, user, **options)
        devices.remember(request, response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Every e-mail of allauth, by the portal's own door."""
        user = context.get("user") or User.objects.with_email(email)
        language = user.language if user else translation.get_language()
        with translation.override(language):
            message = self.render_mail(template_prefix, email, context)
        letters.post(email, message.subject, message.body)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever reviews figures arrives on the dashboard, an auditor on the journal.

        Everybody else arrives on today's work.
        """
        user = request.user
        if user.has_perm("beneficiaries.review_counts"):
            return reverse("dashboard")
        audits = user.has_perm("audit.view_journal")
        works = user.has_perm("beneficiaries.view_counts")
        return reverse("journal" if audits and not works else "home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("my_account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        """The ways to confirm that it is oneself, in the portal's words.

        The first one is where allauth leads from a way that is not among them.
        """
        words = {
            "reauthenticate": _("Use my password"),
            "mfa_reauthenticate": _("Use a code of the application"),
            "mfa_reauthenticate:webauthn": _("Use my passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        if sitting.takes_passkey(self.request):
            methods = [each for each in methods if each["id"].endswith(":webauthn")] or methods
        return [method | {"description": words[method["id"]]} for method in methods]

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Said only to whoever gave the right password."""
        messages.error(
            request,
            _("This account is deactivated. Ask the administrator of your organisation."),
        )
        return redirect("account_login")


def refuse_early(request: HttpRequest) -> None:
    """Refuse a try that comes before its turn, in seconds that anybody can wait."""
    if request.must_wait:
        raise ValidationError(
            ngettext(
                "Too many wrong tries. Wait %(n)s second, then try again.",
                "Too many wrong tries. Wait %(n)s seconds, then try again.",
                request.must_wait,
            )
            % {"n": request.must_wait},
            code="too_early",
        )


class FactorAdapter(DefaultMFAAdapter):
    """Second factors under the portal's own address, whatever the request said."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is not right, or was used already. Wait for the next one and try again."
        ),
        # The same words whether codes still count: they tell nobody who guesses.
        "refused_code": gettext_lazy(
            "This code is not right, or was used already. Wait for the next one and try again. "
            "After many wrong codes, use a passkey or a recovery code, or set a new password "
            "by e-mail."
        ),
    }

    def get_totp_issuer(self) -> str:
        return self._host()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": self._host(), "name": self._host()}

    def _host(self) -> str:
        return urlsplit(settings.PORTAL_ORIGIN).hostname


def reset_url(uidb36: str, key: str) -> str:
    """The page that sets a password, at the portal's own address."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": key})
    return settings.PORTAL_ORIGIN + path
