"""How a figure is written on a page."""

from __future__ import annotations

from django import template

from beneficiaries.models import BeneficiaryCount
from reports.figures import Entry
from reports.period import short

register = template.Library()
MARKS = {reason: mark for mark, reason in BeneficiaryCount.MARKS.items()}


@register.filter
def entry(value: Entry) -> str:
    """A number with thin spaces, or the mark of why it is missing; « – » when nothing is known."""
    if value is None:
        return "–"
    return MARKS.get(value, "–") if isinstance(value, str) else str(value)


@register.filter
def reason(code: str) -> str:
    """A reason in words: "not collected"."""
    return str(BeneficiaryCount.MissingReason(code).label)


@register.filter
def months(value: tuple) -> str:
    """« janv. 2026 – déc. 2026 », of a first and a last day; « … » where there is none."""
    first, last = (short(day) if day else "…" for day in value)
    return first if first == last else f"{first} – {last}"
