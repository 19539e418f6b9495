"""Every sealed value of the database, enumerated from the models, and how to seal it anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from . import encryption, keys
from .fields import EncryptedTextField

BATCH = 500
# Five bytes of a sealed value say which version and key made it: what starts otherwise is picked.
PICK = sql.SQL(
    "SELECT {pk}, {column}, {row} FROM {table} WHERE {after} AND octet_length({column}) > 0"
    " AND substring({column} FROM 1 FOR 5) <> %s ORDER BY {pk} LIMIT %s FOR UPDATE"
)
WRITE = sql.SQL("UPDATE {table} SET {column} = %s WHERE {pk} = %s")
ASLEEP = sql.SQL("ALTER TABLE {table} DISABLE TRIGGER USER")
AWAKE = sql.SQL("ALTER TABLE {table} ENABLE TRIGGER USER")
# The owner at work for all (audit/walls): the runtime role gains nothing by this.
EVERY_ORGANISATION = "SELECT set_config('portal.every_organisation', 'on', true)"
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


def rotate(column: SealedColumn) -> Iterator[int]:
    """Seal with the current key what another one sealed; yields the rows of each batch.

    As the owner, for all organisations. Each batch is a transaction: whoever stops it goes on
    later from where it was. What a row says does not change, so its triggers sleep meanwhile:
    history is not told, and frozen rows are sealed anew like the others.
    """
    after, done = None, BATCH
    while done == BATCH:
        done, after = _batch(column, after)
        if done:
            yield done


@transaction.atomic
def _batch(column: SealedColumn, after: object) -> tuple[int, object]:
    """One batch of rows after a primary key; returns how many, and the last one's key."""
    ring = encryption.ring()
    head = bytes([encryption.VERSION]) + bytes.fromhex(ring.current)
    condition = sql.SQL("TRUE" if after is None else "{pk} > %s")
    condition = condition.format(pk=sql.Identifier(column.primary_key))
    with connection.cursor() as cursor:
        cursor.execute(EVERY_ORGANISATION)
        pick = column.statement(PICK, after=condition)
        cursor.execute(pick, [*([] if after is None else [after]), head, BATCH])
        rows = cursor.fetchall()
        if rows:
            _write(cursor, column, rows)
    return len(rows), rows[-1][0] if rows else None


def _write(cursor, column: SealedColumn, rows: list[tuple]) -> None:
    ring = encryption.ring()
    keys.note_use(ring.current)
    cursor.execute(column.statement(ASLEEP))
    write = column.statement(WRITE)
    for pk, value, *row in rows:
        place = column.context(row)
        cursor.execute(write, [ring.seal(ring.open(bytes(value), place), place), pk])
    cursor.execute(column.statement(AWAKE))


@contextmanager
def everywhere() -> Iterator[None]:
    """One transaction of the owner that sees the rows of all organisations."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVERY_ORGANISATION)
        yield


@transaction.atomic
def keys_found(column: SealedColumn) -> Counter[str]:
    """How many values each key seals in a column."""
    with connection.cursor() as cursor:
        cursor.execute(EVERY_ORGANISATION)
        cursor.execute(column.statement(COUNT))
        return Counter(dict(cursor.fetchall()))


def forget_unused(found: Iterable[str]) -> list[str]:
    """Forget the keys that hold nothing any more; returns their ids."""
    kept = {*found, encryption.ring().current}
    gone = [key_id for key_id in keys.in_use() if key_id not in kept]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_keyinuse WHERE key_id = ANY(%s)", [gone])
    return gone
