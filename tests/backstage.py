"""Test code arranges and looks in every organisation; what it calls acts within the walls.

Row-level security holds in tests as it does in production: each request, job and command has its
own scope, and nothing before it. Between them, statements of the test itself get a scope of all
the organisations there are: the same settings as a request's, renewed before each statement.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import psycopg
from django.core.handlers.base import BaseHandler
from django.core.management import BaseCommand
from django.db.backends.signals import connection_created
from psycopg.pq import TransactionStatus

from audit.scope import NOBODY, current

EVERYWHERE = [
    """
    SELECT set_config('portal.powers', 'address_book,platform', false),
           set_config('portal.request', '', false)
    """,
    """
    SELECT set_config('portal.organisations', coalesce(string_agg(id::text, ','), ''), false)
    FROM programs_organisation
    """,
]
NOWHERE = [
    """
    SELECT set_config('portal.powers', '', false), set_config('portal.request', '', false),
           set_config('portal.organisations', '', false)
    """
]
RUNTIME = {"user": ""}
_in_portal: ContextVar[bool] = ContextVar("in_portal", default=False)
_is_away: ContextVar[bool] = ContextVar("is_away", default=False)


@contextmanager
def portal() -> Iterator[None]:
    """The portal's own code: it sees what it would see in production."""
    token = _in_portal.set(True)
    try:
        yield
    finally:
        _in_portal.reset(token)


@contextmanager
def away() -> Iterator[None]:
    """Connections as they come: nothing is set or cleared on them."""
    token = _is_away.set(True)
    try:
        yield
    finally:
        _is_away.reset(token)


def set_session(raw: psycopg.Connection, statements: list[str]) -> None:
    """Give a connection one of the two scopes above, in one round trip."""
    with raw.pipeline():
        for statement in statements:
            raw.execute(statement, prepare=False)


def _arrange(execute, sql, params, many, context):
    """Before a statement outside any scope: everything for the test, nothing for the portal."""
    raw = context["connection"].connection
    is_ours = raw.info.user == RUNTIME["user"]
    is_broken = raw.info.transaction_status == TransactionStatus.INERROR
    if is_ours and not _is_away.get() and current() == NOBODY and not is_broken:
        set_session(raw, NOWHERE if _in_portal.get() else EVERYWHERE)
    return execute(sql, params, many, context)


def _watch(sender, connection, **kwargs) -> None:
    if _arrange not in connection.execute_wrappers:
        connection.execute_wrappers.append(_arrange)


def _as_portal(function: Callable) -> Callable:
    @functools.wraps(function)
    def run(*args, **kwargs):
        with portal():
            return function(*args, **kwargs)

    return run


def open_to_tests(runtime: str) -> None:
    """Tell test code from the portal's, as the runtime role: requests and commands are its own."""
    RUNTIME["user"] = runtime
    connection_created.connect(_watch, dispatch_uid="backstage")
    BaseHandler.get_response = _as_portal(BaseHandler.get_response)
    BaseCommand.execute = _as_portal(BaseCommand.execute)
