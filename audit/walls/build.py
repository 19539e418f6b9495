"""The walls put up: what the database holds becomes what the apps say, table by table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection
from psycopg import sql

from .rules import Opening, Walls, base, shared

# The owner's data migrations, within `every_organisation` alone, and the functions of the apps,
# which run as their owner for somebody else.
MIGRATION = "portal_owner_at_work"
MIGRATION_RULE = (
    "current_setting('portal.every_organisation', true) = 'on' OR session_user <> current_user"
)
# The tables of every schema but those that an app exempts; of another one than `public` with its
# name before theirs.
OURS = """
WITH ours AS (
    SELECT c.*, CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END || relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND nspname <> ALL (%s)
      AND relkind IN ('r', 'p')
)
"""
TABLES = f"""{OURS}
SELECT name, EXISTS (
           SELECT FROM pg_attribute a WHERE a.attrelid = ours.oid AND a.attname = 'organisation_id'
           AND NOT a.attisdropped)
FROM ours ORDER BY name
"""  # noqa: S608 - constants alone
STANDING = f"""{OURS}
SELECT name, p.polname, obj_description(p.oid, 'pg_policy')
FROM pg_policy p JOIN ours ON ours.oid = p.polrelid
"""  # noqa: S608
FLAGS = f"{OURS} SELECT name FROM ours WHERE relrowsecurity AND relforcerowsecurity"  # noqa: S608
ENTER = """
CREATE OR REPLACE FUNCTION portal_enter(
    organisations text, actor text, request text, powers text, context text, metadata text)
RETURNS void LANGUAGE plpgsql AS $enter$
DECLARE own bigint[] := string_to_array(nullif(organisations, ''), ',')::bigint[];
BEGIN
    PERFORM set_config('portal.organisations', organisations, true),
            set_config('portal.user', actor, true),
            set_config('portal.request', request, true),
            set_config('portal.powers', powers, true),
            set_config('pghistory.context_id', context, true),
            set_config('pghistory.context_metadata', metadata, true),
            {cleared};
    IF organisations = '' AND actor = '' THEN RETURN; END IF;
    {lists}
END $enter$
"""
LIST = """
    PERFORM set_config('portal.{name}', coalesce(
        (SELECT string_agg(key::text, ',') FROM ({select}) AS found(key)
         WHERE key IS NOT NULL), ''), true);
