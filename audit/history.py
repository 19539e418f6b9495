"""The history of every row, written by the database whoever writes: what it said, who, when.

Every model is `@tracked()`: the translated ones in their app's translation.py, once they have both
languages. A test holds every model to it. History is the business record, read beside the row it
tells of; the ledger (audit/ledger.py) is the security record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pghistory
import pgtrigger
from psycopg import sql

# pgtrigger lets any session switch triggers off by a setting: that would be any rule of the portal.
NEVER_IGNORED = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE sql IMMUTABLE RETURN false
"""
# Whoever has temporary tables has triggers of their own on them.
NO_TEMPORARY_TABLES = "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC"
KEEP = "REVOKE UPDATE, DELETE ON {table} FROM {runtime}"


def protect(cursor, *, runtime: str) -> None:
    """Leave the runtime role no way to mend, forge or switch off history; safe to repeat."""
    cursor.execute(NEVER_IGNORED)
    name = sql.Identifier(cursor.connection.info.dbname)
    cursor.execute(sql.SQL(NO_TEMPORARY_TABLES).format(database=name))
    for event in pghistory.core.event_models():
        table = sql.Identifier(event._meta.db_table)
        cursor.execute(sql.SQL(KEEP).format(table=table, runtime=sql.Identifier(runtime)))


def written_by_a_trigger() -> pgtrigger.Trigger:
    """Nobody writes history directly: an insert that no trigger makes is refused.

    The runtime role has neither UPDATE nor DELETE there (`grant`), and may create no trigger.
    """
    return pgtrigger.Trigger(
        name="written_by_a_trigger",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'history is written by its triggers' USING ERRCODE = '42501';
            END IF;
            RETURN NEW;
        """,
    )


def tracked(*, exclude: Iterable[str] = (), meta: dict | None = None, **options) -> Callable:
    """Keep each value that a row had, deletions included, but the columns of `exclude`."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=list(exclude),
        append_only=True,
        meta={**(meta or {}), "triggers": [written_by_a_trigger()]},
        **options,
    )
