"""What cannot be answered, said in both languages, the reader's first, with a number.

These pages read nothing: no session, no account, no database, which may be what is missing. So
nothing switches their language: to ask for the page again would send a form a second time.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from psycopg import errors as postgresql
from psycopg_pool import PoolTimeout

from accounts import held
from audit.reading import ClosedError

from . import access

Handler = Callable[[HttpRequest], HttpResponse]

AWAY = (OperationalError, InterfaceError, PoolTimeout)
# Somebody else holds the same row.
HELD = (postgresql.LockNotAvailable, postgresql.DeadlockDetected)
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
MOST_KEPT = 200_000


def page(request: HttpRequest, status: int, name: str = "", **context: object) -> HttpResponse:
    """The page of a refusal, by its number."""
    language = getattr(request, "LANGUAGE_CODE", None)
    with translation.override(language or translation.get_language_from_request(request)):
        context |= {"request_id": getattr(request, "id", "")}
        text = render_to_string(f"{name or status}.html", context)
    return HttpResponse(text, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, "403_csrf")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return page(request, 413)
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What is away, busy or not set up is said as such; what was typed can be sent again."""
    error = sys.exc_info()[1]
    if isinstance(error, UnreadablePostError):
        return page(request, 400)
    if isinstance(error, ClosedError):
        return page(request, 503, "503_journal", missing=str(error))
    if not isinstance(error, AWAY):
        return page(request, 500)
    cause = error.__cause__
    is_held = isinstance(cause, HELD)
    context = {
        "is_held": is_held,
        "is_slow": isinstance(cause, postgresql.QueryCanceled),
        "typed": typed(request),
        "path": request.get_full_path(),
    }
    answer = page(request, 409 if is_held else 503, "503", **context)
    answer["Retry-After"] = "5"
    return answer


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, so that it can be sent again: never a password or a code."""
    if request.method != "POST":
        return []
    try:
        posted = request.POST
    except Exception:
        return []
    kept = [(name, value) for name in posted for value in posted.getlist(name)]
    is_secret = held.is_secret(request, posted)
    is_large = sum(len(value) for _name, value in kept) > MOST_KEPT
    return [] if is_secret or is_large else kept


def readable(get_response: Handler) -> Handler:
    """Refuse signs that no database keeps, wherever an address or a cookie brings them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if any(UNWRITABLE.search(text) for text in _address(request)):
            return page(request, 400)
        return get_response(request)

    return middleware


def _address(request: HttpRequest) -> Iterable[str]:
    yield request.path_info
    for name in request.GET:
        yield name
        yield from request.GET.getlist(name)
    yield from request.COOKIES.values()


def sized(get_response: Handler) -> Handler:
    """Refuse what is too large before any of it is read; Django reads no more than was announced.

    Nothing of it can be shown again: the browser keeps what was typed on the page it came from.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = _announced(request)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE and length > _most(request):
            return page(request, 413)
        return get_response(request)

    return middleware


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _most(request: HttpRequest) -> int:
    """How many bytes a page takes: a file, of somebody signed in, may be larger than texts."""
    try:
        found = access.page_of(resolve(request.path_info))
    except Resolver404:
        found = None
    takes_files = found is not None and found.takes_files and request.user.is_authenticated
    return settings.FILE_UPLOAD_MAX_MEMORY_SIZE if takes_files else 0


def worded(get_response: Handler) -> Handler:
    """A refusal without a word (a method that is not allowed) gets its page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        refusal = page(request, 405)
        refusal["Allow"] = response.headers.get("Allow", "")
        return refusal

    return middleware
