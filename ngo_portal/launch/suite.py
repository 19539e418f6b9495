"""Every check and test, in order, stopping at the first that fails."""

import os
import shutil
from collections.abc import Mapping, Sequence

from ngo_portal.launch import databases, project
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError, heading, run, run_interactively, say
from ngo_portal.launch.environment import one_at_a_time
from ngo_portal.launch.vault import secret

FOLDERS = ("PORTAL_FILES_DIR", "PORTAL_EXPORTS_DIR", "PORTAL_BACKUP_DIR")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def suite(here: Checkout, arguments: Sequence[str]) -> int:
    """Run everything; pytest's own exit code is ours."""
    with (
        one_at_a_time(here.local / "tests.lock"),
        databases.database(here, databases.test_cluster(here), detached=False) as env,
    ):
        project.compile_translations(here)
        for title, command, more in checks(here):
            heading(title)
            if run([here.python, *command], changed(env, more), here.root):
                raise RefusalError(f"{title}: not passed. The checks after it did not run.")
        project.collect_static(here, env)
        heading("Tests")
        warn_without_browser()
        processes = str(len(os.sched_getaffinity(0)) if has_affinity() else os.cpu_count() or 1)
        command = [here.python, "-m", "pytest", "-n", processes, *arguments]
        code = run_interactively(command, env, here.root)
        warn_without_browser()
        return code


def checks(here: Checkout) -> list[tuple[str, list[str], dict[str, str | None]]]:
    """What is checked before the tests: title, arguments of Python, changes of environment."""
    production = {
        "PORTAL_DEMO": None,
        "SECRET_KEY": secret(here.local / "secrets", "checks") * 2,
        "ALLOWED_HOSTS": "portal.example.org",
        "PORTAL_ORIGIN": "https://portal.example.org",
        **dict.fromkeys(FOLDERS, "/srv/ngo-portal"),
    }
    migrations = ["manage.py", "makemigrations", "--check", "--dry-run"]
    deployment = ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return [
        ("Format", ["-m", "ruff", "format", "--check"], {}),
        ("Lint", ["-m", "ruff", "check"], {}),
        ("Migrations", migrations, {}),
        ("Deployment", deployment, production),
    ]


def changed(env: Mapping[str, str], more: Mapping[str, str | None]) -> dict[str, str]:
    """The environment with some variables set, or removed where the value is None."""
    return {name: value for name, value in {**env, **more}.items() if value is not None}


def has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")


def warn_without_browser() -> None:
    if not any(shutil.which(name) for name in BROWSERS):
        say(
            "\n!!! BROWSER TESTS ARE SKIPPED: no Chromium on this machine.\n"
            "!!! Debian, Ubuntu: apt install chromium    (.ci/run installs it)\n"
        )
