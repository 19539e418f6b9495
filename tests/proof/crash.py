"""What was acknowledged is there once, with its history and its ledger line, whatever is killed."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.urls import reverse

from accounts.roles import Role
from programs.models import Organisation
from tests import rig
from tests.factories import make_filled_report, make_membership, make_user
from tests.files import pdf
from tests.proof import Figure, Run, proof
from tests.scene import make_scene

WRITERS = 8
# What was written in the cells, how often, and how much of it has no line of the ledger.
CELLS = """
SELECT value, count(*), count(*) FILTER (WHERE NOT EXISTS (
    SELECT FROM ledger.entry l WHERE l.request_id = (e.pgh_context->>'request')::uuid))
FROM beneficiaries_beneficiarycountevent e
WHERE report_id = ANY(%s) AND pgh_label = 'update' GROUP BY value
"""
WITHOUT_HISTORY = """
SELECT value FROM beneficiaries_beneficiarycount c
WHERE report_id = ANY(%s) AND value >= 10000 AND NOT EXISTS (
    SELECT FROM beneficiaries_beneficiarycountevent e
    WHERE e.pgh_obj_id = c.id AND e.value = c.value)
"""
DOCUMENTS = """
SELECT title,
    (SELECT count(*) FROM programs_documentevent e WHERE e.id = d.id),
    (SELECT count(*) FROM ledger.entry l
     WHERE l.target_id = d.id::text AND l.action = 'add_document')
