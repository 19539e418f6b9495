"""Somebody signed in who calls the portal as its web server does, with nothing in between."""

from __future__ import annotations

import io
import sys
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.middleware.csrf import CSRF_SECRET_LENGTH

from accounts.models import User
from tests.signing import SignedClient

application = get_wsgi_application()
# Any secret will do: the cookie and the header say the same.
TOKEN = "b" * CSRF_SECRET_LENGTH


class Browser:
    """One person with every proof; an answer that is not as expected stops the measure."""

    def __init__(self, email: str) -> None:
        session = SignedClient()
        session.force_login(User.objects.get(email=email))
        cookies = SimpleCookie(session.cookies)
        cookies[settings.CSRF_COOKIE_NAME] = TOKEN
        self.cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())

    def get(self, path: str, **headers: str) -> bytes:
        return self._ask("GET", path, b"", headers, expected="200")

    def post(self, path: str, fields: dict, *, expected: str = "200", **headers: str) -> bytes:
        """A form, sent as the pages' own script sends it."""
        return self._ask("POST", path, urlencode(fields).encode(), headers, expected)

    def _ask(self, method: str, path: str, body: bytes, headers: dict, expected: str) -> bytes:
        address, _mark, query = path.partition("?")
        found: list[str] = []
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_COOKIE": self.cookie,
            "HTTP_X_CSRFTOKEN": TOKEN,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }
        answer = application(environ, lambda status, headers, error=None: found.append(status))
        content = b"".join(answer)
        answer.close()
        if not found[0].startswith(expected):
            raise RuntimeError(f"{method} {path}: {found[0]} {content[:300]!r}")
        return content
