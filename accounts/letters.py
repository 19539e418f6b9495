"""E-mails in the language of their reader; they name nobody who is helped.

Of colleagues they name those alone whose act the reader answers or judges.
"""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User


def address(name: str, *args: object) -> str:
    """A page of the portal as an e-mail gives it."""
    return settings.PORTAL_ORIGIN + reverse(name, args=args)


def send(template: str, reader: User, **context) -> None:
    """The texts of `accounts/email/<template>_subject.txt` and `…_message.txt`."""
    with translation.override(reader.language):
        subject = render_to_string(f"accounts/email/{template}_subject.txt", context)
        text = render_to_string(f"accounts/email/{template}_message.txt", context)
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [reader.email])
