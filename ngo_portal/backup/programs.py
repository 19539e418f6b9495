"""PostgreSQL's own programs: those of the machine, or those of the embedded one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.home import installed_programs, is_installed

from .refusal import RefusalError

MACHINE = Path("/usr/lib/postgresql")


def program(name: str, server: psycopg.Connection) -> Path:
    """`pg_dump` or `pg_restore` of the server's version, else of the nearest newer one."""
    wanted = server.info.server_version // 10_000
    found = {version: path for version, path in _versions(name) if version >= wanted}
    if not found:
        raise RefusalError(
            f"This machine has no {name} for PostgreSQL {wanted}.\n"
            f"Debian, Ubuntu: apt install postgresql-client-{wanted}"
        )
    return found[min(found)]


def _versions(name: str) -> Iterator[tuple[int, Path]]:
    folders = [*MACHINE.glob("*/bin"), *([installed_programs(HERE) / "bin"] if _embedded() else [])]
    on_path = shutil.which(name)
    for path in [*(folder / name for folder in folders), *([Path(on_path)] if on_path else [])]:
        if os.access(path, os.X_OK):
            said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
            version = re.search(r"\d+", said)
            if version:
                yield int(version[0]), path


def _embedded() -> bool:
    return is_installed(HERE)


def signed_in(url: str) -> tuple[str, Mapping[str, str]]:
    """An address without its password, and the environment that holds it: `ps` shows neither."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return make_conninfo(**parts), env | ({"PGPASSWORD": str(password)} if password else {})


def connect(url: str, variable: str, **changes: str) -> psycopg.Connection:
    """Connect within ten seconds, or say which variable is missing or wrong."""
    if not url:
        raise RefusalError(
            f"{variable} is not set: docs/administrators/deploy.md says to what, and where."
        )
    try:
        return psycopg.connect(make_conninfo(url, connect_timeout=10, **changes))
    except psycopg.Error as error:
        raise RefusalError(
            f"PostgreSQL does not answer at the address in {variable}.\n    {str(error).strip()}"
        ) from None
