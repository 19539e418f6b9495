"""Which rules of the code the database lacks: somebody may have taken one away by hand."""

from __future__ import annotations

import pgtrigger
from django.apps import apps
from django.db import connection

from audit.ledger import TRIGGERS as OF_THE_LEDGER

# With the mark of the text that made it; one that is switched off stands for nothing.
TRIGGERS = """
SELECT tgrelid::regclass::text, tgname, coalesce(obj_description(oid, 'pg_trigger'), '')
FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')
"""
# A rule about some rows alone (UNIQUE … WHERE) is an index.
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conrelid <> 0
UNION SELECT indrelid::regclass::text, relname
FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indisunique AND indisvalid
"""


def missing_triggers() -> list[str]:
    """Triggers that are not there, are switched off, or were made of another text."""
    found = {(table, name): mark for table, name, mark in _rows(TRIGGERS)}
    missing = [
        f"{model._meta.db_table}: {trigger.name}"
        for model, trigger in pgtrigger.registered()
        if found.get((model._meta.db_table, trigger.get_pgid(model))) != trigger.compile(model).hash
    ]
    return missing + [f"{table}: {name}" for table, name in OF_THE_LEDGER - found.keys()]


def missing_constraints() -> list[str]:
    """Rules about rows, of every model, that are not in the database."""
    found = set(_rows(CONSTRAINTS))
    return [
        f"{model._meta.db_table}: {constraint.name}"
        for model in apps.get_models()
        if model._meta.managed
        for constraint in model._meta.constraints
        if (model._meta.db_table, constraint.name) not in found
    ]


def _rows(query: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
