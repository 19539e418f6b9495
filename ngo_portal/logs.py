"""Log lines carry the number of the request that an error page shows, and no value of anybody.

An exception is written as its type and the lines of code it came through; its words only where
they can speak of nothing but code. What PostgreSQL says is reduced to its codes and names.
"""

from __future__ import annotations

import logging
import re
import traceback
from contextvars import ContextVar

from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateSyntaxError
from psycopg import Error as PostgreSQLError

request_number: ContextVar[str] = ContextVar("request_number", default="-")

ABOUT_CODE = (
    *(ArithmeticError, AssertionError, AttributeError, ImportError, NameError, TypeError),
    *(NotImplementedError, ImproperlyConfigured, TemplateSyntaxError),
)
# Begun where a word begins, and given up at once: a long word is read once.
EMAIL = re.compile(r"(?<![^\s@<>\"'(),;:=])[^\s@<>\"'(),;:=]++@[^\s@<>\"'(),;:=]+")
# What PostgreSQL quotes of a row: "Key (name)=(Asha)", "Failing row contains (1, Asha)".
ROW = re.compile(r"=\(.*?\)|contains \(.*\)", re.DOTALL)
QUERY = re.compile(r"\?\S+")
# What an e-mail that waits for the worker holds.
SEALED = re.compile(r"sealed='[^']+'")
# What an error quotes may be as long as what was sent.
LONGEST_WORDS = 300
# A link that opens something is a secret.
LINK = re.compile(r"(/invitations/|/password/reset/|/new-factor/)[^/\s]+")


class RequestNumber(logging.Filter):
    """Gives each record its request's number, and takes out what somebody may have typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        # Django logs a refusal once the middleware that gave the number has ended.
        record.request_id = getattr(request, "id", None) or request_number.get()
        said = _said(record)
        record.msg = _instead(said, record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_instead(said, arg) for arg in record.args)
        return True


def _said(record: logging.LogRecord) -> dict[str, str]:
    """The address and the error as Django logs them, each with what is written in its place."""
    said = {}
    request = getattr(record, "request", None)
    if path := getattr(request, "path", None):
        said[path] = _route(request)
    error = record.exc_info[1] if record.exc_info else None
    if error is not None and not isinstance(error, ABOUT_CODE):
        said[str(error)] = type(error).__name__
    # Django escapes the arguments of a record, and not its message.
    escaped = {text.encode("unicode_escape").decode("ascii"): kept for text, kept in said.items()}
    return said | escaped


def _instead(said: dict[str, str], value: object) -> object:
    return said.get(value, value) if isinstance(value, str) else value


def _route(request) -> str:
    """The pattern of an address: what was typed in its place may be anything."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "an unknown address"


class Scrubbed(logging.Formatter):
    """A line without e-mails, query strings, secret links or values of rows."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))

    def formatException(self, ei) -> str:
        return _told(ei[1]) if ei[1] else ""


def scrub(text: str) -> str:
    """Take out what may name somebody or open something."""
    said = {ROW: "=(…)", EMAIL: "…@…", QUERY: "?…", LINK: r"\1…", SEALED: "sealed=…"}
    for pattern, kept in said.items():
        text = pattern.sub(kept, text)
    return text


def _told(error: BaseException) -> str:
    """The chain of an exception, causes first: lines of code, types, no locals, no values."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [_told(before), "which led to:"] if before else []
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}')
    return "\n".join([*lines, f"{type(error).__module__}.{type(error).__name__}{_words(error)}"])


def _words(error: BaseException) -> str:
    if isinstance(error, PostgreSQLError):
        said = error.diag
        known = (error.sqlstate, said.schema_name, said.table_name, said.constraint_name)
        return "".join(f" {name}" for name in known if name)
    if not isinstance(error, ABOUT_CODE):
        return ""
    words = str(error)
    is_long = len(words) > LONGEST_WORDS
    return f": {words[:LONGEST_WORDS].rpartition(' ')[0]}…" if is_long else f": {words}"


# The settings name it: one handler, which writes lines of the form above.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "ngo_portal.logs.RequestNumber"}},
    "formatters": {
        "line": {
            "()": "ngo_portal.logs.Scrubbed",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        # Their own handlers would mail local variables, or write addresses whole.
        **dict.fromkeys(["django", "gunicorn.error"], {"handlers": [], "propagate": True}),
    },
}
