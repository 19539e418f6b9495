"""Who acts, for which organisations, under which request: set once, read by the database."""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Scope:
    """What the current transaction may touch, and for whom."""

    user_id: uuid.UUID | None = None
    organisation_ids: tuple[int, ...] = ()
    request_id: uuid.UUID | None = None
    # The emergency access under which this person acts.
    elevation_id: uuid.UUID | None = None

    def settings(self) -> list[str]:
        """The five values the transaction carries, in the order of SET_SCOPE."""
        user, request = str(self.user_id or ""), str(self.request_id or "")
        return [
            ",".join(map(str, self.organisation_ids)),
            user,
            request,
            request or str(uuid.uuid4()),
            json.dumps({"user": user, "request": request} | self.elevated),
        ]

    @property
    def elevated(self) -> dict[str, str]:
        """What journal and history say beside each change made under emergency access."""
        return {"elevation": str(self.elevation_id)} if self.elevation_id else {}


NOBODY = Scope()
SET_SCOPE = """
SELECT set_config('portal.organisations', %s, true),
       set_config('portal.user', %s, true),
       set_config('portal.request', %s, true),
       set_config('pghistory.context_id', %s, true),
       set_config('pghistory.context_metadata', %s, true)
"""

_current: ContextVar[Scope] = ContextVar("scope", default=NOBODY)


def current() -> Scope:
    """The scope of the running request, job, command or test."""
    return _current.get()


def _send(scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET_SCOPE, scope.settings())


@contextmanager
def scope(
    *,
    user_id: uuid.UUID | None = None,
    organisation_ids: Iterable[int] = (),
    request_id: uuid.UUID | None = None,
    elevation_id: uuid.UUID | None = None,
) -> Iterator[Scope]:
    """Open one transaction that acts for `user_id` within `organisation_ids`.

    The settings last as long as the transaction: a pooled connection carries nothing over.
    Nested, the outer scope comes back; on an error the rollback itself restores it.
    """
    ids = tuple(sorted(organisation_ids))
    wanted = Scope(user_id, ids, request_id or uuid.uuid4(), elevation_id)
    outer = _current.get()
    is_nested = connection.in_atomic_block
    token = _current.set(wanted)
    try:
        with transaction.atomic():
            _send(wanted)
            yield wanted
            if is_nested and not connection.needs_rollback:
                _send(outer)
    finally:
        _current.reset(token)
