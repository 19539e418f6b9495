"""How gunicorn serves the portal: `gunicorn --config=python:ngo_portal.serving ngo_portal.wsgi`.

What is not even a request never reaches Django: it is answered here, in both languages, and logged
without what was sent. The server does not say what it is.
"""

from __future__ import annotations

import contextlib

from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from ngo_portal.headers import HEADERS

wsgi.SERVER = "portal"

worker_class = "ngo_portal.serving.Worker"
threads = 4
timeout = 60
# Requests that run when the server is asked to stop are finished.
graceful_timeout = 30
# Filters of a dashboard in an address; nothing longer comes from our own pages.
limit_request_line = 8190
control_socket_disable = True
# No address: it may be a link that opens something. The portal's own log names the routes.
access_log_format = '%(t)s "%(m)s" %(s)s %(b)s %(D)s'

STATUS = {LimitRequestLine: "414 URI Too Long", LimitRequestHeaders: "431 Headers Too Large"}
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Portail / Portal</title></head><body>
<h1>Cette demande n’a pas pu être lue</h1><p>Revenez en arrière et réessayez.</p>
<section lang="en"><h2>This request could not be read</h2><p>Go back and try again.</p></section>
</body></html>
"""


def refusal(status: str) -> bytes:
    """A whole answer, with the headers of every other."""
    body = PAGE.encode()
    headers = HEADERS | {
        "Server": wsgi.SERVER,
        "Cache-Control": "no-store",
        "Connection": "close",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Worker(ThreadWorker):
    """gunicorn's threads, and our own words for what they refuse."""

    def handle_error(self, req, client, addr, exc) -> None:
        is_theirs = isinstance(exc, ParseException)
        status = STATUS.get(type(exc), "400 Bad Request" if is_theirs else "500 Server Error")
        trace = None if is_theirs else exc
        self.log.warning("Refused outside Django: %s", type(exc).__name__, exc_info=trace)
        with contextlib.suppress(OSError):
            util.write(client, refusal(status))
