"""Words and numbers as the reader's language writes them, for every template."""

from __future__ import annotations

import datetime as dt
import json
import re

from babel.dates import format_date, format_skeleton, format_time
from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language

from audit import submissions
from programs.templatetags.catalogue import figure, spoken

register = template.Library()
register.filter("figure", figure)


def _english() -> bool:
    return (get_language() or "en").startswith("en")


@register.filter
def month(value: dt.date | None) -> str:
    """« octobre 2026 » / "October 2026"."""
    return format_skeleton("yMMMM", value, locale=get_language()) if value else ""


@register.filter
def short_month(value: dt.date | None) -> str:
    """« oct. 2026 » / "Oct 2026"."""
    return format_skeleton("yMMM", value, locale=get_language()) if value else ""


@register.filter
def month_only(value: dt.date | None) -> str:
    """« octobre » / "October", for buttons."""
    return format_date(value, "LLLL", locale=get_language()) if value else ""


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """« lun. 3 nov. » this year, « 3 nov. 2025 » otherwise."""
    if not value:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date()
    return spoken(value, "EEE d MMM" if value.year == timezone.localdate().year else "d MMM yyyy")


@register.filter
def clock(value: dt.datetime | None) -> str:
    """« 18 h 42 » / "18:42", never cut at the end of a line."""
    if not value:
        return ""
    pattern = "HH:mm" if _english() else "H'\xa0h\xa0'mm"
    return format_time(timezone.localtime(value), pattern, locale=get_language())


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Day and hour of an event; the hour alone today."""
    if not value:
        return ""
    if timezone.localtime(value).date() == timezone.localdate():
        return clock(value)
    return f"{day(value)} · {clock(value)}"


@register.filter
def in_fours(text: str) -> str:
    """A long key as people copy it: by four."""
    return " ".join(re.findall(".{1,4}", text))


@register.filter
def in_fives(text: str) -> str:
    """A recovery code as people copy it."""
    return " ".join(re.findall(".{1,5}", text))


@register.filter
def as_json(value: object) -> str:
    """For a data attribute, which static JavaScript reads."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def first_day(span) -> str:
    return day(span.lower) if span and span.lower else ""


@register.filter
def last_day(span) -> str:
    """The last day of a range that is stored half open."""
    return day(span.upper - dt.timedelta(days=1)) if span and span.upper else ""


@register.filter
def then_the_others(language: str) -> list[str]:
    """A language, then the other: what has to be understood on a page that switches nothing."""
    return [language, *(code for code, _name in settings.LANGUAGES if code != language)]


@register.simple_tag
def colon() -> str:
    """A colon as the language spaces it: French puts a no-break space before."""
    return ":" if _english() else "\u00a0:"


@register.simple_tag
def form_key() -> str:
    """The hidden field that makes a form count once."""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', submissions.FIELD, submissions.new_key()
    )


@register.filter
def zone(value: dt.datetime) -> str:
    """The hours that a moment is told in: an e-mail is read elsewhere."""
    return timezone.localtime(value).strftime("%Z")
