"""What a database holds, said so that two can be compared: rows, their content, their walls.

Everything is read in the caller's transaction: of a running portal, the facts and the dump
are of the same moment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from psycopg import Connection

# Not kept: a session opens the portal to whoever holds it, a cache is made again.
PASSING = ("django_session", "usersessions_usersession", "portal_cache")
# One text for one value, whatever the settings of the server or the role.
SAME_TEXTS = """
SET LOCAL search_path = pg_catalog; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1; SET LOCAL row_security = off;
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
"""
OURS = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
TABLES = f"""
SELECT nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'm') AND {OURS} ORDER BY 1, 2
"""
# The sum of each half of every row's SHA-256: the same whatever the order, another when a row
# is altered, added, removed or doubled.
CONTENT = """
SELECT count(*),
       coalesce(sum(('x' || left(hash, 16))::bit(64)::bigint::numeric), 0)::text || '/' ||
       coalesce(sum(('x' || substr(hash, 17, 16))::bit(64)::bigint::numeric), 0)::text
FROM (SELECT encode(sha256(convert_to(t::text, 'UTF8')), 'hex') AS hash FROM {table} t) rows
"""
SEQUENCES = f"""
SELECT n.nspname || '.' || relname, coalesce(pg_sequence_last_value(c.oid), 0)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'S' AND {OURS} ORDER BY 1
"""
SCHEMA = f"""
WITH relations AS (
    SELECT c.*, nspname, nspname || '.' || relname AS name FROM pg_class c
    JOIN pg_namespace n ON n.oid = relnamespace WHERE {OURS} AND relkind IN ('r','p','v','m','S')
), columns AS (
    SELECT a.*, name || '.' || attname AS column_name, relowner FROM pg_attribute a
    JOIN relations r ON r.oid = attrelid WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'S'
), grants AS (
    SELECT 'table ' || name AS name, relowner AS owner, (aclexplode(relacl)).* FROM relations
    UNION ALL
    SELECT 'column ' || column_name, relowner, (aclexplode(attacl)).* FROM columns
    UNION ALL
    SELECT 'schema ' || nspname, nspowner, (aclexplode(nspacl)).* FROM pg_namespace WHERE {OURS}
    UNION ALL
    SELECT 'function ' || p.oid::regprocedure, proowner, (aclexplode(proacl)).*
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE {OURS}
    UNION ALL
    SELECT 'later in ' || coalesce(nspname, 'all') || ' ' || defaclobjtype::text, defaclrole,
           (aclexplode(defaclacl)).*
    FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace
)
SELECT 'relation', name,
       relkind::text || ' ' || pg_get_userbyid(relowner) || ' ' || coalesce(reloptions::text, '')
FROM relations
UNION ALL
SELECT 'row security', name, relrowsecurity::text || ' forced ' || relforcerowsecurity::text
FROM relations WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 'column', column_name, concat_ws(' ', format_type(atttypid, atttypmod), attnotnull,
       attidentity::text, attgenerated::text, pg_get_expr(adbin, adrelid))
FROM columns LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT 'constraint', name || '.' || conname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN relations r ON r.oid = conrelid WHERE contype <> 'n'
UNION ALL
SELECT 'index', name || '.' || i.relname, pg_get_indexdef(x.indexrelid)
FROM pg_index x JOIN relations r ON r.oid = indrelid JOIN pg_class i ON i.oid = indexrelid
UNION ALL
SELECT 'trigger', name || '.' || tgname, tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN relations r ON r.oid = tgrelid WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', schemaname || '.' || tablename || '.' || policyname,
       concat_ws(' ', permissive, roles::text, cmd, 'USING ' || qual, 'CHECK ' || with_check)
FROM pg_policies
UNION ALL
SELECT 'function', p.oid::regprocedure::text,
       pg_get_userbyid(proowner) || ' ' || md5(pg_get_functiondef(p.oid))
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
WHERE {OURS} AND prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND deptype = 'e')
UNION ALL
SELECT 'view', name, pg_get_viewdef(oid) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'extension', extname, '' FROM pg_extension
UNION ALL
SELECT 'grant', name || ' to ' || CASE grantee WHEN 0 THEN 'everybody' ELSE
       pg_get_userbyid(grantee) END,
       string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ','
                  ORDER BY privilege_type)
FROM grants WHERE grantee <> owner GROUP BY name, grantee
ORDER BY 1, 2, 3
"""
ROLES = """
SELECT rolname, concat_ws(' ', CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
       CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
       CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END)
FROM pg_roles WHERE oid IN (
    SELECT refobjid FROM pg_shdepend JOIN pg_database d ON d.oid = dbid
    WHERE datname = current_database() AND refclassid = 'pg_authid'::regclass)
OR rolname = current_user ORDER BY 1
"""


def facts(connection: Connection) -> dict:
    """Tables with their rows and content, sequences, everything of the schema, the roles."""
    connection.execute(SAME_TEXTS)
    return {
        "sequences": dict(connection.execute(SEQUENCES).fetchall()),
        "schema": [list(row) for row in connection.execute(SCHEMA)],
        "roles": dict(connection.execute(ROLES).fetchall()),
        "tables": {
            f"{schema}.{table}": _content(connection, schema, table)
            for schema, table in connection.execute(TABLES).fetchall()
        },
    }


def _content(connection: Connection, schema: str, table: str) -> list:
    """The number of rows, and what stands for their content."""
    if table in PASSING:
        return [0, "0/0"]
    query = sql.SQL(CONTENT).format(table=sql.Identifier(schema, table))
    return list(connection.execute(query).fetchone())


def _as_read_again(definition: str) -> str:
    """A definition without the casts and brackets that PostgreSQL adds when it reads it again."""
    return re.sub(r"::(character varying|text)\b(\[\])?|[() ]", "", definition)


def differences(kept: dict, found: dict) -> list[str]:
    """What is not as it was, by name: nothing when a restore is whole."""
    return [
        *_of_tables(kept["tables"], found["tables"]),
        *_of_schema(kept["schema"], found["schema"]),
        *(
            f"role {name}: {rights} before, {found['roles'].get(name, 'missing')} now"
            for name, rights in kept["roles"].items()
            if found["roles"].get(name) != rights
        ),
        *(
            f"sequence {name}: below the {last} it had reached"
            for name, last in kept["sequences"].items()
            if found["sequences"].get(name, -1) < last
        ),
    ]


def _of_tables(kept: dict, found: dict) -> list[str]:
    said = []
    for name in sorted(kept.keys() | found.keys()):
        before, now = kept.get(name), found.get(name)
        if before is None or now is None:
            said.append(f"table {name}: {'not kept' if before is None else 'missing'}")
        elif before[0] != now[0]:
            said.append(f"table {name}: {before[0]} rows before, {now[0]} now")
        elif before != now:
            said.append(f"table {name}: {before[0]} rows, their content differs")
    return said


def _of_schema(kept: list, found: list) -> list[str]:
    before = {(kind, name): _as_read_again(text) for kind, name, text in kept}
    now = {(kind, name): _as_read_again(text) for kind, name, text in found}
    said = []
    for kind, name in sorted(before.keys() | now.keys()):
        old, new = before.get((kind, name)), now.get((kind, name))
        if old != new:
            how = "new" if old is None else "missing" if new is None else "differs"
            said.append(f"{kind} {name}: {how}")
    return said
