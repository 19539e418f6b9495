"""The commands, by name."""

import errno
import os
import shlex
import sys
from collections.abc import Sequence

from ngo_portal.launch import databases, demo, project, suite
from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.checks import FULL_DISK_TEXT, ROOM_TO_INSTALL, ROOM_TO_RUN, enough_room
from ngo_portal.launch.console import (
    RefusalError,
    heading,
    run,
    run_interactively,
    say,
    setup_console,
)
from ngo_portal.launch.environment import prepare
from ngo_portal.launch.locks import compile_locks
from ngo_portal.launch.postgres import Cluster
from ngo_portal.launch.processes import Stopped, stop_on_signals

USAGE = """usage: python3 -m ngo_portal.launch COMMAND [ARGUMENTS]

  demo            start the demonstration and print its address
  stop            stop it, and its database, from another terminal
  test [ARGS]     every check and test; ARGS go to pytest
  prove [ARGS]    try every proof at full scale; writes docs/security/proof.md
  pytest [ARGS]   pytest alone, on the tests' own database
  manage [ARGS]   manage.py on the demonstration's database
  bench [ARGS]    measure the speed, on a database of its own
  restore-drill BACKUP --identity FILE
                  restore a backup on a database made for it, compare, remove
  upgrade         production: install this version, migrate, gather static files
  env             print what to `eval` to run manage.py by hand
  locks           compile the lock files from pyproject.toml"""
NEEDS_DEVELOPER = {"test", "pytest", "prove", "locks"}


def main(arguments: Sequence[str]) -> int:
    """Run a command; whatever stops it becomes one message and a non-zero exit code."""
    setup_console()
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        say(USAGE)
        return 0 if name in {"help", "-h", "--help"} else 2
    try:
        stop_on_signals()
        return in_environment(name, rest)
    except RefusalError as error:
        say(f"\n✗ {error}")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        say(f"\n✗ {FULL_DISK_TEXT}")
    except Stopped:
        say("\nStopped.")
        return 0 if name == "demo" else 130
    return 1


def in_environment(name: str, arguments: Sequence[str]) -> int:
    """Prepare `.venv`, continue under its Python, and run the command there."""
    os.chdir(HERE.root)
    if name != "stop":
        enough_room(HERE.root, ROOM_TO_RUN if HERE.python.exists() else ROOM_TO_INSTALL)
        prepare(HERE, developer=name in NEEDS_DEVELOPER)
    if not HERE.runs_in_venv() and HERE.python.exists():
        args = [str(HERE.python), "-m", "ngo_portal.launch", name, *arguments]
        os.execve(HERE.python, args, HERE.base_environment())
    return COMMANDS[name](list(arguments))


def with_database(cluster: Cluster, arguments: Sequence[str], *, upgraded: bool = False) -> int:
    """Run Python in the foreground with the environment of a database."""
    with databases.database(HERE, cluster, detached=True) as env:
        if upgraded:
            project.build(HERE, env)
        return run_interactively([HERE.python, *arguments], env, HERE.root)


def manage(arguments: Sequence[str]) -> int:
    return with_database(databases.demo_cluster(HERE), ["manage.py", *arguments])


def bench(arguments: Sequence[str]) -> int:
    return with_database(databases.bench_cluster(HERE), ["-m", "bench", *arguments], upgraded=True)


def pytest(arguments: Sequence[str]) -> int:
    project.compile_translations(HERE)
    return with_database(databases.test_cluster(HERE), ["-m", "pytest", *arguments])


def prove(arguments: Sequence[str]) -> int:
    """Long: every claim of docs/security/proof.md, at full scale."""
    return pytest(["tests/test_proofs.py", "--prove", "-v", *arguments])


def restore_drill(arguments: Sequence[str]) -> int:
    """On any computer, which has the secret key: the server never sees it."""
    return with_database(databases.drill_cluster(HERE), ["manage.py", "restore_drill", *arguments])


def env(arguments: Sequence[str]) -> int:
    """Print the environment; an embedded PostgreSQL then runs until `stop`."""
    project.compile_translations(HERE)
    named = databases.named_server()
    if named:
        urls = databases.server_urls(HERE, named, for_tests=False)
        found = databases.project_environment(HERE, urls)
    else:
        cluster = databases.test_cluster if "--tests" in arguments else databases.demo_cluster
        found = databases.embedded_environment(HERE, cluster(HERE), detached=True)
    for name in sorted(databases.PROJECT_NAMES & found.keys()):
        sys.stdout.write(f"export {name}={shlex.quote(found[name])}\n")
    return 0


def upgrade(arguments: Sequence[str]) -> int:
    """Bring a production installation to this version, with the environment as it is."""
    needed = ("DATABASE_URL", "DATABASE_OWNER_URL", "SECRET_KEY")
    missing = [name for name in needed if not os.environ.get(name)]
    if missing:
        raise RefusalError(
            f"Not set: {', '.join(missing)}. docs/administrators/deploy.md says what production "
            "needs; `make demo` needs nothing."
        )
    with databases.database(HERE, databases.demo_cluster(HERE), detached=False):
        project.build(HERE, HERE.base_environment())
        heading("What this installation may lack")
        run([HERE.python, "manage.py", "check", "--deploy"], HERE.base_environment(), HERE.root)
    say("This version is installed: restart the web server and the worker.")
    return 0


def locks(arguments: Sequence[str]) -> int:
    return compile_locks(HERE)


COMMANDS = {
    "demo": lambda arguments: demo.demo(HERE),
    "stop": lambda arguments: demo.stop(HERE),
    "test": lambda arguments: suite.suite(HERE, arguments),
    "manage": manage,
    "bench": bench,
    "pytest": pytest,
    "restore-drill": restore_drill,
    "prove": prove,
    "upgrade": upgrade,
    "env": env,
    "locks": locks,
}
