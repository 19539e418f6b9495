"""A backup of a portal at work is restored elsewhere without one difference."""

import os
import threading
import time
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from ngo_portal.backup import restoring
from tests.backups import as_owner_of, backup_of, compared, restored
from tests.factories import make_organisation
from tests.proof import Figure, Run, proof
from tests.scene import make_scene

# Without its foreign keys, triggers and forced walls, any row of any table can go.
LOOSE = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_constraint WHERE contype = 'f'
UNION ALL
SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', c.oid::regclass)
    || format(', DISABLE TRIGGER USER')
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
"""
ONE_ROW_LESS = "DELETE FROM {0} WHERE ctid = (SELECT ctid FROM {0} LIMIT 1)"


@proof("A backup made while people write, restored elsewhere, row by row", commits=True)
def restore(run: Run) -> Figure:
    """Tried: rows compared and facts of the schema. Control: a row removed in every table."""
    folder = run.fixture("tmp_path")
    files = folder / "files"
    files.mkdir()
    (files / "agreement").write_bytes(b"as it was sent")
    for _ in range(run.amount(quick=1, full=40)):
        make_scene()
    database = connection.settings_dict["NAME"]
    with writing(database):
        made = backup_of(database, folder / "backups", Path(files))
    with restored(made) as (saved, name):
        wrong = compared(saved, name) + restoring.changed_files(saved)
        full = {table for table, (rows, _hash) in saved.facts["tables"].items() if rows}
        missed = full - tables_named(saved, name, full)
        wrong += [f"a row less in {table} was not seen" for table in missed]
        tried = made.rows + len(saved.facts["schema"]) + len(saved.facts["files"])
    return Figure(
        tried=tried,
        wrong=len(wrong),
        control=len(full) - len(missed),
        unit="rows and facts of the schema",
        without="tables, each named when one of its rows was removed",
        examples=tuple(wrong[:10]),
    )


class writing:
    """Somebody who adds and changes organisations until the backup is made."""

    def __init__(self, database: str) -> None:
        self.url = make_conninfo(os.environ["DATABASE_URL"], dbname=database)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.write)

    def __enter__(self) -> None:
        self.organisation = str(make_organisation().pk)
        self.thread.start()

    def write(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as session:
            scope = "SELECT set_config('portal.organisations', %s, false)"
            session.execute(scope, [self.organisation])
            while not self.over.is_set():
                session.execute(
                    "UPDATE programs_organisation SET language = 'fr' WHERE id = %s",
                    [self.organisation],
                )
                time.sleep(0.01)

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()


def tables_named(saved: restoring.Opened, database: str, full: set[str]) -> set[str]:
    """The tables that the comparison names once each lost one row."""
    owner = make_conninfo(settings.DATABASE_OWNER_URL, dbname=database)
    with psycopg.connect(owner) as session:
        loose = [statement for (statement,) in session.execute(LOOSE).fetchall()]
    as_owner_of(database, *loose, *(ONE_ROW_LESS.format(table) for table in sorted(full)))
    said = compared(saved, database)
    return {table for table in full if any(line.startswith(f"table {table}: ") for line in said)}
