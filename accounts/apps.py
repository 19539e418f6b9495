from allauth.usersessions import apps as usersessions
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .sign_in_journal import listen  # once the models are there

        listen()


class UserSessionsConfig(usersessions.UserSessionsConfig):
    """allauth's table of sessions without its signals, which would write the keys of cookies."""

    default = False

    def ready(self) -> None:
        """Nothing listens: accounts/sessions.py writes the rows."""
