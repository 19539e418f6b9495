"""What the sign-in page of the demonstration shows; nothing outside a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.conf import settings

from ngo_portal.demo import accounts, families

register = template.Library()


@dataclass(frozen=True)
class Group:
    """A family and its accounts, in the reader's language."""

    title: str
    lines: list[accounts.Line]


@register.simple_tag
def demo_password() -> str:
    return accounts.PASSWORD if settings.DEMO else ""


@register.simple_tag
def demo_groups() -> list[Group]:
    """The accounts by family, the platform's own last."""
    if not settings.DEMO:
        return []
    groups = [Group(accounts.said(f.title), accounts.lines(f)) for f in families.SHOWN]
    return [*groups, Group(accounts.said(accounts.PORTAL), [accounts.platform_line()])]
