from allauth.usersessions import apps as usersessions
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import factors, sign_in_journal  # once the models are there

        sign_in_journal.listen()
        # allauth seals nothing by itself, and asks no adapter where a passkey's key is.
        factors.WebAuthn.authenticator_data = property(factors.open_passkey)


class UserSessionsConfig(usersessions.UserSessionsConfig):
    """allauth's table of sessions without its signals, which would write the keys of cookies."""

    default = False

    def ready(self) -> None:
        """Nothing listens: accounts/sessions.py writes the rows."""
