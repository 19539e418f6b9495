"""The ledger tells of every request that changed something, and betrays whoever touches it."""

from __future__ import annotations

import random

from django.db import connection
from pghistory.core import event_models

from accounts.roles import Role
from audit.models import JournalEntry
from ngo_portal import access, middleware
from tests.factories import make_user
from tests.ledgers import Ledger, forged
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import SignedClient
from tests.test_access_matrix import without_object

CHANGES = [
    "UPDATE ledger.entry SET action = 'other' WHERE id = {row}",
    "UPDATE ledger.entry SET at = at + interval '1 microsecond' WHERE id = {row}",
    "UPDATE ledger.entry SET user_id = gen_random_uuid() WHERE id = {row}",
    "UPDATE ledger.entry SET organisation_id = 9 WHERE id = {row}",
    "UPDATE ledger.entry SET audience = '{{9}}' WHERE id = {row}",
    "UPDATE ledger.entry SET target_id = '7' WHERE id = {row}",
    "UPDATE ledger.entry SET shown_ids = '{{1}}' WHERE id = {row}",
    "UPDATE ledger.entry SET reason = 'because' WHERE id = {row}",
    "UPDATE ledger.entry SET xid = '999999999999' WHERE id = {row}",
    "UPDATE ledger.entry SET id = id + 1000000 WHERE id = {row}",
    "DELETE FROM ledger.entry WHERE id = {row}",
    "INSERT INTO ledger.entry"
    " (id, xid, action, digest, salt, target_id, shown_ids, reason, details)"
    " SELECT id + 2000000, xid, action, digest, salt, target_id, shown_ids, reason, details"
    " FROM ledger.entry WHERE id = {row}",
    # Lines that the sealer takes for right, and the deed that one of them would excuse.
    forged(
        "purge_ledger", at="now() + interval '366 days'", id="{row} + 2000000", facts="'through', 1"
    )
    + "; DELETE FROM ledger.entry WHERE id = {row}",
    forged(at="now() - interval '200 days'", id="{row} + 3000000"),
    forged(at="now() + interval '200 days'", xid="'99999999999'", id="{row} + 4000000"),
    "DELETE FROM ledger.entry WHERE id = {row};" + forged(id="{row}"),
]


def betrayed(ledger: Ledger, rows: list[int]) -> set[int]:
    """The rows among those touched that verification names."""
    lines = [line.split() for line in ledger.verify().findings if line.startswith("row ")]
    return {int(words[1]) % 1_000_000 for words in lines} & set(rows)


@proof("A ledger row altered, moved, removed or inserted is named", commits=True)
def tampers(run: Run) -> Figure:
    ledger, chance = run.fixture("ledger"), random.Random(1)  # noqa: S311 - the same at each run
    touched = run.amount(quick=24, full=600)
    rows = ledger.note(2 * touched)
    first, later = rows[: len(CHANGES)], rows[len(CHANGES) :]
    free = betrayed_without_seals(ledger, first)
    ledger.seal()
    wanted = chance.sample(later, touched)
    ledger.tamper(*(CHANGES[n % len(CHANGES)].format(row=row) for n, row in enumerate(wanted)))
    at_once = betrayed(ledger, wanted)
    ledger.seal()  # what was forged is sealed like the rest, and named all the same
    missed = sorted(set(wanted) - (at_once & betrayed(ledger, wanted)))
    return Figure(
        tried=touched,
        wrong=len(missed),
        control=free,
        unit="rows touched",
        without=f"of {len(CHANGES)} unseen before they were sealed",
        examples=tuple(f"row {row}" for row in missed[:5]),
    )


def betrayed_without_seals(ledger: Ledger, rows: list[int]) -> int:
    """The control: what the same changes leave unnoticed where nothing is sealed yet."""
    ledger.tamper(*(change.format(row=row) for change, row in zip(CHANGES, rows, strict=True)))
    return len(rows) - len(betrayed(ledger, rows))


def requests_that_changed(keys: list[str]) -> set[str]:
    """Those among the requests of these keys that left something in a history."""
    found = set()
    with connection.cursor() as cursor:
        for event in event_models():
            cursor.execute(
                f"SELECT DISTINCT pgh_context_id::text FROM {event._meta.db_table}"
                " WHERE pgh_context_id::text = ANY(%s)",
                [keys],
            )
            found |= {key for (key,) in cursor.fetchall()}
    return found


def drive(roles: list[str]) -> tuple[int, list[str]]:
    """Send every form of the registry as each role; which requests changed rows untold."""
    names, client = {}, SignedClient()
    for role in roles:
        scene = make_scene()
        person = make_user(role, scene.organisation)
        for name, address in [*without_object(), *scene.addresses(person)]:
            if "POST" not in access.PAGES[name].methods or name == "account_logout":
                continue
            client.force_login(person)
            body = {"revision": 1, "reason": "Ten signs and more.", "form_key": ""}
            answer = client.post(address, body)
            names[answer["X-Request-ID"]] = name
    changed = requests_that_changed(list(names))
    told = JournalEntry.objects.filter(request_id__in=list(changed))
    told = {str(key) for key in told.values_list("request_id", flat=True)}
    return len(changed), sorted({names[key] for key in changed - told})


@proof("A request that changed a row left a line in the ledger")
def lines_of_changes(run: Run) -> Figure:
    roles = run.amount(quick=[Role.COORDINATOR, Role.ADMINISTRATOR], full=list(Role.values))
    changed, untold = drive(roles)
    patch = run.fixture("monkeypatch")
    patch.setattr("audit.journal.NOTE", "NULL")
    patch.setattr(middleware, "_write_down_form", lambda request, response: None)
    _changed, without = drive([Role.COORDINATOR])
    return Figure(
        tried=changed,
        wrong=len(untold),
        control=len(without),
        unit="requests that changed rows",
        without="pages without the door of the journal",
        examples=tuple(untold),
    )
