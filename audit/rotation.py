"""Every sealed value of the database, enumerated from the models, and how to seal it anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import connection, models
from psycopg import sql

from . import encryption, keys
from .fields import EncryptedTextField
from .scope import scope

BATCH = 500
# Five bytes of a sealed value say which version and key made it: what starts otherwise is picked.
PICK = sql.SQL(
    "SELECT {pk}, {column}, {row} FROM {table} WHERE {after} AND octet_length({column}) > 0"
    " AND substring({column} FROM 1 FOR 5) <> %s ORDER BY {pk} LIMIT %s FOR UPDATE"
)
WRITE = sql.SQL("UPDATE {table} SET {column} = %s WHERE {pk} = %s")
COUNT = sql.SQL(
    "SELECT encode(substring({column} FROM 2 FOR 4), 'hex'), count(*) FROM {table}"
    " WHERE octet_length({column}) > 0 GROUP BY 1"
)


@dataclass(frozen=True)
class SealedColumn:
    """One encrypted column of one table, of the work or of its history."""

    table: str
    column: str
    primary_key: str
    # Whose place its values are sealed for: the table itself, or the one whose history it is.
    place: str
    row: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    def context(self, row: Iterable[object]) -> str:
        return ":".join([self.place, self.column, *map(str, row)])

    def statement(self, text: sql.SQL, **more: sql.Composable) -> sql.Composed:
        return text.format(
            table=sql.Identifier(self.table),
            column=sql.Identifier(self.column),
            pk=sql.Identifier(self.primary_key),
            row=sql.SQL(", ").join(map(sql.Identifier, self.row)),
            **more,
        )


def sealed_columns() -> list[SealedColumn]:
    """The encrypted columns of every model, history included."""
    return [
        _column(model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, EncryptedTextField)
    ]


def _column(model: type[models.Model], field: EncryptedTextField) -> SealedColumn:
    by_attribute = {each.attname: each.column for each in model._meta.local_fields}
    return SealedColumn(
        table=model._meta.db_table,
        column=field.column,
        primary_key=model._meta.pk.column,
        place=field.place_table,
        row=tuple(by_attribute[name] for name in field.row_attributes),
    )


def rotate(column: SealedColumn, organisation_ids: Iterable[int]) -> Iterator[int]:
    """Seal with the current key what another one sealed, batch by batch; yields each batch's rows.

    Each batch is a transaction: whoever stops it goes on later from where it was. History is
    not told (a row says what it said), frozen rows are sealed anew like the others.
    """
    for organisation_id in organisation_ids:
        after = None
        while True:
            with scope(organisation_ids=[organisation_id]), pgtrigger.ignore():
                done, after = _batch(column, after)
            yield done
            if done < BATCH:
                break


def _batch(column: SealedColumn, after: object) -> tuple[int, object]:
    """One batch of rows after a primary key; returns how many, and the last one's key."""
    ring = encryption.ring()
    keys.note_use(ring.current)
    head = bytes([encryption.VERSION]) + bytes.fromhex(ring.current)
    condition = sql.SQL("TRUE" if after is None else "{pk} > %s")
    condition = condition.format(pk=sql.Identifier(column.primary_key))
    with connection.cursor() as cursor:
        pick = column.statement(PICK, after=condition)
        cursor.execute(pick, [*([] if after is None else [after]), head, BATCH])
        rows = cursor.fetchall()
        write = column.statement(WRITE)
        for pk, value, *row in rows:
            place = column.context(row)
            cursor.execute(write, [ring.seal(ring.open(bytes(value), place), place), pk])
    return len(rows), rows[-1][0] if rows else None


def keys_found(column: SealedColumn, organisation_ids: Iterable[int]) -> Counter[str]:
    """How many values each key seals in a column."""
    found: Counter[str] = Counter()
    for organisation_id in organisation_ids:
        with scope(organisation_ids=[organisation_id]), connection.cursor() as cursor:
            cursor.execute(column.statement(COUNT))
            found.update(dict(cursor.fetchall()))
    return found