"""


@dataclass(frozen=True)
class Policy:
    """A policy that must stand on a table, with the mark that says which text made it."""

    table: str
    name: str
    definition: str

    @property
    def mark(self) -> str:
        return hashlib.sha256(self.definition.encode()).hexdigest()[:16]


@cache
def said() -> list[Walls]:
    """What each app says, in the order of imports: lower apps first."""
    names = [config.name for config in reversed(list(apps.get_app_configs()))]
    found = [f"{name}.walls" for name in names if name != "audit" and find_spec(f"{name}.walls")]
    return [import_module("audit.tables").WALLS, *(import_module(name).WALLS for name in found)]


def tables() -> dict[str, bool]:
    """Every table of the database, and whether its rows say their organisation."""
    return dict(_asked(TABLES))


def exempt_schemas() -> dict[str, str]:
    """Schemas whose tables have walls of their own, each with its reason."""
    return {schema: why for walls in said() for schema, why in walls.schemas.items()}


def _asked(question: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(question, [list(exempt_schemas())])
        return cursor.fetchall()


def histories() -> dict[str, str]:
    """Table of history → the table whose rows it keeps."""
    found = {}
    for model in apps.get_models():
        tracked = getattr(model, "pgh_tracked_model", None)
        if tracked is not None:
            found[model._meta.db_table] = tracked._meta.db_table
    return found


def free() -> dict[str, str]:
    """Tables under no policy, each with its reason; a history of one is free for the same."""
    listed = {table: why for walls in said() for table, why in walls.free.items()}
    return listed | {h: listed[of] for h, of in histories().items() if of in listed}


def unlisted() -> list[str]:
    """Tables without an organisation that no app speaks of."""
    known = set(free()) | {opening.table for opening in openings()}
    return [table for table, is_owned in tables().items() if not is_owned and table not in known]


def openings() -> list[Opening]:
    """All that the apps open, with what follows for the tables of history."""
    found: list[Opening] = []
    for walls in said():
        found += walls.openings
        found += [opening for table in sorted(walls.shared) for opening in shared(table)]
    by_table: dict[str, list[Opening]] = {}
    for opening in found:
        by_table.setdefault(opening.table, []).append(opening)
    for history, of in histories().items():
        found += [
            _of_history(history, opening)
            for opening in by_table.get(of, [])
            if opening.with_history or opening.command != "SELECT"
        ]
    return found


def _of_history(history: str, opening: Opening) -> Opening:
    """Who writes a row adds what it was; who may read it all reads what it was."""
    if opening.with_history:
        return replace(opening, table=history)
    name = f"{opening.name}_{opening.command.lower()}"
    return Opening(history, "INSERT", name, check=opening.check or opening.using)


def wanted(role: str, owner: str) -> list[Policy]:
    """Every policy that must stand in this database."""
    opened, known = openings(), tables()
    exempt = {table for walls in said() for table in walls.without_base}
    exempt |= {history for history, of in histories().items() if of in exempt}
    owned = [t for t, is_owned in known.items() if is_owned and t not in exempt | free().keys()]
    names = {opening.table for opening in opened} | set(owned)
    migration = f"FOR ALL TO {{owner}} USING ({MIGRATION_RULE}) WITH CHECK ({MIGRATION_RULE})"
    found = [
        Policy(each.table, f"portal_{each.name}_{each.command.lower()}", each.definition())
        for each in [*(base(table) for table in owned), *opened]
        if each.table in known
    ]
    found += [Policy(table, MIGRATION, migration) for table in sorted(names & known.keys())]
    return [Policy(p.table, p.name, _named(p.definition, role, owner)) for p in found]


def _named(definition: str, role: str, owner: str) -> str:
    quoted = {
        "{role}": sql.Identifier(role).as_string(),
        "{owner}": sql.Identifier(owner).as_string(),
    }
    for mark, name in quoted.items():
        definition = definition.replace(mark, name)
    return definition


def standing() -> dict[tuple[str, str], str | None]:
    """The policies of the database with their marks."""
    return {(table, name): mark for table, name, mark in _asked(STANDING)}


def walled() -> set[str]:
    """Tables whose policies hold for everybody, their owner included."""
    return {table for (table,) in _asked(FLAGS)}


def build(role: str, *, anew: bool = False) -> None:
    """Put the walls up, as the owner: functions, flags and policies; safe to repeat.

    A policy that bears the mark of its text stands, unless all are to be made anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        for statement in functions(role):
            cursor.execute(statement)
        policies = {(p.table, p.name): p for p in wanted(role, owner)}
        for table in sorted({p.table for p in policies.values()} - walled()):
            cursor.execute(f"ALTER TABLE {_table(table)} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {_table(table)} FORCE ROW LEVEL SECURITY")
        found = {} if anew else standing()
        for table, name in standing().keys() - policies.keys():
            cursor.execute(f"DROP POLICY {_name(name)} ON {_table(table)}")
        for key, policy in policies.items():
            if found.get(key) != policy.mark:
                _renew(cursor, policy)


def _renew(cursor, policy: Policy) -> None:
    table, name = _table(policy.table), _name(policy.name)
    cursor.execute(f"DROP POLICY IF EXISTS {name} ON {table}")
    cursor.execute(f"CREATE POLICY {name} ON {table} {policy.definition}")
    cursor.execute(f"COMMENT ON POLICY {name} ON {table} IS '{policy.mark}'")


def _name(name: str) -> str:
    return sql.Identifier(name).as_string()


def _table(name: str) -> str:
    """With its schema, where that is not `public`."""
    return sql.Identifier(*name.split(".", 1)).as_string()


def functions(role: str) -> list[str]:
    """`portal_enter`, which sets a scope, and what the apps may ask across organisations."""
    lists: dict[str, list[str]] = {}
    for walls in said():
        for name, select in walls.lists:
            lists.setdefault(name, []).append(select)
    cleared = ", ".join(f"set_config('portal.{name}', '', true)" for name in lists)
    filled = "".join(
        LIST.format(name=name, select=" UNION ".join(selects)) for name, selects in lists.items()
    )
    own = [statement for walls in said() for statement in walls.functions]
    return [ENTER.format(cleared=cleared, lists=filled), *(_named(s, role, "") for s in own)]
