"""How the ledger is read: in a transaction of the auditor's role, never by the runtime role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import ProgrammingError, connections, transaction
from django.db.models import QuerySet
from psycopg.errors import InsufficientPrivilege

from .encryption import SealError, key_of_text
from .journal import SEALED
from .models import JournalEntry

SET_ORGANISATIONS = "SELECT set_config('portal.organisations', %s, true)"
SET_WHOLE = "SELECT set_config('portal.ledger', 'whole', true)"


class ClosedError(Exception):
    """This process has no address to read the journal at, or a role that may not."""


@contextmanager
def of_organisations(organisation_ids: Iterable[int]) -> Iterator[QuerySet[JournalEntry]]:
    """Entries that the auditors of these organisations read.

    The query is narrowed, and so is the database. Rows are read inside the context.
    """
    wanted = sorted(organisation_ids)
    with _transaction(SET_ORGANISATIONS, [",".join(map(str, wanted))]) as entries:
        yield entries.filter(audience__overlap=wanted)


@contextmanager
def whole() -> Iterator[QuerySet[JournalEntry]]:
    """Every entry: for commands of the server's keeper alone."""
    with _transaction(SET_WHOLE, []) as entries:
        yield entries


def keys_found() -> Counter[str]:
    """How many reasons each key seals in the ledger, where nothing can be sealed anew."""
    with whole() as entries:
        sealed = entries.filter(reason__startswith=SEALED).values_list("reason", flat=True)
        return Counter(_key_of(reason) for reason in sealed.iterator())


def _key_of(reason: str) -> str:
    try:
        return key_of_text(reason.removeprefix(SEALED))
    except SealError:
        return "no key at all"


@contextmanager
def _transaction(statement: str, values: list[str]) -> Iterator[QuerySet[JournalEntry]]:
    alias = settings.JOURNAL_DATABASE
    if alias not in settings.DATABASES:
        raise ClosedError("DATABASE_AUDITOR_URL is not set: docs/administrators/deploy.md.")
    try:
        with transaction.atomic(using=alias):
            with connections[alias].cursor() as cursor:
                cursor.execute(statement, values)
            yield JournalEntry.objects.using(alias)
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise ClosedError(
                "The role of DATABASE_AUDITOR_URL may not read the journal: run `make upgrade` "
                "with that address in its environment."
            ) from error
        raise
