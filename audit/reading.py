"""How the ledger is read: in a transaction of the auditor's role, never by the runtime role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet

from .models import JournalEntry

SET_ORGANISATIONS = "SELECT set_config('portal.organisations', %s, true)"
SET_WHOLE = "SELECT set_config('portal.ledger', 'whole', true)"


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


@contextmanager
def _transaction(statement: str, values: list[str]) -> Iterator[QuerySet[JournalEntry]]:
    alias = settings.JOURNAL_DATABASE
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute(statement, values)
        yield JournalEntry.objects.using(alias)
