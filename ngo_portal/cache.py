"""The cache: a table of the database, where each value is sealed for the key it stands under.

Django's own would unpickle what it finds, and so run whatever somebody wrote there. What does not
open here (altered, moved, sealed with a key that is gone) was never kept.
"""

from __future__ import annotations

import base64
import datetime as dt
import json

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from audit import encryption

GET = "SELECT cache_key, value FROM {table} WHERE cache_key = ANY(%s) AND expires > %s"
WRITE = {
    "set": """
        INSERT INTO {table} AS kept (cache_key, value, expires) VALUES (%(key)s, %(value)s, %(end)s)
        ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
    """,
    "touch": "UPDATE {table} SET expires = %(end)s WHERE cache_key = %(key)s",
}
WRITE["add"] = WRITE["set"] + "WHERE kept.expires < %(now)s"
NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
# The first letter says what is kept: bytes as they are, anything else as JSON.
BYTES, OTHER = b"b", b"j"


class SealedCache(DatabaseCache):
    """Django's cache in the database, for bytes and for what JSON can say."""

    def get_many(self, keys, version=None) -> dict:
        names = {self.make_and_validate_key(key, version=version): key for key in keys}
        found = {}
        with connection.cursor() as cursor:
            cursor.execute(GET.format(table=self._table), [list(names), timezone.now()])
            for name, sealed in cursor.fetchall():
                try:
                    found[names[name]] = _opened(sealed, self._place(name))
                except (encryption.SealError, ValueError):
                    continue
        return found

    def _base_set(self, mode, key, value, timeout=DEFAULT_TIMEOUT) -> bool:
        ends, now = self.get_backend_timeout(timeout), timezone.now()
        row = {"key": key, "now": now, "end": NEVER}
        if ends is not None:
            row["end"] = dt.datetime.fromtimestamp(ends, dt.UTC)
        if mode != "touch":
            row["value"] = _sealed(value, self._place(key))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {self._table}")  # noqa: S608 - from the settings
            (rows,) = cursor.fetchone()
            if rows > self._max_entries:
                self._cull(DEFAULT_DB_ALIAS, cursor, now, rows)
            cursor.execute(WRITE[mode].format(table=self._table), row)
            return cursor.rowcount == 1

    def _place(self, key: str) -> str:
        return f"{self._table}:value:{key}"


def _sealed(value: object, place: str) -> str:
    plain = BYTES + value if isinstance(value, bytes) else OTHER + json.dumps(value).encode()
    return base64.b64encode(encryption.ring().seal(plain, place)).decode()


def _opened(sealed: str, place: str) -> object:
    plain = encryption.ring().open(base64.b64decode(sealed, validate=True), place)
    return plain[1:] if plain[:1] == BYTES else json.loads(plain[1:])
