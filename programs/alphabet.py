"""Names in the order people look for them: capitals and accents aside, everywhere the same.

A database orders by code point ("Z" before "a", « Écoutes » last) unless it was made with the
collation of a language, and not every PostgreSQL has one.
"""

from __future__ import annotations

import unicodedata

from django.db.models import CharField, F, Func
from django.utils.translation import get_language
from modeltranslation.utils import build_localized_fieldname

_LETTERS = [(sign, unicodedata.normalize("NFD", sign)) for sign in map(chr, range(0xC0, 0x250))]
# Latin letters with a mark, or joined, and where they stand.
PLAIN = {sign: parts[0] for sign, parts in _LETTERS if len(parts) > 1}
PLAIN |= dict(zip("ŒœÆæØøŁł", "OoAaOoLl", strict=True))
_TABLE = str.maketrans(PLAIN)
_TEMPLATE = "lower(translate(%(expressions)s, '{}', '{}'))"
TEMPLATE = _TEMPLATE.format("".join(PLAIN), "".join(PLAIN.values()))


def alphabetical(field: str) -> Func:
    """An expression to order rows by a text."""
    return Func(F(field), template=TEMPLATE, output_field=CharField())


def by_name(path: str = "name") -> Func:
    """The same by a name that is kept in both languages: in the reader's."""
    return alphabetical(build_localized_fieldname(path, get_language()))


def place_of(text: str) -> str:
    """The same for a text in hand."""
    return str(text).translate(_TABLE).lower()
