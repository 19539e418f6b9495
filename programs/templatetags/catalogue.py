"""Words of the catalogue that depend on who reads."""

import datetime as dt

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
    if not value:
        return ""
    text = format_date(value, "d MMM yyyy", locale=get_language())
    return text.replace("1 ", "1er ", 1) if value.day == 1 and get_language() == "fr" else text


@register.filter
def until(span) -> str:
    """The last day of a range that is stored half open, with its year."""
    return dated(span.upper - dt.timedelta(days=1)) if span and span.upper else ""
