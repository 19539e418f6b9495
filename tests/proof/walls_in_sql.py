"""Plain SQL as the runtime role: every table, every command, in every kind of scope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb

from audit.walls import build
from tests.conftest import as_owner
from tests.factories import make_target
from tests.proof import Figure, Run, proof
from tests.scene import Scene, make_scene

# Read before any scope exists, to sign in: the roles of an account, and their organisations.
BEFORE_ANY_SCOPE = {
    "accounts_membership", "accounts_elevation", "programs_organisation"
}  # fmt: skip
COLUMN = {"programs_organisation": "id", "programs_organisationevent": "id"}
COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""
# Got as far as the table itself: the wall let the row through.
TOO_FAR = (psycopg.errors.UniqueViolation, psycopg.errors.ForeignKeyViolation)


@dataclass
class Tally:
    """How many tries, and those that reached a row of somebody else."""

    tried: int = 0
    wrong: list[str] = field(default_factory=list)

    def note(self, is_wrong: bool, what: str) -> None:
        self.tried += 1
        if is_wrong:
            self.wrong.append(what)


def scenes() -> tuple[Scene, Scene]:
    """Two organisations that have nothing to do with each other, with rows in every table."""
    found = make_scene(), make_scene()
    for scene in found:
        make_target(scene.program)
        scene.upload_of(scene.colleague)
    return found


def owned_tables() -> dict[str, str]:
    """Table → the column that says whose its rows are."""
    found = {table: "organisation_id" for table, is_owned in build.tables().items() if is_owned}
    return found | {table: column for table, column in COLUMN.items() if table in build.tables()}


@contextmanager
def as_runtime(name: str, context: dict[str, str]) -> Iterator[psycopg.Connection]:
    """A connection of the runtime role with these settings, undone at the end."""
    parts = conninfo_to_dict(settings.DATABASE_OWNER_URL) | {"dbname": name}
    runtime = connection.settings_dict
    parts |= {"user": runtime["USER"], "password": runtime["PASSWORD"]}
    with psycopg.connect(**parts) as session:
        for setting, value in context.items():
            session.execute("SELECT set_config(%s, %s, false)", [setting, value])
        session.commit()
        yield session
        session.rollback()


def contexts(a: Scene, b: Scene) -> list[tuple[str, dict[str, str], int | None]]:
    """A name, the settings, and the organisation whose rows are one's own in it."""
    request = {"portal.request": "00000000-0000-0000-0000-000000000001"}
    key = "portal.organisations"
    return [
        ("none", {}, None),
        ("empty", {key: ""}, None),
        ("empty, in a request", {key: "", **request}, None),
        ("garbage", {key: "1) OR (true", **request}, None),
        ("nobody's", {key: "999999999", **request}, None),
        ("another's", {key: str(b.organisation.pk), **request}, b.organisation.pk),
        ("one's own", {key: str(a.organisation.pk), **request}, a.organisation.pk),
    ]


def run(session: psycopg.Connection, query: sql.Composable, values=()) -> int | None:
    """How many rows were reached; None when refused, -1 when a rule of the row came first."""
    try:
        with session.transaction(force_rollback=True):
            cursor = session.execute(query, values)
            return cursor.fetchone()[0] if cursor.description else cursor.rowcount
    except TOO_FAR:
        return -1
    except psycopg.Error:
        return None


def attack(session, tally: Tally, where: str, table: str, column: str, own: int | None) -> None:
    """Read, change, delete and take over the rows of others."""
    names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
    theirs = sql.SQL(" WHERE {c} IS DISTINCT FROM %s").format(**names)
    tries = {
        "SELECT": sql.SQL("SELECT count(*) FROM {t}"),
        "UPDATE": sql.SQL("UPDATE {t} SET {c} = {c}"),
        "DELETE": sql.SQL("DELETE FROM {t}"),
    }
    for command, query in tries.items():
        if own is None and table in BEFORE_ANY_SCOPE and where in ("none", "empty"):
            continue
        reached = run(session, query.format(**names) + theirs, [own])
        tally.note(bool(reached), f"{command} {table} ({where}): {reached}")


def give_away(session, tally: Tally, where: str, table: str, column: str, row, own, other) -> None:
    """Add a row of somebody else, and move one's own to them."""
    names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    values = [Jsonb(value) if isinstance(value, dict | list) else value for value in row.values()]
    marks = sql.SQL(", ").join(sql.Placeholder() * len(values))
    add = sql.SQL("INSERT INTO {t} ({columns}) VALUES ({marks})")
    added = run(session, add.format(columns=columns, marks=marks, **names), values)
    tally.note(bool(added), f"INSERT {table} ({where}): {added}")
    if own is not None and column == "organisation_id":
        move = sql.SQL("UPDATE {t} SET {c} = %s WHERE {c} = %s").format(**names)
        moved = run(session, move, [other, own])
        tally.note(bool(moved), f"MOVE {table} ({where}): {moved}")


def rows_of(name: str, organisation_id: int) -> dict[str, dict]:
    """One row of each table that belongs to an organisation, read as the backup role."""
    parts = conninfo_to_dict(settings.DATABASE_BACKUP_URL) | {"dbname": name}
    found = {}
    with psycopg.connect(**parts) as session:
        for table, column in owned_tables().items():
            names = {"t": sql.Identifier(table), "c": sql.Identifier(column)}
            kept = [n for (n,) in session.execute(COLUMNS, [table]).fetchall()]
            query = sql.SQL("SELECT {k} FROM {t} WHERE {c} = %s LIMIT 1").format(
                k=sql.SQL(", ").join(map(sql.Identifier, kept)), **names
            )
            if row := session.execute(query, [organisation_id]).fetchone():
                found[table] = dict(zip(kept, row, strict=True))
    return found


def tried_on(name: str, a: Scene, b: Scene, wanted: list) -> Tally:
    """Every table × command × context of those wanted."""
    tally, others = Tally(), (a.organisation.pk, b.organisation.pk)
    rows = {key: rows_of(name, key) for key in others}
    for where, context, own in wanted:
        other = others[0] if own == others[1] else others[1]
        with as_runtime(name, context) as session:
            for table, column in owned_tables().items():
                attack(session, tally, where, table, column, own)
                if row := rows[other].get(table):
                    give_away(session, tally, where, table, column, row, own, other)
    return tally


@proof("Plain SQL as the runtime role: every table × command × scope", commits=True)
def plain_sql(run: Run) -> Figure:
    name = connection.settings_dict["NAME"]
    a, b = scenes()
    every = contexts(a, b)
    held = tried_on(name, a, b, every if run.is_full else every[2:4] + every[-1:])
    down = [f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY' for table in owned_tables()]
    as_owner(";".join(down), name)
    open_walls = tried_on(name, a, b, every[-1:])
    return Figure(
        tried=held.tried,
        wrong=len(held.wrong),
        control=len(open_walls.wrong),
        unit=f"statements on {len(owned_tables())} tables",
        without="with row-level security off",
        examples=tuple(held.wrong[:20]),
    )
