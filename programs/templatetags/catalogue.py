"""Words of the catalogue that depend on who reads."""

import datetime as dt
import re

from babel.dates import format_date
from django import template
from django.utils.translation import get_language

from programs.models import Site

register = template.Library()


@register.filter
def seen_by(site: Site, user) -> str:
    """A site's name, or its code alone when it is confidential to this reader."""
    return site.label_for(user)


@register.filter
def zone_for(site: Site, user) -> str:
    return site.zone_for(user)


@register.filter
def dated(value: dt.date | None) -> str:
    """« 1er janv. 2026 » / "1 Jan 2026": what lasts for years always says its year."""
    return spoken(value, "d MMM yyyy") if value else ""


def spoken(value: dt.date, pattern: str) -> str:
    """A day as the language says it: French has a first of the month, « 1er »."""
    text = format_date(value, pattern, locale=get_language())
    return re.sub(r"\b1 ", "1er\xa0", text) if get_language() == "fr" else text


@register.filter
def until(span) -> str:
    """The last day of a range that is stored half open, with its year."""
    return dated(span.upper - dt.timedelta(days=1)) if span and span.upper else ""
