"""A portal as in production, on this machine alone: PostgreSQL that keeps what it acknowledges,
gunicorn with its workers, and people who go on until what they send is accepted."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from accounts.arrival import name_of
from ngo_portal.backup import restoring
from ngo_portal.launch import databases, project, roles
from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.checks import choose_port
from ngo_portal.launch.demo import (
    IN_WORKER,
    WORKER,
    Part,
    is_healthy,
    serving_environment,
    web_command,
)
from ngo_portal.launch.home import is_installed
from ngo_portal.launch.postgres import SUPERUSER, Cluster
from ngo_portal.launch.processes import command_of, end
from tests.backups import IDENTITY, backup_of
from tests.signing import SignedClient

FIRST_PORT = 18_400
START_SECONDS = 120
CSRF = "c" * 32
APPLICATION = "ngo_portal.wsgi"


@contextmanager
def cluster(purpose: str, **settings_of_server: str) -> Iterator[Cluster]:
    """A PostgreSQL of its own, durable unless told otherwise; its folder is removed after.

    With `fsync="off"` it still writes before it acknowledges: the same after a kill -9, in a
    third of the time, but not after a power cut.
    """
    if not is_installed(HERE):
        pytest.skip("PostgreSQL is not in .venv: this machine names its own server.")
    made = Cluster(HERE, f"postgres-{purpose}-{os.getpid()}", settings_of_server)
    try:
        start(made)
        yield made
    finally:
        made.stop()
        remove(made)


@contextmanager
def left_running() -> Iterator[None]:
    """The launcher keeps no handle of the server it starts, of which Python complains."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield


def start(made: Cluster) -> None:
    with left_running():
        made.ensure_running(detached=False)


def remove(made: Cluster) -> None:
    shutil.rmtree(made.data, ignore_errors=True)
    for left in [made.log, *(HERE.local / "secrets").glob(f"{made.name}-*")]:
        left.unlink(missing_ok=True)


def superuser(of: Cluster, password_of: Cluster | None = None) -> psycopg.Connection:
    """A connection that may end others, on the portal's database."""
    return psycopg.connect(
        host=str(of.socket),
        dbname=roles.DATABASE,
        user=SUPERUSER,
        password=(password_of or of).password(SUPERUSER),
        autocommit=True,
    )


def furnish(of: Cluster, folder: Path) -> dict[str, str]:
    """Restore what the test committed; returns the environment that leads to the cluster."""
    urls = databases.embedded_urls(of)
    files = Path(settings.FILES_DIR)
    files.mkdir(parents=True, exist_ok=True)
    made = backup_of(connection.settings_dict["NAME"], folder / "backups", files)
    # Thousands of statements: what they write is put on the disk once, at the end.
    owner = make_conninfo(urls["DATABASE_OWNER_URL"], options="-c synchronous_commit=off")
    with restoring.opened(made.path, IDENTITY) as saved:
        restoring.load(saved, owner)
    with superuser(of) as session:
        session.execute("CHECKPOINT")
    plain = {name: value for name, value in HERE.base_environment().items() if name[:2] != "PG"}
    return plain | databases.project_environment(HERE, urls) | {"PORTAL_FILES_DIR": str(files)}


def signed_in(env: dict[str, str], person) -> str:
    """The key of a session of `person`, put into the portal's database."""
    client = SignedClient()
    client.force_login(person)
    key = client.session.session_key
    query = "SELECT session_key, session_data, expire_date FROM django_session"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} WHERE session_key = %s", [name_of(key)])
        row = cursor.fetchone()
    with psycopg.connect(env["DATABASE_OWNER_URL"]) as session:
        session.execute("INSERT INTO django_session VALUES (%s, %s, %s)", row)
    return key


class Server:
    """gunicorn, two workers of four threads, as the demonstration and production start it."""

    def __init__(self, env: dict[str, str], application: str = APPLICATION) -> None:
        self.port = choose_port(FIRST_PORT + os.getpid() % 1000)
        self.env = serving_environment(env, f"http://127.0.0.1:{self.port}")
        command = [application if a == APPLICATION else a for a in web_command(self.port)]
        self.part = Part(f"web-{os.getpid()}-{self.port}", command)

    def start(self) -> None:
        self.part.start(HERE, self.env)
        deadline = time.monotonic() + START_SECONDS
        while not is_healthy(self.port):
            is_hopeful = self.part.process.poll() is None and time.monotonic() < deadline
            assert is_hopeful, self.part.log.read_text()[-2000:]
            time.sleep(0.1)

    @property
    def pid(self) -> int:
        return self.part.process.pid

    def stop(self) -> None:
        workers = children(self.pid)
        end(self.part.process, patience=40)
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.part.log.unlink(missing_ok=True)


@contextmanager
def serving(env: dict[str, str], application: str = APPLICATION) -> Iterator[Server]:
    project.collect_static(HERE, env)
    server = Server(env, application)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def working(env: dict[str, str]) -> Iterator[Part]:
    """A worker; it goes on by itself whatever becomes of its database."""
    worker = Part(f"worker-{os.getpid()}", WORKER, more=IN_WORKER)
    worker.start(HERE, serving_environment(env, "http://127.0.0.1"))
    try:
        yield worker
    finally:
        end(worker.process, patience=20)
        worker.log.unlink(missing_ok=True)


def children(pid: int) -> list[int]:
    """The processes that a process of ours started."""
    with suppress(OSError):
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def kill(pids: list[int]) -> None:
    """kill -9, each by its id."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def crash(of: Cluster) -> None:
    """kill -9 PostgreSQL and all its processes, then start it again as a reboot would."""
    server = of.running_pid()
    started = children(server)
    kill([server, *started])
    deadline = time.monotonic() + 30
    while any(command_of(pid) for pid in started) and time.monotonic() < deadline:
        time.sleep(0.02)
    with suppress(ChildProcessError):
        os.waitpid(server, 0)
    start(of)


class Browser:
    """One signed-in person's connection: asks once, or until it is answered."""

    def __init__(self, port: int, session: str) -> None:
        self.port = port
        self.cookies = f"session={session}; csrf={CSRF}"

    def ask(
        self, path: str, fields: dict | None = None, file: bytes = b"", timeout: float = 20
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """Status, text and headers; an OSError or HTTPException when nobody answers."""
        headers = {"Cookie": self.cookies, "Accept": "application/json"}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = encoded(fields | {"csrfmiddlewaretoken": CSRF}, file)
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            link.request("GET" if fields is None else "POST", path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            link.close()

    def insist(
        self, path: str, fields: dict, file: bytes = b"", *, is_accepted: Callable[[int], bool]
    ) -> str:
        """Send the very same thing until it is accepted, as the grid and a patient person do."""
        deadline, status, text = time.monotonic() + START_SECONDS, 0, ""
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                status, text, _headers = self.ask(path, fields, file)
                if is_accepted(status):
                    return text
            time.sleep(0.05)
        raise TimeoutError(f"{path} was never accepted: {status} {text[:200]}")


def encoded(fields: dict, file: bytes) -> tuple[bytes, str]:
    """A form as a browser sends it, with its file when there is one."""
    if not file:
        return urlencode(fields).encode(), "application/x-www-form-urlencoded"
    mark = "portal-rig"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = 'Content-Disposition: form-data; name="file"; filename="a.pdf"'
    kind = "Content-Type: application/pdf"
    parts += [f"--{mark}\r\n{head}\r\n{kind}\r\n\r\n".encode(), file, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"
