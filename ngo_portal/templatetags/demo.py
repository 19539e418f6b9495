"""What the sign-in page of the demonstration shows; nothing outside a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.http import HttpRequest

from accounts import factors
from accounts.models import User
from ngo_portal.demo import accounts, families
from ngo_portal.settings import LOOPBACK

register = template.Library()


@dataclass(frozen=True)
class Group:
    """A family and its accounts, in the reader's language."""

    title: str
    lines: list[accounts.Line]


@register.simple_tag
def demo_password() -> str:
    return accounts.PASSWORD if settings.DEMO else ""


@register.simple_tag(takes_context=True)
def demo_code(context: dict, user: User) -> str:
    """What the application of a demonstration's account shows now; "" anywhere else."""
    if not settings.DEMO or not _is_here(context["request"]) or not accounts.is_demo(user):
        return ""
    factor = factors.of(user).filter(type=factors.Type.TOTP).first()
    secret = factors.unseal(user, factor.data["secret"]) if factor else ""
    return factors.code_at(secret, factors.step_now()) if secret else ""


def _is_here(request: HttpRequest) -> bool:
    """Asked from this machine, at its own address."""
    asked = urlsplit(f"//{request.get_host()}").hostname
    return asked in LOOPBACK and request.META.get("REMOTE_ADDR") in LOOPBACK


@register.simple_tag
def demo_groups() -> list[Group]:
    """The accounts by family, the platform's own last."""
    if not settings.DEMO:
        return []
    groups = [Group(accounts.said(f.title), accounts.lines(f)) for f in families.SHOWN]
    return [*groups, Group(accounts.said(accounts.PORTAL), [accounts.platform_line()])]
