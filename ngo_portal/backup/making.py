"""Make a backup: the database and the files of one moment, encrypted; thin out the older ones."""

from __future__ import annotations

import datetime as dt
import fcntl
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from psycopg import Connection

from . import archive
from .facts import PASSING, facts
from .programs import connect, program, signed_in
from .refusal import RefusalError

NAME = "portal-{:%Y%m%dT%H%M%SZ}.zip.age"
MADE = re.compile(r"portal-(\d{8}T\d{6}Z)\.zip\.age")
NEWEST = 3
BLIND = (
    "The role {user} does not see every row: row-level security hides them from it.\n"
    "As the keeper of the server: ALTER ROLE {user} BYPASSRLS; GRANT pg_read_all_data TO {user};"
)


@dataclass(frozen=True)
class Made:
    """A backup that was made: where, its sum, what it holds."""

    path: Path
    sha256: str
    facts: dict

    @property
    def rows(self) -> int:
        return sum(rows for rows, _hash in self.facts["tables"].values())


def make(*, url: str, files: Path, folder: Path, keys: str) -> Made:
    """Save the database at `url` and the folder `files` to a new file of `folder`."""
    recipients = archive.recipients(keys)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / NAME.format(dt.datetime.now(dt.UTC))
    with one_at_a_time(folder), connect(url, "DATABASE_BACKUP_URL") as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        _require_sight(connection)
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        found = facts(connection)

        def fill(zipped: ZipFile) -> None:
            _dump(zipped, connection, url, snapshot)
            found["files"] = dict(_save_files(zipped, files))
            archive.put_facts(zipped, found)

        digest = archive.write(path, recipients, fill)
    return Made(path, digest, found)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Two backups at once would take each other's drafts away."""
    with (folder / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusalError("Another backup is being made: wait for its end.") from None
        for draft in folder.glob("*.partial"):
            draft.unlink()
        yield


def _require_sight(connection: Connection) -> None:
    sees = "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if not connection.execute(sees).fetchone()[0]:
        raise RefusalError(BLIND.format(user=connection.info.user))


def _dump(zipped: ZipFile, connection: Connection, url: str, snapshot: str) -> None:
    """Stream pg_dump into the archive, in the snapshot that the facts were read in."""
    address, env = signed_in(url)
    command = [program("pg_dump", connection), "--format=custom", "--no-password"]
    command += [f"--snapshot={snapshot}", *(f"--exclude-table-data={t}" for t in PASSING)]
    with tempfile.TemporaryFile() as said:
        dump = subprocess.Popen(
            [*command, f"--dbname={address}"], env=env, stdout=subprocess.PIPE, stderr=said
        )
        try:
            archive.put(zipped, archive.DUMP, dump.stdout)
        finally:
            dump.stdout.close()
            if dump.wait():
                said.seek(0)
                text = said.read(2000).decode(errors="replace").strip()
                raise RefusalError(f"pg_dump failed, nothing was saved:\n    {text}")


def _save_files(zipped: ZipFile, folder: Path) -> Iterator[tuple[str, str]]:
    """Put every uploaded file in the archive; yields its name and its SHA-256.

    They are read after the rows: a row of the snapshot has its file, which never changes.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = path.relative_to(folder).as_posix()
            with path.open("rb") as source:
                yield name, archive.put(zipped, archive.FILES + name, source)


def made_at(path: Path) -> dt.datetime | None:
    """When a backup was made, from its name; None for any other file."""
    match = MADE.fullmatch(path.name)
    return dt.datetime.strptime(match[1] + "+0000", "%Y%m%dT%H%M%SZ%z") if match else None


def thin(folder: Path, *, days: int, weeks: int) -> list[Path]:
    """Remove older backups, and return them.

    What stays: the newest three, and the last one of each of the last `days` days and `weeks`
    weeks that have one.
    """
    made = sorted(((at, path) for path in folder.iterdir() if (at := made_at(path))), reverse=True)
    kept = {path for _at, path in made[:NEWEST]}
    for length, key in ((days, lambda at: at.date()), (weeks, lambda at: at.isocalendar()[:2])):
        last: dict[object, Path] = {}
        for at, path in made:
            last.setdefault(key(at), path)
        kept |= set(list(last.values())[:length])
    gone = [path for _at, path in made if path not in kept]
    for path in gone:
        path.unlink()
        path.with_name(f"{path.name}.sha256").unlink(missing_ok=True)
    return gone
