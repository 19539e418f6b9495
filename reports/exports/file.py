"""What is in an archive, and how a text is made harmless in a spreadsheet."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

# The full-width ones are read as formulas by spreadsheets of East Asia.
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
STARTS = (*SIGNS, "\t", "\r", "\n")
# A spreadsheet that splits lines at semicolons or tabs sees a cell begin inside of ours.
INNER = re.compile(rf"([;\t\r\n][\s\0\u200b\ufeff]*)([{re.escape(''.join(SIGNS))}])")
INVISIBLE = ("C", "Z")


@dataclass(frozen=True)
class File:
    """A finished file of an archive: nothing of it is read from the database any more."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Mark:
    """Whose copy a file is: written into each, so that one that is found says where it is from."""

    number: str
    person: str
    # Said in the language of whoever reads.
    purpose: str | Promise
    made_at: dt.datetime

    @property
    def line(self) -> str:
        return _("Export %(number)s, made for %(person)s on %(when)s. Purpose: %(purpose)s.") % {
            "number": self.number,
            "person": self.person,
            "when": date_format(timezone.localtime(self.made_at), "SHORT_DATETIME_FORMAT"),
            "purpose": self.purpose,
        }


def neutral(text: object) -> str:
    """A text that no spreadsheet takes for a formula, invisible characters before it or not."""
    found = str(text)
    visible = found.lstrip()
    while visible and unicodedata.category(visible[0])[0] in INVISIBLE:
        visible = visible[1:]
    is_formula = found.startswith(STARTS) or visible.startswith(SIGNS)
    return ("'" if is_formula else "") + INNER.sub(r"\1'\2", found)
