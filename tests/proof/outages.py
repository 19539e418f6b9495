"""The database away, the server asked to stop: what people meet, and that it ends by itself."""

from __future__ import annotations

import http.client
import json
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.models import BeneficiaryCount, CountReport
from ngo_portal.launch.postgres import Cluster
from tests import rig
from tests.factories import make_filled_report, make_user
from tests.proof import Figure, Run, proof
from tests.scene import make_scene

PAGES = ["/", "/counts/", "/organisations/", "/sign-in/"]
BOTH_LANGUAGES = ("indisponible", "out of reach")
# At once, three times as many as there are connections: a burst waits, and is answered.
BURST = 24
PATIENCE_SECONDS = 3
BACK_SECONDS = 5
WORKED_SECONDS = 40
SLOW_SECONDS = 2
HOLD = "SELECT FROM beneficiaries_countreport WHERE id = %s FOR UPDATE"
WORKERS = "SELECT max(id), max(last_heartbeat) FROM procrastinate_workers"
KEPT = "SELECT count(*) FROM beneficiaries_beneficiarycount WHERE report_id = %s AND value = %s"


@dataclass(frozen=True)
class Answer:
    """What somebody met on a page, and when."""

    page: str
    status: int
    text: str
    seconds: float

    def is_read(self) -> bool:
        return self.status == 200

    def is_said_away(self) -> bool:
        """Soon, and in both languages."""
        is_said = self.status == 503 and all(words in self.text for words in BOTH_LANGUAGES)
        return is_said and self.seconds <= PATIENCE_SECONDS


def read(server: rig.Server, session: str, pages: list[str]) -> list[Answer]:
    """What the pages answer when all of them are asked at once."""

    def ask(page: str) -> Answer:
        start = time.monotonic()
        status, text, _headers = rig.Browser(server.port, session).ask(page, timeout=60)
        return Answer(page, status, text, time.monotonic() - start)

    with ThreadPoolExecutor(len(pages)) as readers:
        return list(readers.map(ask, pages))


def unlike(what: Callable[[Answer], bool], answers: list[Answer]) -> list[str]:
    name = what.__name__
    return [f"{a.page} {a.status} in {a.seconds:.1f} s: {name}" for a in answers if not what(a)]


@proof("PostgreSQL away while people read: pages that say so, then the portal again", commits=True)
def database_away(run: Run) -> Figure:
    """Wrong: a page that does not say so within three seconds, or is not back after five; a
    worker that is not at work again."""
    person = make_user(Role.COORDINATOR, make_scene().organisation)
    durable = "on" if run.is_full else "off"
    with rig.cluster("away", fsync=durable) as cluster:
        env = rig.furnish(cluster, run.fixture("tmp_path"))
        session = rig.signed_in(env, person)
        with (
            rig.serving(env) as server,
            rig.serving(env, "tests.unguarded_portal") as bare,
            rig.working(env),
        ):
            there = read(server, session, (PAGES * BURST)[:BURST])
            seconds_until_worked(cluster)  # for the first time
            cluster.stop()
            away = while_away(server, session, run)
            control = len(unlike(Answer.is_said_away, read(bare, session, PAGES)))
            rig.start(cluster)
            back = seconds_until_back(server, session)
            worked = seconds_until_worked(cluster)
    wrong = unlike(Answer.is_read, there) + unlike(Answer.is_said_away, away)
    wrong += [f"back after {back:.1f} s"] if back > BACK_SECONDS else []
    wrong += [f"worker back after {worked:.1f} s"] if worked > WORKED_SECONDS else []
    slowest = max(answer.seconds for answer in away)
    return Figure(
        tried=len(there) + len(away),
        wrong=len(wrong),
        control=control,
        unit=f"pages; said after {slowest:.1f} s at most; read again after {back:.1f} s, "
        f"worked again after {worked:.1f} s",
        without="of 4 pages without the portal's word for it",
        examples=tuple(wrong[:10]),
    )


