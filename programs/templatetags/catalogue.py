"""Words of the catalogue that depend on who reads."""

import datetime as dt
import json
import re

from babel.dates import format_date
from babel.numbers import format_decimal
from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programs.models import Site

register = template.Library()
THIN_SPACE = "\u202f"


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


def since_until(span) -> str:
    """« 1er janv. 2026 – 31 déc. 2026 », or since when, of what has no end."""
    if span.upper:
        return f"{dated(span.lower)} – {until(span)}"
    return _("since %(day)s") % {"day": dated(span.lower)}


def figure(value: object) -> str:
    """A number with thin spaces every three digits, in both languages; "" for nothing."""
    if value in (None, ""):
        return ""
    if isinstance(value, int):
        return f"{value:,}".replace(",", THIN_SPACE)
    text = format_decimal(value, locale=get_language())
    if (get_language() or "en").startswith("en"):
        return text.replace("\xa0", THIN_SPACE).replace(",", THIN_SPACE)
    return text


@register.filter
def rows_to_add(rows) -> str:
    """What the admin's script reads of a table whose rows are added on the page."""
    prefix, words = rows.formset.prefix, {"addText": rows.opts.add_text, "deleteText": _("Remove")}
    options = {"prefix": prefix, **words}
    return json.dumps({"name": f"#{prefix}", "options": options}, cls=DjangoJSONEncoder)
