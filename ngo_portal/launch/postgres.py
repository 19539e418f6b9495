"""The embedded PostgreSQL: a cluster made, started, shared and stopped by the commands."""

import hashlib
import locale
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.checks import explain_output
from ngo_portal.launch.console import RefusalError, say, step
from ngo_portal.launch.home import SHARED_HOME, Home, find_home
from ngo_portal.launch.processes import command_of, end_with_parent
from ngo_portal.launch.vault import secret

SUPERUSER = "portal_superuser"
SOCKET_ROOT = Path("/tmp")  # noqa: S108 - a socket's path holds 107 bytes; the folder is private
LONGEST_SOCKET = 107
START_SECONDS = 60
STOP_SECONDS = 30
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
FAST_AND_UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def socket_folder(data: Path, uid: int) -> Path:
    """A short path of its own for each data folder and system user."""
    name = hashlib.sha256(bytes(data) + b"\0" + str(uid).encode()).hexdigest()[:12]
    return SOCKET_ROOT / f"portal-{name}"


def best_ctype() -> str:
    """A character classification that knows accents and that this machine has."""
    current = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "fr_FR.UTF-8"):
            try:
                return locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, current)


@dataclass
class Cluster:
    """One PostgreSQL server of this checkout, reached through a private Unix socket."""

    here: Checkout
    name: str
    settings: dict[str, str] = field(default_factory=dict)
    disposable: bool = False

    @cached_property
    def home(self) -> Home:
        return find_home(self.here)

    @property
    def data(self) -> Path:
        return self.home.folder / self.name

    @property
    def socket(self) -> Path:
        return socket_folder(self.data, self.home.uid())

    @property
    def log(self) -> Path:
        return self.here.log(self.name)

    def password(self, role: str) -> str:
        return secret(self.here.local / "secrets", f"{self.name}-{role}")

    def running_pid(self) -> int | None:
        """The process id of this cluster's server, when it is ours and alive."""
        lines = self.pid_lines()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        return pid if pid and str(self.data) in command_of(pid) else None

    def pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            return []

    def is_ready(self) -> bool:
        lines = self.pid_lines()
        return len(lines) > 7 and lines[7].strip() == "ready"

    def ensure_running(self, *, detached: bool) -> None:
        """Start the server unless it runs; a detached one survives this command."""
        pid = self.running_pid()
        if pid and self.wait_until_ready(pid) and self.socket.exists():
            return
        if pid:
            self.stop()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.make_data()
        with step("Starting PostgreSQL"):
            self.start(detached=detached)

    def make_data(self) -> None:
        """Make the data folder, or check that this version of PostgreSQL can read it."""
        known = (self.here.local / "secrets" / f"{self.name}-{SUPERUSER}").exists()
        starts_afresh = self.disposable or SHARED_HOME in self.data.parents and not known
        if self.data.exists() and starts_afresh:
            shutil.rmtree(self.data)
        if not (self.data / "PG_VERSION").exists():
            with step("Creating the database folder"):
                self.initialise()
        elif not known:
            raise RefusalError(
                f"The passwords of {self.data} are gone (.local/secrets).\n"
                f"To start afresh without its data: rm -r '{self.data}'"
            )
        self.check_version()

    def check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        programs = self.home.programs / "postgres"
        output = subprocess.run([programs, "--version"], capture_output=True, text=True).stdout
        major = re.search(r"\d+", output)
        if major is None or major[0] != made_by:
            raise RefusalError(
                f"The database folder {self.data} was made by PostgreSQL {made_by}; "
                f"this is {output.strip() or 'unreadable'}.\n"
                "Move the folder away to start afresh, or go back to the former version."
            )

    def initialise(self) -> None:
        """Run initdb in a draft folder, so that an interruption leaves nothing half-made."""
        draft = self.data.with_name(f"{self.name}.incomplete")
        shutil.rmtree(draft, ignore_errors=True)
        self.home.make_private(draft)
        self.home.make_private(self.socket)
        password_file = self.socket / "password"
        password_file.write_text(self.password(SUPERUSER))
        os.chown(password_file, self.home.uid(), -1)
        try:
            result = subprocess.run(
                [self.home.programs / "initdb", "-D", draft, *self.initdb_options(password_file)],
                **self.process_options(),
                capture_output=True,
                text=True,
                errors="replace",
            )
        finally:
            password_file.unlink()
        if result.returncode:
            self.log.write_text(result.stdout + result.stderr)
            failure = "PostgreSQL's data folder was not made."
            raise RefusalError(explain_output(result.stderr, failure, self.log))
        draft.replace(self.data)

    def initdb_options(self, password_file: Path) -> list[str]:
        return [
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={best_ctype()}",
            *(["--no-sync"] if self.disposable else []),
        ]

    def process_options(self) -> dict:
        """Who PostgreSQL runs as, and an environment without the person's own PG settings."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return {"cwd": "/", "env": env, "stdin": subprocess.DEVNULL, **self.home.as_user()}

    def start(self, *, detached: bool) -> None:
        """Start the server and wait until it accepts connections."""
        self.home.make_private(self.socket)
        settings = SETTINGS | {"unix_socket_directories": str(self.socket)} | self.settings
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.log.unlink(missing_ok=True)
        with self.log.open("wb") as log:
            child = subprocess.Popen(
                [self.home.programs / "postgres", "-D", self.data, *options],
                **self.process_options(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=None if detached else end_with_parent(signal.SIGINT),
            )
        if not self.wait_until_ready(child.pid, child):
            output = self.log.read_text(errors="replace")
            raise RefusalError(explain_output(output, "PostgreSQL did not start.", self.log))

    def wait_until_ready(self, pid: int, child: subprocess.Popen | None = None) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            lines = self.pid_lines()
            if lines and lines[0].strip() == str(pid) and self.is_ready():
                return True
            if child.poll() is not None if child else not command_of(pid):
                return False
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """Stop the server: fast, then at once if it does not listen."""
        pid = self.running_pid()
        for sign, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, STOP_SECONDS)):
            if pid is None:
                break
            os.kill(pid, sign)
            deadline = time.monotonic() + seconds
            while time.monotonic() < deadline and is_alive(pid):
                time.sleep(0.05)
            pid = self.running_pid()
        if pid is not None:
            say(f"PostgreSQL (process {pid}) does not stop: end it by hand.")
        shutil.rmtree(self.socket, ignore_errors=True)


def is_alive(pid: int) -> bool:
    """Whether a process runs; our own ended children are reaped on the way."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return bool(command_of(pid))
