"""Data migrations: as the owner of the tables, whom the walls hold back as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

BEFORE = "SELECT coalesce(current_setting('portal.every_organisation', true), '')"
OPEN = "SELECT set_config('portal.every_organisation', %s, true)"
Expect = Callable[[int, type[Model]], None]


@contextmanager
def every_organisation(schema_editor) -> Iterator[Expect]:
    """Let a data migration see the rows of all organisations, in its own transaction.

    Outside, its UPDATE touches no row and says nothing. What it yields asserts that as many rows
    were touched as the table holds: `expect(rows, Model)`.
    """
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(BEFORE)
        (before,) = cursor.fetchone()
        cursor.execute(OPEN, ["on"])
        yield expect
        cursor.execute(OPEN, [before])


def expect(rows: int, model: type[Model]) -> None:
    """Refuse a migration that touched fewer rows than there are: it must be about all of them."""
    held = model._base_manager.count()
    if rows != held:
        raise ImproperlyConfigured(
            f"{rows} of {held} rows of {model._meta.db_table} were touched: nothing is kept."
        )
