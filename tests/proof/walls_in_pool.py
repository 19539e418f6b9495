"""Connections that go from hand to hand: after errors, timeouts and killed backends as well."""

from __future__ import annotations

import random
import threading
import uuid

from django.db import Error, connection

from audit.scope import scope
from programs.models import Site
from tests import backstage
from tests.factories import make_organisation, make_site
from tests.proof import Figure, Run, proof

THREADS, POOL, ORGANISATIONS = 8, 2, 6
KILL = "SELECT pg_terminate_backend(pg_backend_pid())"
SLOW = "SELECT set_config('statement_timeout', '5ms', true), pg_sleep(1)"


class StopError(Exception):
    """What a view raises half-way."""


class Visitor(threading.Thread):
    """Asks again and again as one organisation or another, and looks at whose rows come back."""

    def __init__(self, number: int, tries: int, sites: dict[int, str], *, keeps: bool) -> None:
        super().__init__()
        self.chance = random.Random(number)  # noqa: S311 - the same tries at each run
        self.tries, self.sites, self.keeps = tries, sites, keeps
        self.wrong: list[str] = []

    def run(self) -> None:
        with backstage.away():
            for _each in range(self.tries):
                self.visit(self.chance.choice(list(self.sites)))
                connection.close()

    def visit(self, organisation: int) -> None:
        try:
            self.look(None, "outside any scope")
            with scope(organisation_ids=[organisation], request_id=uuid.uuid4()):
                self.look(organisation, "in a scope")
                self.stumble()
                self.look(organisation, "in a scope, later")
            self.look(None, "after a scope")
        except (Error, StopError):
            return

    def look(self, organisation: int | None, where: str) -> None:
        """The names of all sites that come: one's own canary, or none."""
        found = set(Site.objects.order_by().values_list("name_en", flat=True))
        expected = {self.sites[organisation]} if organisation else set()
        if found != expected:
            self.wrong.append(f"{where}: {sorted(found)} instead of {sorted(expected)}")

    def stumble(self) -> None:
        """Go wrong now and then; the control also leaves its settings on the connection."""
        if self.keeps:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('portal.organisations',"
                    " current_setting('portal.organisations'), false)"
                )
        how = self.chance.random()
        if how < 0.1:
            raise StopError
        if how < 0.14:
            with connection.cursor() as cursor:
                cursor.execute(KILL if how < 0.12 else SLOW)


def visited(tries: int, sites: dict[int, str], *, keeps: bool = False) -> list[str]:
    """What was wrong over all threads."""
    visitors = [Visitor(n, tries // THREADS, sites, keeps=keeps) for n in range(THREADS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return [line for visitor in visitors for line in visitor.wrong]


@proof("Pooled connections reused after errors, timeouts and killed backends", commits=True)
def pool_reuse(run: Run) -> Figure:
    sites = {}
    for number in range(ORGANISATIONS):
        organisation = make_organisation()
        make_site(organisation, name_fr=f"canary {number}", name_en=f"canary {number}")
        sites[organisation.pk] = f"canary {number}"
    tries = run.amount(quick=400, full=40_000)
    connection.close()
    options = connection.settings_dict["OPTIONS"]
    options["pool"] = {"min_size": 1, "max_size": POOL, "timeout": 60}
    try:
        wrong = visited(tries, sites)
        leaks = visited(400, sites, keeps=True)
    finally:
        connection.close()
        connection.close_pool()
        options.pop("pool")
    return Figure(
        tried=4 * tries,
        wrong=len(wrong),
        control=len(leaks),
        unit=f"answers by {THREADS} threads on {POOL} connections",
        without="with settings of a session instead of a transaction",
        examples=tuple(wrong[:10]),
    )
