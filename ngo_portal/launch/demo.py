"""The demonstration: set up, web server, worker, and an end that leaves nothing running."""

import fcntl
import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ngo_portal.launch import databases, project, roles
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.checks import choose_port
from ngo_portal.launch.console import RefusalError, say, step, tail
from ngo_portal.launch.postgres import Cluster
from ngo_portal.launch.processes import command_of, end, end_with_parent

FIRST_PORT = 8000
START_SECONDS = 60
STOP_SECONDS = 40
WORKER = ["manage.py", "worker"]
IN_WORKER = {"PORTAL_PROCESS": "worker"}
SEALER = ["manage.py", "seal", "--every", "60"]
OF_SEALER = (roles.VARIABLES[roles.SEALER], databases.SEAL_KEY)
GUNICORN = ("--config=python:ngo_portal.serving", "--workers=2")


@dataclass
class Part:
    """A long-running process of the demonstration and its log."""

    title: str
    arguments: list[str]
    log: Path | None = None
    process: subprocess.Popen | None = None
    # What its environment holds more.
    more: Mapping[str, str] = field(default_factory=dict)

    def start(self, here: Checkout, env: Mapping[str, str]) -> None:
        self.log = here.log(self.title)
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(
                [here.python, *self.arguments],
                env={**env, **self.more},
                cwd=here.root,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent(),
            )


def demo(here: Checkout) -> int:
    """Run the demonstration until Ctrl-C, SIGTERM or the death of one of its parts."""
    here.make_local()
    with only_one(here) as lock:
        end_leftovers(here)
        wanted = wanted_port()
        cluster = databases.demo_cluster(here)
        with databases.database(here, cluster, detached=False) as env:
            project.build(here, env)
            project.seed(here, env)
            port = choose_port(wanted)
            if port != wanted:
                say(f"• Port {wanted} is taken by another program: using {port}.")
            address = f"http://localhost:{port}"
            parts = [
                Part("web", web_command(port)),
                Part("worker", WORKER, more=IN_WORKER),
                Part("sealer", SEALER, more={name: env[name] for name in OF_SEALER}),
            ]
            with running(here, serving_environment(env, address), parts):
                accounts = project.accounts(here, env)
                wait_until_healthy(port, parts)
                write_lock(lock, {"pid": os.getpid(), "address": address})
                say(f"\n{accounts}\n\nThe portal is ready:  {address}")
                say("Its mails are in .local/mail. Ctrl-C stops everything.\n")
                watch(parts, cluster if databases.is_embedded(env) else None)
    return 0


def serving_environment(env: Mapping[str, str], address: str) -> dict[str, str]:
    """What web server and worker get, as in production: never what another role acts with."""
    held_back = {*OF_SEALER, *(roles.VARIABLES[role] for role in (roles.OWNER, roles.BACKUP))}
    kept = {name: value for name, value in env.items() if name not in held_back}
    return kept | {"PORTAL_ORIGIN": address}


def wanted_port() -> int:
    text = os.environ.get("PORT", str(FIRST_PORT))
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise RefusalError(f"PORT={text} is not a port number. Example: PORT=9000 make demo")
    return int(text)


@contextmanager
def only_one(here: Checkout) -> Iterator[IO[str]]:
    """Hold the lock of the running demonstration; it falls with us, however we end."""
    with (here.local / "demo.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = read_lock(lock).get("address", "no address yet: it is starting")
            raise RefusalError(
                f"The demonstration already runs from this folder ({address}).\n"
                "Use it, or end it with Ctrl-C in its terminal or `make stop`."
            ) from None
        write_lock(lock, {"pid": os.getpid()})
        try:
            yield lock
        finally:
            write_lock(lock, {})


def read_lock(lock: IO[str]) -> dict:
    lock.seek(0)
    try:
        return json.loads(lock.read())
    except ValueError:
        return {}


def write_lock(lock: IO[str], content: dict) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(json.dumps(content))
    lock.flush()


def end_leftovers(here: Checkout) -> None:
    """End what a killed demonstration left where the system does not do it by itself."""
    path = here.local / "parts.json"
    try:
        pids = json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    for pid in pids:
        if str(here.python) in command_of(pid):
            os.kill(pid, signal.SIGTERM)
    path.unlink()


@contextmanager
def running(here: Checkout, env: Mapping[str, str], parts: list[Part]) -> Iterator[None]:
    """Start the parts; at the end ask all to stop, then wait for each."""
    try:
        with step("Starting web server, worker and sealer"):
            for part in parts:
                part.start(here, env)
        pids = [part.process.pid for part in parts]
        (here.local / "parts.json").write_text(json.dumps(pids), encoding="ascii")
        yield
    finally:
        started = [part.process for part in parts if part.process]
        for process in started:
            if process.poll() is None:
                process.terminate()
        for process in started:
            end(process, patience=STOP_SECONDS)
        (here.local / "parts.json").unlink(missing_ok=True)


def web_command(port: int) -> list[str]:
    return ["-m", "gunicorn", "ngo_portal.wsgi", f"--bind=127.0.0.1:{port}", *GUNICORN]


def fail_if_ended(parts: list[Part]) -> None:
    for part in parts:
        code = part.process.poll()
        if code is not None:
            raise RefusalError(
                f"The {part.title} process ended by itself (code {code}); everything is stopped.\n"
                f"The end of {part.log}:\n{tail(part.log)}"
            )


def wait_until_healthy(port: int, parts: list[Part]) -> None:
    """Wait for /healthz, which looks at the database and its migrations."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        fail_if_ended(parts)
        if is_healthy(port):
            return
        time.sleep(0.2)
    log = parts[0].log
    raise RefusalError(
        f"The web server does not answer on /healthz.\nThe end of {log}:\n{tail(log)}"
    )


def is_healthy(port: int) -> bool:
    directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with directly.open(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def watch(parts: list[Part], cluster: Cluster | None) -> None:
    """Return never: a signal or the death of a part ends the demonstration."""
    while True:
        fail_if_ended(parts)
        if cluster and not cluster.running_pid():
            raise RefusalError(
                "PostgreSQL ended by itself; everything is stopped.\n"
                f"The end of {cluster.log}:\n{tail(cluster.log)}"
            )
        time.sleep(0.5)


def stop(here: Checkout) -> int:
    """Stop a demonstration started elsewhere, and any database left running."""
    here.make_local()
    with (here.local / "demo.lock").open("a+", encoding="ascii") as lock:
        deadline = time.monotonic() + STOP_SECONDS
        asked = None
        while not locked(lock) and time.monotonic() < deadline:
            pid = read_lock(lock).get("pid")
            if pid and pid != asked:
                os.kill(pid, signal.SIGTERM)
                asked = pid
            time.sleep(0.2)
        if not locked(lock):
            raise RefusalError("The demonstration does not stop: press Ctrl-C in its terminal.")
    end_leftovers(here)
    running = [cluster for cluster in databases.all_clusters(here) if cluster.running_pid()]
    for cluster in running:
        databases.stop_unused(here, cluster)
    say("Stopped." if asked or running else "No demonstration was running from this folder.")
    return 0


def locked(lock: IO[str]) -> bool:
    """Take the lock if no demonstration holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
