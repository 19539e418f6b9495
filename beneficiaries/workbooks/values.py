"""What a person wrote in a cell: a number, why it is missing, nothing, or a mistake."""

from __future__ import annotations

import math
import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from beneficiaries.models import BeneficiaryCount

SPACES = re.compile(r"\s+")  # thin and non-breaking spaces too
# "12", "12.0", "12,00"; never "1,000", which is a thousand to some and one to others.
WHOLE = re.compile(r"(\d{1,12})(?:[.,]0{1,2})?", re.ASCII)
REASONS = {
    **BeneficiaryCount.MARKS,
    "n/a": "not_applicable",
    "n/c": "not_collected",
    "...": "withheld",
}
# A value and a reason; (None, "") when the cell is empty.
Written = tuple[int | None, str]
EMPTY: Written = (None, "")


class Mistake(Exception):
    """What is wrong with a cell, in the reader's language."""


def written(content: object) -> Written:
    """What a cell says; Mistake when it is no whole number from 0 to 100,000 and no mark."""
    if isinstance(content, bool):
        raise Mistake(_not_whole(content))
    if isinstance(content, int | float):
        return _within(content)
    if not isinstance(content, str):
        raise Mistake(_("a date or an hour stands where a number is expected"))
    text = SPACES.sub("", content)
    if not text:
        return EMPTY
    if text.lower() in REASONS:
        return None, REASONS[text.lower()]
    if match := WHOLE.fullmatch(text):
        return _within(int(match[1]))
    raise Mistake(_not_whole(content))


def _within(number: float) -> Written:
    if not math.isfinite(number) or number != int(number):
        raise Mistake(_not_whole(number))
    if not 0 <= number <= BeneficiaryCount.MAX_VALUE:
        raise Mistake(
            _("%(number)s is not between 0 and %(most)s")
            % {"number": _figure(int(number)), "most": _figure(BeneficiaryCount.MAX_VALUE)}
        )
    return int(number), ""


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def _not_whole(content: object) -> str:
    text = number_format(content) if isinstance(content, float) else str(content)
    return _("“%(text)s” is not a whole number") % {"text": _short(text)}


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def mark(value: int | None, reason: str) -> str | int:
    """How a number, or why it is missing, is written in a cell."""
    if value is not None:
        return value
    return next((m for m, r in BeneficiaryCount.MARKS.items() if r == reason), "")
