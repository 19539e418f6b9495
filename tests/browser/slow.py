"""A poor network, for whoever looks for what a page or a test does not wait for.

`PORTAL_SLOW_NETWORK=1`: each answer begins at once, its rest comes much later, scripts and styles
later still. What holds on a fast machine by luck alone fails here each time.
"""

import os
import time

from django.contrib.staticfiles.handlers import StaticFilesHandler

FIRST_BYTES = 600


def handler():
    """What the server of the browser tests answers with."""
    return Slow if os.environ.get("PORTAL_SLOW_NETWORK") else StaticFilesHandler


class Slow(StaticFilesHandler):
    """The same answers, drop by drop."""

    def __call__(self, environ, start_response):
        answer = super().__call__(environ, start_response)
        body = b"".join(answer)
        answer.close()
        return in_drops(body, is_page=not environ["PATH_INFO"].startswith("/static/"))


def in_drops(body: bytes, *, is_page: bool):
    if is_page:
        yield body[:FIRST_BYTES]
        body = body[FIRST_BYTES:]
    time.sleep(0.4)
    yield body
