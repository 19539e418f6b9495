"""What the walls and the ledger cost a request: the same one with and without, in turn."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from accounts.models import Membership, User
from accounts.roles import Role
from audit import journal
from audit.walls import build
from bench.browser import Browser
from bench.measure import milliseconds, seeing_the_organisation
from bench.work import PERIOD, cell_saver, draft, signed_in
from programs.models import Organisation
from tests.factories import ALWAYS

AIM = "≤ 2 ms"
ROUNDS, IN_A_ROUND, NOT_COUNTED = 10, 8, 3


@dataclass
class Cost:
    """The milliseconds of one request with a guard and without it."""

    name: str
    guarded: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        one, other = statistics.median(self.guarded), statistics.median(self.bare)
        figures = f"{one:7.2f} | {other:10.2f} | {one - other:7.2f}"
        return f"| {self.name:<58} | {figures} | {AIM} |"


def costs() -> Iterator[Cost]:
    """Requests of every kind, for the organisation ORG_1."""
    worker, coordinator = signed_in("worker"), signed_in("coordinator")
    administrator, page = _administrator(), f"/access/accounts/{_colleague()}/"
    report, month = draft(), f"/dashboard/?{PERIOD}"
    save = cell_saver(worker, report)
    text = _commenter(worker, f"/counts/{report.pk}/comment/", report.revision)
    yield cost("walls: an empty page of the portal", lambda: worker.get("/me/"), without_walls)
    yield cost("walls: entry page", lambda: worker.get(f"/counts/{report.pk}/"), without_walls)
    yield cost("walls: save of a cell", save, without_walls)
    yield cost("walls: dashboard, 24 figures", lambda: coordinator.get(month), without_walls)
    yield cost("ledger: a page that shows an account", lambda: administrator.get(page), unwritten)
    yield cost("ledger: comment of a month", text, unwritten)
    yield cost("both: a page that shows an account", lambda: administrator.get(page), neither)
    yield cost("both: comment of a month", text, neither)


def cost(
    name: str, work: Callable[[], object], without: Callable[[], AbstractContextManager]
) -> Cost:
    """Rounds with the guard and without it in turn; the first requests of each do not count."""
    found = Cost(name)
    for _round in range(ROUNDS):
        _time(work, found.guarded)
        with without():
            _time(work, found.bare)
    return found


def _time(work: Callable[[], object], times: list[float]) -> None:
    for number in range(NOT_COUNTED + IN_A_ROUND):
        taken, _worked = milliseconds(work)
        if number >= NOT_COUNTED:
            times.append(taken)


@contextmanager
def without_walls() -> Iterator[None]:
    """Row-level security is off on every table, as for a role that has BYPASSRLS."""
    tables = sorted(build.walled())
    owner = conninfo_to_dict(settings.DATABASE_OWNER_URL) | {
        "dbname": connection.settings_dict["NAME"]
    }
    with psycopg.connect(**owner, autocommit=True) as session:
        _switch(session, tables, "DISABLE")
        try:
            yield
        finally:
            _switch(session, tables, "ENABLE")


def _switch(session: psycopg.Connection, tables: list[str], how: str) -> None:
    for table in tables:
        statement = sql.SQL("ALTER TABLE {} {} ROW LEVEL SECURITY")
        session.execute(statement.format(sql.Identifier(table), sql.SQL(how)))


def unwritten() -> AbstractContextManager:
    """No line of the ledger is written by a request."""
    return patch.object(journal, "record", lambda *args, **kwargs: None)


@contextmanager
def neither() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(without_walls())
        stack.enter_context(unwritten())
        yield


@seeing_the_organisation()
def _administrator() -> Browser:
    """Somebody who reads the pages about accounts; made at the first measure."""
    user, is_new = User.objects.get_or_create(
        email="administrator@example.org",
        defaults={"display_name": "Administrator", "language": "en"},
    )
    if is_new:
        organisation = Organisation.objects.get(code="ORG_1")
        role = Role.ADMINISTRATOR
        Membership.objects.create(user=user, organisation=organisation, role=role, active=ALWAYS)
    return signed_in("administrator")


@seeing_the_organisation()
def _colleague() -> str:
    return str(User.objects.get(email="worker@example.org").pk)


def _commenter(worker: Browser, path: str, revision: int) -> Callable[[], object]:
    """Save another comment each time, as the page's own script does."""
    numbers, state = count(1), {"revision": revision}

    def save() -> None:
        sent = {"text": f"Night {next(numbers)}", "revision": state["revision"]}
        state["revision"] = json.loads(worker.post(path, sent, accept="application/json"))[
            "revision"
        ]

    return save
