"""The one door of every e-mail: in the language of its reader, and sent by the worker.

They name nobody who is helped; of colleagues, those alone whose act the reader answers or judges.
A request or a job leaves its e-mails with its own transaction: rolled back, it sends none; and a
mail server that is away stops nobody.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections import Counter

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from audit import encryption

from .models import User

logger = logging.getLogger(__name__)
LETTER = "procrastinate_jobs:deliver"
# Pauses of 10 seconds, 70, 130… up to 53 minutes: 86 400 seconds in all.
FOR_A_DAY = RetryStrategy(max_attempts=54, wait=10, linear_wait=60)
# After everything else that waits: a mail server that does not answer takes 15 seconds a letter.
LAST = -1


def address(name: str, *args: object) -> str:
    """A page of the portal as an e-mail gives it."""
    return settings.PORTAL_ORIGIN + reverse(name, args=args)


def send(template: str, reader: User, **context) -> None:
    """The texts of `accounts/email/<template>_subject.txt` and `…_message.txt`."""
    with translation.override(reader.language):
        subject = render_to_string(f"accounts/email/{template}_subject.txt", context)
        text = render_to_string(f"accounts/email/{template}_message.txt", context)
    post(reader.email, subject, text)


def post(email: str, subject: str, text: str) -> None:
    """Leave an e-mail to the worker, sealed: it may hold a link that opens something."""
    said = json.dumps([email, " ".join(subject.splitlines()).strip(), text])
    letter = str(uuid.uuid4())
    deliver.defer(letter=letter, sealed=encryption.encrypt(said, f"{LETTER}:{letter}"))


def keys_found() -> Counter[str]:
    """How many e-mails, and addresses to send one to, each key seals in jobs."""
    sealed = ProcrastinateJob.objects.filter(args__has_key="sealed")
    return Counter(map(encryption.key_of_text, sealed.values_list("args__sealed", flat=True)))


def opened(letter: str, sealed: str) -> tuple[str, str, str]:
    """Address, subject and text of an e-mail that waits: sealed for this letter, no other's."""
    email, subject, text = json.loads(encryption.decrypt(sealed, f"{LETTER}:{letter}"))
    return email, subject, text


@app.task(name="accounts.letters.deliver", retry=FOR_A_DAY, priority=LAST)
def deliver(*, letter: str, sealed: str) -> None:
    """Hand one e-mail to the mail server, which is tried again for a day."""
    email, subject, text = opened(letter, sealed)
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [email])
    except OSError as error:  # smtplib's are OSErrors too
        logger.warning(
            "the mail server took no e-mail (%s): it is tried again", type(error).__name__
        )
        raise