def while_away(server: rig.Server, session: str, run: Run) -> list[Answer]:
    """What the pages answer for a while."""
    found, start = [], time.monotonic()
    seconds = run.amount(quick=0, full=90)
    while not found or time.monotonic() - start < seconds:
        found += read(server, session, PAGES)
        run.tell(len(found))
    return found


def seconds_until_back(server: rig.Server, session: str) -> float:
    """How long until all that is asked is read again, by all the workers."""
    start = time.monotonic()
    while unlike(Answer.is_read, read(server, session, PAGES * 2)):
        if time.monotonic() - start > 60:
            break
        time.sleep(0.1)
    return time.monotonic() - start


def seconds_until_worked(cluster: Cluster) -> float:
    """How long until a worker is at work that was not at work before."""
    start = time.monotonic()
    with rig.superuser(cluster) as session:
        before = session.execute(WORKERS).fetchone()
        while session.execute(WORKERS).fetchone() == before and time.monotonic() - start < 60:
            time.sleep(0.1)
    return time.monotonic() - start


@proof("The server asked to stop in the middle of saves: they are finished", commits=True)
def graceful_stop(run: Run) -> Figure:
    """Wrong: a save begun before SIGTERM that is not acknowledged, or is not in the database."""
    scene = make_scene()
    person = make_user(Role.COORDINATOR, scene.organisation)
    report = make_filled_report(scene.place, scene.draft.month.replace(month=7))
    durable = "on" if run.is_full else "off"
    with rig.cluster("stop", fsync=durable) as cluster:
        env = rig.furnish(cluster, run.fixture("tmp_path"))
        saves = Saves(env, rig.signed_in(env, person), report)
        times = run.amount(quick=1, full=10)
        lost = sum(saves.lost(cluster, signal.SIGTERM) for _ in range(times))
        killed = saves.lost(cluster, signal.SIGKILL)
    return Figure(
        tried=times * len(saves.cells),
        wrong=lost,
        control=killed,
        unit="saves begun before SIGTERM",
        without=f"of {len(saves.cells)} cut off by kill -9",
    )


class Saves:
    """Numbers that are saved at the same time, each in a cell of its own."""

    def __init__(self, env: dict[str, str], session: str, report: CountReport) -> None:
        self.env, self.session = env, session
        self.address = reverse("count_cell_save", args=[report.pk])
        self.report_id = report.pk
        self.cells = list(report.counts.order_by("pk")[:4])
        self.revisions = {cell.pk: cell.revision for cell in self.cells}
        self.value = 100

    def lost(self, cluster: Cluster, sign: signal.Signals) -> int:
        """How many are not acknowledged, or not kept, by a server that gets a signal meanwhile."""
        self.value += 1
        with (
            rig.serving(self.env) as server,
            rig.superuser(cluster) as holding,
            ThreadPoolExecutor(len(self.cells)) as people,
        ):
            with holding.transaction():
                holding.execute(HOLD, [self.report_id])
                said = [people.submit(self.save, server, cell) for cell in self.cells]
                time.sleep(SLOW_SECONDS / 2)
                interrupt(server, sign)
                time.sleep(SLOW_SECONDS / 2)
            acknowledged = sum(one.result() for one in said)
        return len(self.cells) - min(acknowledged, self.kept())

    def save(self, server: rig.Server, cell: BeneficiaryCount) -> bool:
        fields = {"indicator": cell.indicator_id, "cell": cell.cell_id, "value": self.value}
        fields["revision"] = self.revisions[cell.pk]
        try:
            status, text, _headers = rig.Browser(server.port, self.session).ask(
                self.address, fields, timeout=40
            )
        except (OSError, http.client.HTTPException):
            return False
        if status != 200:
            return False
        self.revisions[cell.pk] = json.loads(text)["revision"]
        return True

    def kept(self) -> int:
        with psycopg.connect(self.env["DATABASE_BACKUP_URL"]) as session:
            return session.execute(KEPT, [self.report_id, self.value]).fetchone()[0]


def interrupt(server: rig.Server, sign: signal.Signals) -> None:
    """Ask the server to end as systemd does, or kill its workers."""
    if sign == signal.SIGTERM:
        server.part.process.terminate()
    else:
        rig.kill(rig.children(server.pid))
