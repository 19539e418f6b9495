"""Words that a password may not be built on: whoever knows the work guesses them first."""

from __future__ import annotations

import re

from anyascii import anyascii
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audit.scope import within
from programs.models import Organisation, Program

from .models import User
from .rights import organisations_of

WORDS = (
    *("portal", "portail", "traite", "trafficking", "traffic", "maraude", "association"),
    *("prevention", "hebergement", "shelter", "enfant", "children", "victime", "victim"),
    *("password", "motdepasse", "bienvenue", "welcome", "bonjour", "azerty", "qwerty"),
    *("12345678", "123456", "soleil", "doudou", "change", "admin"),
)
SHORTEST_WORD = 4
# What has to remain once every such word is taken away.
OWN_CHARACTERS = 8


def _plain(text: str) -> str:
    """Small letters and digits alone, without accents."""
    return re.sub(r"[^a-z0-9]", "", anyascii(text).lower())


def _names(user: User | None) -> set[str]:
    """Names of organisations and programs, whole and word by word.

    Those that the request may read, and those around the person: who sets a password through the
    link of an e-mail has not signed in, and would find no name at all.
    """
    with within(*organisations_of(user.pk) if user else ()):
        rows = [
            *Organisation.objects.values_list("code", "name_fr", "name_en"),
            *Program.objects.values_list("code", "name_fr", "name_en"),
        ]
    names = [name for row in rows for name in row if name]
    parts = {_plain(part) for name in names for part in (name, *re.split(r"\W+|_", name))}
    return {part for part in parts if len(part) >= SHORTEST_WORD}


class ContextWordsValidator:
    """Refuses a password that is little more than such words and a few characters."""

    def validate(self, password: str, user: User | None = None) -> None:
        left = _plain(password)
        for word in sorted(_names(user) | set(WORDS), key=len, reverse=True):
            left = left.replace(word, "")
        if len(left) < OWN_CHARACTERS <= len(_plain(password)):
            raise ValidationError(
                _(
                    "This password is built on words that are easy to guess here, such as the name "
                    "of an organisation. Use several words that do not belong together."
                ),
                code="context_words",
            )

    def get_help_text(self) -> str:
        return _("No name of an organisation or program, and no word of the work.")
