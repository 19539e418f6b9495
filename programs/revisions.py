"""A stale save is seen: what somebody else changed meanwhile is never overwritten unread."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

Row = TypeVar("Row", bound=Model)
STALE = _(
    "Somebody changed this after you opened it, and nothing of yours was saved. "
    "Read what it is now, then send yours again if it still holds."
)


class StaleRow(ValidationError):
    """A row changed since it was read: what it is now."""

    def __init__(self, row: Model) -> None:
        super().__init__(STALE, code="stale")
        self.row = row


def locked(row: Row, revision: int) -> Row:
    """Lock a row until the transaction ends; refuse if it changed since `revision` was read."""
    fresh = row._meta.model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if fresh.revision != revision:
        raise StaleRow(fresh)
    return fresh
