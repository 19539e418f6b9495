"""Medians of the portal's pages and of the same work in raw SQL, in turn, in one process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import psycopg
from django.db import connection
from psycopg.waiting import Ready

SEEN = """
SELECT id::text, coalesce(current_setting('portal.organisations', true), '')
FROM programs_organisation WHERE code = 'ORG_1'
"""
SEE = "SELECT set_config('portal.organisations', %s, false)"


@dataclass
class Line:
    """One measured work: milliseconds of the portal and of raw SQL, run by run."""

    name: str
    aim: str
    portal: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    # Of the portal's milliseconds, those that this process worked: a busy machine adds none.
    worked: list[float] = field(default_factory=list)
    round_trips: int = 0

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.portal), statistics.median(self.raw) if self.raw else 0.0

    def __str__(self) -> str:
        portal, raw = self.medians
        ratio = f"{portal / raw:5.1f}×" if raw else "     –"
        shown = f"{raw:9.1f}" if raw else "        –"
        worked = f"{statistics.median(self.worked):9.1f} | {self.round_trips:11}"
        return f"| {self.name:<46} | {portal:9.1f} | {shown} | {ratio} | {worked} | {self.aim} |"


def milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """How long `work` takes, and how much of it this process worked."""
    start, worked = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - worked) * 1000


@contextmanager
def seeing_the_organisation() -> Iterator[None]:
    """Let the walls of the database show ORG_1 to whatever runs outside a request."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN)
        own, before = cursor.fetchone()
        cursor.execute(SEE, [own])
        yield
        cursor.execute(SEE, [before])


def compare(
    name: str,
    portal: Callable[[], object],
    raw: Callable[[], object] | None = None,
    *,
    before: Callable[[], object] = lambda: None,
    aim: str = "",
    runs: int = 15,
) -> Line:
    """Time `portal` and `raw` in turn, `before` untimed, after two runs that do not count."""
    line = Line(name, aim)
    for number in range(runs + 2):
        before()
        first, worked = milliseconds(portal)
        second = None
        if raw:
            # A request opens its connection and its scope itself; raw SQL finds both open.
            with seeing_the_organisation():
                second = milliseconds(raw)[0]
        if number >= 2:
            line.portal.append(first)
            line.worked.append(worked)
            if second is not None:
                line.raw.append(second)
    before()
    line.round_trips = _round_trips(portal)
    return line


def _round_trips(work: Callable[[], object]) -> int:
    """How often `work` waits for an answer of the database; savepoints and COMMIT included."""
    answers: list[bool] = []
    wait = psycopg.Connection.wait

    def counted(connection, steps, *rest, **options):
        answers.append(False)
        return wait(connection, _watched(steps, answers), *rest, **options)

    with patch.object(psycopg.Connection, "wait", counted):
        work()
    return sum(answers)


def _watched(steps: Generator, answers: list[bool]) -> Generator:
    """The steps of psycopg as they are, noting whether an answer was read for them."""
    ready = None
    while True:
        try:
            wanted = steps.send(ready)
        except StopIteration as end:
            return end.value
        ready = yield wanted
        answers[-1] |= bool(ready & Ready.R)
