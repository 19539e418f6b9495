"""Every rule of the database as it stands: each by a name, with the SQL that makes it.

Functions, constraints, triggers, policies, rights and what matters of the roles: read in one
question, so that nothing is listed by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

# Stands for the name of the database: a copy restored under another name holds the same rules.
DATABASE = ":database:"
OURS = """
ours AS (
    SELECT * FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), brought AS (SELECT objid FROM pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT c.*, c.oid::regclass::text AS name FROM pg_class c JOIN ours ON ours.oid = relnamespace
    WHERE c.oid NOT IN (SELECT objid FROM brought)
), functions AS (
    SELECT p.*, p.oid::regprocedure::text AS name
    FROM pg_proc p JOIN ours ON ours.oid = pronamespace
    WHERE prokind IN ('f', 'p') AND p.oid NOT IN (SELECT objid FROM brought)
)
"""
# Whoever has a right here, passes walls, or could become somebody who does. A superuser without
# rights here is the keeper of the server.
ROLES = """
roles AS (
    SELECT r.*, quote_ident(rolname) AS name FROM pg_roles r
    WHERE r.oid >= 16384 AND (r.oid IN (
        SELECT refobjid FROM pg_shdepend JOIN pg_database d ON d.oid = dbid
        WHERE datname = current_database() AND refclassid = 'pg_authid'::regclass)
      OR NOT rolsuper AND (rolbypassrls OR rolcreaterole OR rolreplication
                           OR r.oid IN (SELECT member FROM pg_auth_members)))
)
"""
RIGHTS = """
given(thing, part, owner, acl) AS (
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || name, '', relowner, relacl
    FROM relations
    UNION ALL
    SELECT 'TABLE ' || name, format(' (%I)', attname), relowner, attacl
    FROM relations JOIN pg_attribute ON attrelid = oid WHERE attacl IS NOT NULL
    UNION ALL
    SELECT format('SCHEMA %I', nspname), '', nspowner, coalesce(nspacl, acldefault('n', nspowner))
    FROM ours
    UNION ALL
    SELECT 'FUNCTION ' || name, '', proowner, coalesce(proacl, acldefault('f', proowner))
    FROM functions WHERE prorettype <> 'trigger'::regtype
    UNION ALL
    SELECT 'DATABASE :database:', '', datdba, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
), rights(thing, privilege, who, more) AS (
    SELECT thing, privilege_type || part,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
           CASE WHEN bool_or(is_grantable) THEN ' WITH GRANT OPTION' ELSE '' END
    FROM given, aclexplode(acl) WHERE grantee <> owner GROUP BY thing, privilege_type, part, grantee
), later(privilege, thing, who, whose) AS (
    SELECT privilege_type, CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
               WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
           CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
           format('ROLE %I', pg_get_userbyid(defaclrole)) ||
               coalesce(format(' IN SCHEMA %I', nspname), '')
    FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace, aclexplode(defaclacl)
    WHERE grantee <> defaclrole
)
"""
# What a role or the database sets for whoever connects, but what only makes it faster or slower.
SETTINGS = """
settings(whose, key, value) AS (
    SELECT coalesce('ROLE ' || r.name, 'DATABASE :database:') ||
           CASE WHEN setrole <> 0 AND setdatabase <> 0 THEN ' IN DATABASE :database:' ELSE '' END,
           split_part(entry, '=', 1), substr(entry, strpos(entry, '=') + 1)
    FROM pg_db_role_setting LEFT JOIN roles r ON r.oid = setrole
    LEFT JOIN pg_database d ON d.oid = setdatabase, unnest(setconfig) entry
    WHERE (setdatabase = 0 OR datname = current_database()) AND (setrole = 0 OR r.oid IS NOT NULL)
      AND NOT EXISTS (SELECT FROM pg_settings WHERE name = split_part(entry, '=', 1)
                      AND category ~ '^(Resource Usage|Query Tuning)')
)
"""
# The order in which they can be made, a name, what makes each and what takes it away.
OF_TABLES = """
SELECT 1, 'function ' || name, pg_get_functiondef(oid), 'DROP FUNCTION ' || name FROM functions
UNION ALL
SELECT CASE contype WHEN 'f' THEN 3 ELSE 2 END, format('constraint %I of %s', conname, name),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, conname, pg_get_constraintdef(k.oid)),
       format('ALTER TABLE %s DROP CONSTRAINT %I', name, conname)
FROM pg_constraint k JOIN relations r ON r.oid = conrelid WHERE contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT 2, format('constraint NOT NULL %I of %s', attname, name),
       format('ALTER TABLE %s ALTER %I SET NOT NULL', name, attname),
       format('ALTER TABLE %s ALTER %I DROP NOT NULL', name, attname)
