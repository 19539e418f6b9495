"""What each rule says, sealed when `upgrade` built it: one altered in place keeps its name.

A fingerprint for each table and each function, under the portal's keys, as the comment of
`portal_enter`: whoever owns the database can alter a rule, and cannot make its fingerprint.
"""

from __future__ import annotations

import json
import re

from django.db import connection
from psycopg import sql

from audit import encryption

RULES = r"""
SELECT name, string_agg(text, E'\n' ORDER BY text COLLATE "C") FROM (
    SELECT polrelid::regclass::text AS name,
           concat_ws(' ', 'policy', polname, polcmd, polpermissive, polroles::regrole[]::text,
                     pg_get_expr(polqual, polrelid), '/', pg_get_expr(polwithcheck, polrelid))
    FROM pg_policy
    UNION ALL
    SELECT tgrelid::regclass::text,
           pg_get_triggerdef(t.oid) || ' ' || prosecdef || ' ' || prosrc
    FROM pg_trigger t JOIN pg_proc p ON p.oid = tgfoid WHERE NOT tgisinternal
    UNION ALL
    SELECT conrelid::regclass::text,
           conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE conrelid <> 0 AND contype <> 'n'
    UNION ALL
    SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indisunique
    UNION ALL
    SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p WHERE prokind = 'f' AND prorettype <> 'trigger'::regtype
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
      AND pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'ledger'))
) rules(name, text)
WHERE name !~ '^(pg_catalog|pg_toast|information_schema)\.' AND name !~ '^pg_'
GROUP BY name
"""
SEALED = "SELECT obj_description(to_regproc('public.portal_enter'), 'pg_proc')"
SEAL = "COMMENT ON FUNCTION public.portal_enter IS {}"
PURPOSE = "rules"
# PostgreSQL writes a list of texts with other casts once it has read it again, from a dump.
AS_READ_AGAIN = (
    (re.compile(r"\('([^']*)'::character varying\)::text"), r"'\1'"),
    (re.compile(r"'([^']*)'::character varying"), r"'\1'"),
    (re.compile(r"\(ARRAY\[([^\]]*)\]\)::text\[\]"), r"ARRAY[\1]"),
)


def seal() -> None:
    """As the owner: what stands now is what was built."""
    kept = {name: encryption.fingerprint(text, PURPOSE) for name, text in _rules().items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(SEAL).format(sql.Literal(json.dumps(kept))))


def is_there() -> bool:
    """Whether an upgrade has sealed the rules of this database."""
    return bool(_sealed())


def altered() -> list[str]:
    """Tables and functions whose rules say something else than what was sealed."""
    sealed, rules, ring = _sealed(), _rules(), encryption.ring()
    return sorted(
        name
        for name in sealed.keys() | rules.keys()
        if sealed.get(name) not in ring.fingerprints(rules.get(name, ""), PURPOSE)
    )


def _sealed() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(SEALED)
        (kept,) = cursor.fetchone()
    return json.loads(kept or "{}")


def _rules() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        return {name: f"{name}\n{_plain(text)}" for name, text in cursor.fetchall()}


def _plain(text: str) -> str:
    for casts, plain in AS_READ_AGAIN:
        text = casts.sub(plain, text)
    return text
