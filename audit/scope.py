"""Who acts, for which organisations, under which request: set once, read by the database.

The walls (audit/walls) let through what a scope may touch; outside any scope, next to nothing.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.db import connection, transaction

# Edits what all organisations share, and starts organisations.
PLATFORM = "platform"
# Reads the names of all organisations, to name a partner or a funder.
ADDRESS_BOOK = "address_book"


@dataclass(frozen=True)
class Scope:
    """What the current transaction may touch, and for whom."""

    user_id: uuid.UUID | None = None
    organisation_ids: tuple[int, ...] = ()
    request_id: uuid.UUID | None = None
    # The emergency access under which this person acts.
    elevation_id: uuid.UUID | None = None
    powers: tuple[str, ...] = ()

    def settings(self) -> list[str]:
        """The six values the transaction carries, in the order of `portal_enter`."""
        user, request = str(self.user_id or ""), str(self.request_id or "")
        return [
            ",".join(map(str, self.organisation_ids)),
            user,
            request,
            ",".join(self.powers),
            request or str(uuid.uuid4()),
            json.dumps({"user": user, "request": request} | self.elevated),
        ]

    @property
    def elevated(self) -> dict[str, str]:
        """What journal and history say beside each change made under emergency access."""
        return {"elevation": str(self.elevation_id)} if self.elevation_id else {}


NOBODY = Scope()
# Made by audit/walls/build.py: it also finds, once a transaction, what is shared with the scope.
SET_SCOPE = "SELECT portal_enter(%s, %s, %s, %s, %s, %s)"

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
    powers: Iterable[str] = (),
) -> Iterator[Scope]:
    """Open one transaction that acts for `user_id` within `organisation_ids`.

    The settings last as long as the transaction: a pooled connection carries nothing over.
    Nested, the outer scope comes back; on an error the rollback itself restores it.
    """
    wanted = Scope(
        user_id,
        tuple(sorted(organisation_ids)),
        request_id or uuid.uuid4(),
        elevation_id,
        tuple(sorted(powers)),
    )
    outer, is_nested = _current.get(), connection.in_atomic_block
    token = _current.set(wanted)
    try:
        with transaction.atomic():
            _send(wanted)
            yield wanted
            if is_nested and not connection.needs_rollback:
                _send(outer)
    finally:
        _current.reset(token)


@contextmanager
def within(*organisation_ids: int) -> Iterator[Scope]:
    """The current scope and these organisations too: by a right that is not a membership."""
    now = current()
    with scope(
        user_id=now.user_id,
        organisation_ids={*now.organisation_ids, *organisation_ids},
        request_id=now.request_id,
        elevation_id=now.elevation_id,
        powers=now.powers,
    ) as wider:
        yield wider


@contextmanager
def reading_rights_of(user_id: uuid.UUID) -> Iterator[None]:
    """Where somebody's memberships can be read: before any scope, or in one of their own."""
    now = current()
    if now == NOBODY or now.user_id == user_id:
        yield
        return
    with scope(user_id=user_id, request_id=now.request_id):
        yield


def empower(power: str) -> None:
    """Add a power to the current scope, for the rest of its transaction."""
    now = current()
    if power not in now.powers:
        wider = replace(now, powers=(*now.powers, power))
        _current.set(wider)
        _send(wider)


def renew() -> None:
    """Find again what is shared with the scope: its transaction has changed that."""
    _send(current())


def show_link(secret: str) -> None:
    """Show the database the hash of a one-use link: the row that it opens becomes visible."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('portal.link', %s, true)", [secret])