FROM programs_document d WHERE title LIKE 'crash %%'
"""
# Acknowledged before it is on the disk; written without its line and without its history.
UNGUARDED = (
    "ALTER SYSTEM SET synchronous_commit = off",
    "ALTER SYSTEM SET wal_writer_delay = '10s'",
    "SELECT pg_reload_conf()",
)
UNTOLD = (
    "CREATE RULE untold AS ON INSERT TO ledger.entry DO INSTEAD NOTHING",
    "ALTER TABLE programs_document DISABLE TRIGGER USER",
)


@dataclass
class Writer:
    """Somebody who writes without pause: numbers in a cell of their own, or documents."""

    number: int
    browser: rig.Browser
    address: str
    # The cell to write in; empty for whoever adds documents.
    cell: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    acknowledged: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def write(self, over: threading.Event) -> None:
        revision = self.cell.pop("revision", 0)
        while not over.is_set():
            self.sent += 1
            if self.cell:
                value = self.number * 10_000 + self.sent
                fields = {**self.cell, "value": value, "revision": revision}
                text = self.browser.insist(self.address, fields, is_accepted=lambda s: s == 200)
                revision = json.loads(text)["revision"]
                self.note(str(value))
            else:
                title = f"crash {self.number}-{self.sent}"
                self.browser.insist(
                    self.address, document(title), pdf(), is_accepted=lambda s: s == 302
                )
                self.note(title)

    def note(self, written: str) -> None:
        self.acknowledged.append(written)
        self.times.append(time.monotonic())


def document(title: str) -> dict[str, str]:
    """A form whose key makes it count once, however often it is sent."""
    return {
        "form_key": str(uuid.uuid4()),
        "title": title,
        "kind": "OTHER",
        "language": "fr",
        "valid_0": "2026-01-01",
        "valid_1": "",
    }


@proof("Workers, backends and PostgreSQL killed while eight people write", commits=True)
def crash_under_load(run: Run) -> Figure:
    """Wrong: acknowledged and lost, there twice, or without its history or its ledger line."""
    scene = make_scene()
    person = make_user(Role.COORDINATOR, scene.organisation)
    make_membership(person, Role.ADMINISTRATOR, scene.organisation)
    reports = [make_filled_report(scene.place, month(n)) for n in range(WRITERS // 2)]
    with rig.cluster("crash", fsync="on" if run.is_full else "off") as cluster:
        env = rig.furnish(cluster, run.fixture("tmp_path"))
        session = rig.signed_in(env, person)
        with rig.serving(env) as server:
            writers = [*cell_writers(server, session, reports)]
            writers += [*document_writers(server, session, scene.organisation)]
            faults = run.amount(quick=4, full=48)
            pause = run.amount(quick=1, full=4)
            recovered = under_faults(writers, list(kinds(server, cluster)), faults, pause, run)
            wrong = differences(env, writers, reports)
            tried = sum(len(writer.acknowledged) for writer in writers)
            lost, untold = unguarded(cluster, env, writers, reports)
    return Figure(
        tried=tried,
        wrong=len(wrong),
        control=lost if untold else 0,
        unit=f"acknowledged writes, {faults} faults, writing again after {recovered:.1f} s at most",
        without=f"lost with synchronous_commit off; {untold} untold with history and ledger off",
        examples=tuple(wrong[:10]),
    )


def month(number: int) -> dt.date:
    return dt.date(2026, 5 + number, 1)


def cell_writers(server: rig.Server, session: str, reports: list) -> Iterator[Writer]:
    for number, report in enumerate(reports):
        count = report.counts.first()
        yield Writer(
            number=number + 1,
            browser=rig.Browser(server.port, session),
            address=reverse("count_cell_save", args=[report.pk]),
            cell={
                "indicator": count.indicator_id,
                "cell": count.cell_id,
                "revision": count.revision,
            },
        )


def document_writers(
    server: rig.Server, session: str, organisation: Organisation
) -> Iterator[Writer]:
    for number in range(WRITERS // 2, WRITERS):
        yield Writer(
            number=number + 1,
            browser=rig.Browser(server.port, session),
            address=reverse("document_add", args=[organisation.pk]),
        )


def kinds(server: rig.Server, cluster) -> Iterator[Callable[[], None]]:
    """What is killed, one after the other."""

    def worker() -> None:
        rig.kill(rig.children(server.pid)[:1])

    def sessions() -> None:
        with rig.superuser(cluster) as session:
            session.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
                ["portal_app"],
            )

    def backend() -> None:
        with rig.superuser(cluster) as session:
            query = "SELECT pid FROM pg_stat_activity WHERE usename = %s LIMIT 1"
            rig.kill([pid for (pid,) in session.execute(query, ["portal_app"]).fetchall()])

    def server_of_rows() -> None:
        rig.crash(cluster)

    yield from (worker, sessions, backend, server_of_rows)


@contextmanager
def at_work(writers: list[Writer]) -> Iterator[None]:
    """Everybody writes meanwhile, and finishes what they have begun."""
    over = threading.Event()
    threads = [threading.Thread(target=writer.write, args=(over,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def under_faults(
    writers: list[Writer], killing: list[Callable], faults: int, pause: float, run: Run
) -> float:
    """Kill one thing after another under load; the longest time until a write was accepted."""
    struck = []
    with at_work(writers):
        time.sleep(pause)
        for number in range(faults):
            run.tell(number, faults)
            killing[number % len(killing)]()
            struck.append(time.monotonic())
            time.sleep(pause)
        deadline = time.monotonic() + 60
        while not accepted_after(writers, struck[-1]) and time.monotonic() < deadline:
            time.sleep(0.1)
    return max(accepted_after(writers, at) - at for at in struck)


def accepted_after(writers: list[Writer], moment: float) -> float:
    """When the first write was accepted after a moment; 0.0 for never."""
    later = [at for writer in writers for at in writer.times if at > moment]
    return min(later, default=0.0)


def differences(env: dict, writers: list[Writer], reports: list) -> list[str]:
    """What was acknowledged and is not there exactly once, with its history and its line."""
    of = [[report.pk for report in reports]]
    with psycopg.connect(env["DATABASE_BACKUP_URL"]) as session:
        cells = session.execute(CELLS, of).fetchall()
        bare = session.execute(WITHOUT_HISTORY, of).fetchall()
        documents = session.execute(DOCUMENTS).fetchall()
    there = {str(value): times for value, times, _untold in cells}
    there |= Counter(title for title, _events, _lines in documents)
    there = {str(value): 1 for (value,) in bare} | there
    written = {each for writer in writers for each in writer.acknowledged}
    wrong = [f"{each}: there {there.get(each, 0)} times" for each in written - once(there)]
    wrong += [f"{each}: there {n} times" for each, n in there.items() if n > 1]
    wrong += [f"{value}: untold, no line of the ledger" for value, _n, untold in cells if untold]
    wrong += [f"{value}: untold, no history" for (value,) in bare]
    return wrong + [
        f"{title}: untold, {events} rows of history, {lines} lines of the ledger"
        for title, events, lines in documents
        if (events, lines) != (1, 1)
    ]


def once(there: dict[str, int]) -> set[str]:
    return {each for each, times in there.items() if times == 1}


def unguarded(cluster, env: dict, writers: list[Writer], reports: list) -> tuple[int, int]:
    """What is lost once PostgreSQL answers before it has written; what nothing then tells of."""
    adding = [writer for writer in writers if not writer.cell]
    as_superuser(cluster, UNGUARDED)
    lost = found_after(adding, env, reports, "there 0", lambda: rig.crash(cluster))
    as_superuser(cluster, UNTOLD)
    untold = found_after(adding, env, reports, "untold", lambda: None)
    return lost, untold


def as_superuser(cluster, statements: tuple[str, ...]) -> None:
    with rig.superuser(cluster) as session:
        for statement in statements:
            session.execute(statement)


def found_after(
    adding: list[Writer], env: dict, reports: list, sought: str, event: Callable[[], None]
) -> int:
    """How many differences of a kind there are after something happened while documents were added.

    Tried again while there is none: a machine that is busy elsewhere may write everything in time.
    """
    for _ in range(10):
        for writer in adding:
            writer.acknowledged.clear()
        with at_work(adding):
            wait_for_some(adding)
            event()
        if found := [each for each in differences(env, adding, reports) if sought in each]:
            return len(found)
    return 0


def wait_for_some(adding: list[Writer]) -> None:
    """Until each has added something since, or they cannot."""
    deadline = time.monotonic() + 30
    while not all(writer.acknowledged for writer in adding) and time.monotonic() < deadline:
        time.sleep(0.05)
