"""What must hold before the portal serves anyone: its role is held back, and every wall stands.

`manage.py check --deploy --tag walls`; wsgi.py and the worker run it as they start.
"""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.core import checks
from django.core.management import call_command
from django.db import OperationalError, connection

from audit.ledger import TRIGGERS as OF_THE_LEDGER

from . import build, sealed
from .catalogue import Rule, rules

TAG = "walls"
# Whether this process has seen that they stand.
KNOWN = {"stand": False}
# The roles that the current one is or may become, and what each could do round the walls.
ROLES = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolreplication,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p'))
FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')
"""
DANGERS = (
    "is a superuser",
    "has BYPASSRLS",
    "may make roles (CREATEROLE)",
    "may copy the server (REPLICATION)",
    "owns tables",
)
OWNER = "SELECT current_user, tableowner FROM pg_tables WHERE tablename = 'programs_organisation'"
# Views run as their owner unless they say otherwise; materialised ones know no policy.
VIEWS = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND has_table_privilege(current_user, c.oid, 'SELECT')
  AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(
      'security_invoker=true' = ANY(c.reloptions) OR 'security_invoker=on' = ANY(c.reloptions),
      false))
"""
# A function that runs as its owner finds its tables where it says, not where its caller says.
FUNCTIONS = """
SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND p.prosecdef
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')
"""
TRUNCATES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r', 'p')
  AND has_table_privilege(current_user, c.oid, 'TRUNCATE')
"""
HINT = "Run `make upgrade`."
TAKEN = "Somebody did it by hand: docs/security/incidents.md, 2, before anything is mended."
HINTS = {"walls.E009": TAKEN, "walls.E010": TAKEN, "walls.E011": TAKEN}
# What the rule of a trigger says unless it was switched off.
FIRES = " ENABLE TRIGGER "
# So many of them are named at once.
NAMED = 20


@checks.register(TAG, deploy=True)
def check_walls(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """The role of this process, then the walls around every table."""
    try:
        found = [*role_errors(), *wall_errors()]
    except OperationalError:  # pages answer 503 until it is back, and then it is asked again
        return [checks.Warning("The walls are unknown: no database.", id="walls.W001")]
    KNOWN["stand"] = not found
    return found


def must_stand() -> None:
    """Raise unless this process has seen its walls, or sees them now (SystemCheckError).

    Where no database answers, nothing is said: nothing can be served either.
    """
    if not KNOWN["stand"]:
        call_command("check", tags=[TAG], deploy=True, fail_level="ERROR", verbosity=0)


def role_errors() -> list[checks.CheckMessage]:
    """Why this role must not serve anyone: row-level security would not hold it back."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES)
        rows = cursor.fetchall()
    return [
        checks.Error(
            f"The portal must not run as a database role that {danger}, or may become one that "
            f"does: {name}.",
            hint="Give DATABASE_URL the runtime role (docs/administrators/deploy.md, 2).",
            id="walls.E002",
        )
        for name, *flags in rows
        for danger, flag in zip(DANGERS, flags, strict=True)
        if flag
    ]


def wall_errors() -> list[checks.CheckMessage]:
    """What differs between the walls and rules that the code asks for and those that stand."""
    with connection.cursor() as cursor:
        cursor.execute(OWNER)
        row = cursor.fetchone()
    if row is None:
        return []  # before the first migration there is nothing to guard
    stand = rules()
    found = {
        **_policies(*row),
        "walls.E005": ("A table has no organisation and is in no app's walls.py", build.unlisted()),
        "walls.E006": ("A view is not security_invoker, or is materialised", _names(VIEWS)),
        "walls.E007": ("A SECURITY DEFINER function has no search_path", _names(FUNCTIONS)),
        "walls.E008": ("The runtime role may TRUNCATE, which no policy filters", _names(TRUNCATES)),
        "walls.E009": ("A trigger is missing, switched off or altered", missing_triggers(stand)),
        "walls.E010": ("A constraint is missing", missing_constraints(stand)),
        "walls.E011": ("Rules say something else than what was built", altered(stand)),
    }
    return [
        checks.Error(f"{said}: {listed(names)}.", hint=HINTS.get(key, HINT), id=key)
        for key, (said, names) in found.items()
        if names
    ]


def _policies(role: str, owner: str) -> dict[str, tuple[str, list[str]]]:
    """Walls that are missing, and those that nobody asked for."""
    wanted = {(p.table, p.name): p.mark for p in build.wanted(role, owner)}
    standing = build.standing()
    missing = [
        f"{t}: policy {n}" for (t, n), mark in wanted.items() if standing.get((t, n)) != mark
    ]
    foreign = [f"{t}: policy {n}" for t, n in standing.keys() - wanted.keys()]
    down = [f"{t}: not forced" for t in {t for t, _name in wanted} - build.walled()]
    return {
        "walls.E003": ("A wall is missing or of another version", missing + down),
        "walls.E004": ("A policy stands that the code does not know", foreign),
    }


def missing_triggers(stand: dict[str, Rule]) -> list[str]:
    """Triggers that are not there, are switched off, or were made of another text."""
    wanted = {f"trigger {name} of {table}": "" for table, name in OF_THE_LEDGER}
    for model, trigger in pgtrigger.registered():
        name = f"trigger {trigger.get_pgid(model)} of {model._meta.db_table}"
        wanted[name] = f" IS '{trigger.compile(model).hash}';"
    return [
        name
        for name, mark in wanted.items()
        if not (rule := stand.get(name)) or mark not in rule.made or FIRES not in rule.made
    ]


def missing_constraints(stand: dict[str, Rule]) -> list[str]:
    """Rules about rows, of every model, that are not in the database."""
    wanted = [
        f"constraint {constraint.name} of {model._meta.db_table}"
        for model in apps.get_models()
        if model._meta.managed
        for constraint in model._meta.constraints
    ]
    return [name for name in wanted if name not in stand]


def altered(stand: dict[str, Rule]) -> list[str]:
    """What is otherwise than the last upgrade left it; or that nothing tells."""
    try:
        return sealed.altered(stand)
    except sealed.UnsealedError as error:
        return [f"nothing is known to be as an upgrade left it ({error})"]


def listed(names: list[str]) -> str:
    """The first of them, and how many more."""
    more = [f"and {len(names) - NAMED} more"] if len(names) > NAMED else []
    return ", ".join([*sorted(names)[:NAMED], *more])


def _names(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [name for (name,) in cursor.fetchall()]
