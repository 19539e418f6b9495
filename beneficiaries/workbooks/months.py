"""Months in words, for files."""

import datetime as dt

from babel.dates import format_skeleton
from django.utils.translation import get_language


def month_name(month: dt.date) -> str:
    """« octobre 2026 » / "October 2026", in the language of the moment."""
    return format_skeleton("yMMMM", month, locale=get_language() or "en")