FROM pg_attribute JOIN relations r ON r.oid = attrelid
WHERE relkind IN ('r', 'p') AND attnotnull AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 4, format('constraint %s of %s', indexrelid::regclass, name), pg_get_indexdef(indexrelid),
       format('DROP INDEX %s', indexrelid::regclass)
FROM pg_index JOIN relations r ON r.oid = indrelid
WHERE indisunique AND indisvalid AND indexrelid NOT IN (
    SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 5, format('trigger %I of %s', tgname, name), concat_ws(E';\\n', pg_get_triggerdef(t.oid),
           format('COMMENT ON TRIGGER %I ON %s IS %L', tgname, name,
                  obj_description(t.oid, 'pg_trigger')),
           format('ALTER TABLE %s %s TRIGGER %I', name, CASE tgenabled WHEN 'D' THEN 'DISABLE'
                  WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END,
                  tgname)),
       format('DROP TRIGGER %I ON %s', tgname, name)
FROM pg_trigger t JOIN relations r ON r.oid = tgrelid WHERE NOT tgisinternal
UNION ALL
SELECT 5, format('rule %I of %s', rulename, name), pg_get_ruledef(w.oid),
       format('DROP RULE %I ON %s', rulename, name)
FROM pg_rewrite w JOIN relations r ON r.oid = ev_class WHERE relkind IN ('r', 'p')
UNION ALL
SELECT 6, 'row security of ' || name,
       format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, %s ROW LEVEL SECURITY', name,
              CASE WHEN relforcerowsecurity THEN 'FORCE' ELSE 'NO FORCE' END),
       format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', name)
FROM relations WHERE relrowsecurity
UNION ALL
SELECT 7, format('policy %I of %s', polname, name), concat_ws(' ',
           format('CREATE POLICY %I ON %s', polname, name),
           CASE WHEN polpermissive THEN 'AS PERMISSIVE FOR' ELSE 'AS RESTRICTIVE FOR' END,
           CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, 'TO',
           (SELECT string_agg(CASE each WHEN 0 THEN 'PUBLIC' ELSE
                quote_ident(pg_get_userbyid(each)) END, ', ') FROM unnest(polroles) each),
           'USING (' || pg_get_expr(polqual, polrelid) || ')',
           'WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')'),
       format('DROP POLICY %I ON %s', polname, name)
FROM pg_policy JOIN relations r ON r.oid = polrelid
"""
OF_ROLES = """
SELECT 8, format('right %s on %s of %s', privilege, thing, who),
       format('GRANT %s ON %s TO %s%s', privilege, thing, who, more),
       format('REVOKE %s ON %s FROM %s CASCADE', privilege, thing, who)
FROM rights
UNION ALL
SELECT 8, format('right %s on later %s made by %s of %s', privilege, thing, whose, who),
       format('ALTER DEFAULT PRIVILEGES FOR %s GRANT %s ON %s TO %s', whose, privilege, thing, who),
       format('ALTER DEFAULT PRIVILEGES FOR %s REVOKE %s ON %s FROM %s', whose, privilege, thing,
              who)
FROM later
UNION ALL
SELECT 9, 'role ' || name, concat_ws(' ', 'ALTER ROLE', name,
           CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
           CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
           CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
           CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END),
       'DROP ROLE ' || name
FROM roles
UNION ALL
SELECT DISTINCT 9, format('membership of %s in %I', name, pg_get_userbyid(roleid)),
       format('GRANT %I TO %s', pg_get_userbyid(roleid), name),
       format('REVOKE %I FROM %s', pg_get_userbyid(roleid), name)
FROM pg_auth_members JOIN roles r ON r.oid = member
UNION ALL
SELECT 9, format('setting %s of %s', key, whose), format('ALTER %s SET %s = %L', whose, key, value),
       format('ALTER %s RESET %s', whose, key)
FROM settings
"""
RULES = f"WITH {OURS}, {ROLES}, {RIGHTS}, {SETTINGS} {OF_TABLES} UNION ALL {OF_ROLES}"


@dataclass(frozen=True)
class Rule:
    """One rule: when its turn is, what makes it, what takes it away."""

    step: int
    made: str
    gone: str = ""


def rules() -> dict[str, Rule]:
    """All that stand, by name."""
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        return {
            name.replace(f" {DATABASE}", ""): Rule(step, made, gone)
            for step, name, made, gone in cursor.fetchall()
        }


def run(statement: str) -> None:
    """As the owner: make a rule of this database, or take it away."""
    with connection.cursor() as cursor:
        name = sql.Identifier(connection.settings_dict["NAME"]).as_string()
        cursor.execute(statement.replace(DATABASE, name))
