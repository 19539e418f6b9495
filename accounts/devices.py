"""Browsers from which somebody signed in before: a signed mark that only the browser keeps."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

SALT = "accounts.devices"
# People who share a browser; the oldest mark goes first.
MOST = 8
AGE = 365 * 24 * 60 * 60
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "Mac"), ("Linux", "Linux")),
)


def _marks(request: HttpRequest) -> list[str]:
    try:
        marks = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=AGE
        )
    except signing.BadSignature:
        return []
    return [mark for mark in marks if isinstance(mark, str)] if isinstance(marks, list) else []


def _mark(user: Model) -> str:
    """Another one after each change of password: a stolen mark dies with it."""
    return salted_hmac(SALT, f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()


def is_known(request: HttpRequest, user: Model) -> bool:
    """Whether this browser was used by this person before."""
    return any(constant_time_compare(mark, _mark(user)) for mark in _marks(request))


def remember(request: HttpRequest, response: HttpResponse, user: Model) -> None:
    """Put the person's mark into the browser."""
    marks = [mark for mark in _marks(request) if mark != _mark(user)]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([*marks, _mark(user)][-MOST:], salt=SALT),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def rough_name(user_agent: str) -> str:
    """« Firefox, Windows »: enough to know a browser again, and no more."""
    browser = next((name for part, name in BROWSERS if part in user_agent), "")
    browser = browser or ("Safari" if "Safari/" in user_agent else "")
    system = next((name for part, name in SYSTEMS if part in user_agent), "")
    return ", ".join(filter(None, [browser, system])) or _("an unknown browser")
