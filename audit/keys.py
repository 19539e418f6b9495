"""Which keys hold something in the database: what is needed to start."""

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError, connection, transaction

from .encryption import ring

TAG = "keys"
NOTE = "INSERT INTO audit_keyinuse (key_id, since) VALUES (%s, now()) ON CONFLICT DO NOTHING"
_noted: set[str] = set()
_pending: set[str] = set()


def note_use(key_id: str) -> None:
    """Write down, once, that a key seals something from now on.

    A note of ours counts once it is committed: until then it is written again.
    """
    if key_id in _noted:
        return
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [key_id])
        is_new = cursor.rowcount == 1
    if is_new:
        _pending.add(key_id)
        transaction.on_commit(lambda: _noted.add(key_id))
    elif key_id not in _pending:
        _noted.add(key_id)


def in_use() -> list[str]:
    """The ids of the keys that hold something."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key_id FROM audit_keyinuse ORDER BY since")
        return [key_id for (key_id,) in cursor.fetchall()]


@checks.register(TAG)
def the_ring_can_be_read(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Refuse to start without the file of keys."""
    try:
        ring()
    except ImproperlyConfigured as error:
        return [checks.Error(str(error), id="keys.E001")]
    return []


@checks.register(TAG, checks.Tags.database)
def every_key_in_use_is_there(app_configs, databases=None, **kwargs) -> list[checks.CheckMessage]:
    """Refuse to start when something is sealed with a key that the ring does not hold."""
    if not databases or the_ring_can_be_read(app_configs):
        return []
    try:
        with transaction.atomic():
            missing = [key_id for key_id in in_use() if key_id not in ring().keys]
    except ProgrammingError:  # before the first migration nothing is sealed
        return []
    except OperationalError:  # pages answer 503 until it is back
        return [checks.Warning("The keys in use are unknown: no database.", id="keys.W003")]
    return [
        checks.Error(
            f"The key {key_id} is missing from the file of keys: what it encrypts cannot be read.",
            hint="Put the line of this key back (docs/security/keys.md).",
            id="keys.E002",
        )
        for key_id in missing
    ]
