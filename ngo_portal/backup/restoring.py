"""Open a backup elsewhere, restore it, and compare it with what was saved."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from psycopg import Connection, sql

from audit.history import NO_TEMPORARY_TABLES

from . import archive
from .facts import OURS, differences, facts
from .programs import connect, program, signed_in
from .refusal import RefusalError

OWNER = "DATABASE_OWNER_URL"


def read_identity(name: str) -> str:
    """What a file of age's secret keys says; "-" reads it from the keyboard or a pipe."""
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusalError(f"The identity file cannot be read. ({error})") from None


@dataclass(frozen=True)
class Opened:
    """A decrypted backup: its archive, a private folder to work in, what it says it holds."""

    zipped: ZipFile
    folder: Path
    facts: dict


@contextmanager
def opened(path: Path, identity: str) -> Iterator[Opened]:
    """Decrypt a backup in a private folder, removed after."""
    keys = archive.identities(identity)
    with (
        tempfile.TemporaryDirectory(prefix="portal-restore-") as folder,
        archive.opened(path, keys, Path(folder)) as zipped,
    ):
        yield Opened(zipped, Path(folder), json.loads(zipped.read(archive.FACTS)))


@contextmanager
def scratch(owner_url: str) -> Iterator[str]:
    """A database of the owner for the time of a drill; yields its name."""
    name = f"portal_drill_{secrets.token_hex(4)}"
    with connect(owner_url, OWNER) as connection:
        connection.autocommit = True
        may = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        if not connection.execute(may).fetchone()[0]:
            raise RefusalError(
                f"The role {connection.info.user} may not make the drill's own database.\n"
                f"As the keeper of the server: ALTER ROLE {connection.info.user} CREATEDB;"
            )
        quoted = sql.Identifier(name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(quoted)
        )
        try:
            yield name
        finally:
            connection.execute(sql.SQL("DROP DATABASE {}").format(quoted))


def load(backup: Opened, owner_url: str, **changes: str) -> None:
    """Restore the database into the one at the address, which must be empty."""
    with connect(owner_url, OWNER, **changes) as connection:
        _require_roles(connection, backup.facts["roles"])
        _require_empty(connection)
        command = [program("pg_restore", connection), "--exit-on-error", "--no-password"]
        database = connection.info.dbname
    with backup.zipped.open(archive.DUMP) as source, (backup.folder / archive.DUMP).open("wb") as f:
        shutil.copyfileobj(source, f, archive.PIECE)
    address, env = signed_in(owner_url)
    dump = backup.folder / archive.DUMP
    done = subprocess.run(
        [*command, f"--dbname={address} dbname='{database}'", dump],
        env=env,
        capture_output=True,
        text=True,
        errors="replace",
    )
    dump.unlink()
    if done.returncode:
        raise RefusalError(f"pg_restore failed:\n    {done.stderr.strip()[:2000]}")
    with connect(owner_url, OWNER, **changes) as connection:  # what no dump of one database holds
        name = sql.Identifier(database)
        connection.execute(sql.SQL(NO_TEMPORARY_TABLES).format(database=name))


def _require_roles(connection: Connection, roles: dict[str, str]) -> None:
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    missing = {name: rights for name, rights in roles.items() if name not in known}
    if missing:
        statements = "\n".join(f"    CREATE ROLE {n} {r};" for n, r in missing.items())
        raise RefusalError(f"This server lacks roles that the backup speaks of:\n{statements}")


def _require_empty(connection: Connection) -> None:
    query = f"SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE {OURS}"
    if connection.execute(query).fetchone():
        raise RefusalError(
            f"The database {connection.info.dbname} is not empty, and nothing was changed in it.\n"
            "Rename it and make an empty one: docs/security/backup.md, “Restore”."
        )


def compare(backup: Opened, backup_url: str, **changes: str) -> list[str]:
    """What the restored database has otherwise than the backup says, by name."""
    with connect(backup_url, "DATABASE_BACKUP_URL", **changes) as connection:
        return differences(backup.facts, facts(connection))


def changed_files(backup: Opened) -> list[str]:
    """The files of the archive that are not what was saved, by name."""
    said = []
    for name, digest in backup.facts["files"].items():
        with backup.zipped.open(archive.FILES + name) as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != digest:
                said.append(f"file {name}: its content differs")
    return said


def put_files(backup: Opened, folder: Path) -> None:
    """Write the uploaded files back; one that is there with another content is refused."""
    for name in backup.facts["files"]:
        target = (folder / name).resolve()
        if folder.resolve() not in target.parents:
            raise RefusalError(f"The backup names a file outside its folder: {name}")
        content = backup.zipped.open(archive.FILES + name)
        if target.exists():
            if target.read_bytes() != content.read():
                raise RefusalError(f"{target} exists and differs: move the folder away first.")
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as file:
            shutil.copyfileobj(content, file, archive.PIECE)
        target.chmod(0o600)
