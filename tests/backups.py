"""What the tests of backups share: a pair of keys, the addresses of a copied database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyrage
from django.conf import settings
from psycopg.conninfo import make_conninfo

from ngo_portal.backup import making, restoring

PAIR = pyrage.x25519.Identity.generate()


IDENTITY = f"# public key: {PAIR.to_public()}\n{PAIR}\n"


def backup_of(database: str, folder: Path, files: Path) -> making.Made:
    """Back up a database of the tests' server, as the backup role."""
    url = make_conninfo(settings.DATABASE_BACKUP_URL, dbname=database)
    return making.make(url=url, files=files, folder=folder, keys=str(PAIR.to_public()))


@contextmanager
def restored(made: making.Made) -> Iterator[tuple[restoring.Opened, str]]:
    """The opened backup and the scratch database that it was restored into."""
    owner = settings.DATABASE_OWNER_URL
    with restoring.opened(made.path, IDENTITY) as saved, restoring.scratch(owner) as name:
        restoring.load(saved, owner, dbname=name)
        yield saved, name


def compared(saved: restoring.Opened, database: str) -> list[str]:
    return restoring.compare(saved, settings.DATABASE_BACKUP_URL, dbname=database)


def as_owner_of(database: str, *statements: str) -> None:
    """Run statements as the owner in one database, in one transaction."""
    with psycopg.connect(make_conninfo(settings.DATABASE_OWNER_URL, dbname=database)) as session:
        for statement in statements:
            session.execute(statement)
