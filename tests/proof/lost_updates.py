"""Of several people who save the same thing at once, nobody overwrites what they have not seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from django.db import connections

from accounts.actions import account
from accounts.models import User
from accounts.roles import Role
from beneficiaries.actions.count import explain
from programs.admin.form import CatalogueForm
from tests.factories import make_membership, make_user
from tests.forms import form_with
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import SignedClient

SAVED = {302}


@dataclass
class Editing:
    """One page that several people change: where, which field, what they may type there."""

    address: str
    field: str
    text: Callable[[int], str]
    # What each saved write replaced: the same thing twice means that one write was lost.
    replaced: list[str] = field(default_factory=list)
    tried: int = 0

    @property
    def lost(self) -> int:
        return len(self.replaced) - len(set(self.replaced))


def edit(editing: Editing, client: SignedClient, numbers: count, times: int) -> None:
    """Open the page, type something new, save; what was refused is typed over again."""
    for _turn in range(times):
        page = client.get(editing.address)
        if page.status_code != 200:  # too many at once: they come back
            continue
        form = form_with(page.content.decode(), editing.field)
        seen = "".join(form.fields[editing.field])
        typed = editing.text(next(numbers))
        answer = client.post(editing.address, form.data(**{editing.field: typed}))
        editing.tried += 1
        if answer.status_code in SAVED:
            editing.replaced.append(seen)


def together(people: list[User], editing: Editing, times: int) -> Editing:
    """Everybody edits the page at once, each on a connection of their own."""
    numbers = count(1000)  # unlike anything that stood there before

    def work(person: User) -> None:
        # Who waits too long for the others is told so (409), and types on.
        client = SignedClient(raise_request_exception=False)
        client.force_login(person)
        barrier.wait()
        try:
            edit(editing, client, numbers, times)
        finally:
            connections.close_all()

    barrier = threading.Barrier(len(people))
    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return editing


def pages(scene, people: list[User]) -> list[tuple[list[User], Editing]]:
    """Every kind of page that changes a row which somebody else may change too."""
    indicator = scene.program.program_indicators.first().indicator_id
    cell = scene.draft.counts.first().cell_id
    draft = scene.draft.get_absolute_url()
    sheet = f"/tally/{scene.place.pk}/{scene.sheet.day}/{scene.sheet.number}/"
    site = f"/catalogue/programs/site/{scene.place.site_id}/change/"

    def words(number: int) -> str:
        return f"Text {number}"

    return [
        (people, Editing(draft, f"c-{indicator}-{cell}", str)),
        (people, Editing(draft, f"note-{indicator}", words)),
        (people, Editing(draft, "comment", words)),
        (people, Editing(sheet, f"n{indicator}_{cell}", str)),
        (people[:1] * len(people), Editing("/me/", "display_name", words)),
        (people, Editing(site, "name_en", words)),
    ]


def everybody(scene, number: int) -> list[User]:
    people = [make_user(Role.COORDINATOR, scene.organisation) for _one in range(number)]
    for person in people:
        make_membership(person, Role.ADMINISTRATOR, scene.organisation)
    return people


@proof("Several people save the same page at once: updates lost", commits=True)
def lost_updates(run: Run) -> Figure:
    scene = make_scene()
    people = everybody(scene, run.amount(quick=3, full=8))
    indicator = scene.program.program_indicators.first().indicator
    explain(report=scene.draft, indicator=indicator, text="A round more.", by=people[0])
    times = run.amount(quick=3, full=25)
    done = [together(who, editing, times) for who, editing in pages(scene, people)]
    saved = [editing for editing in done if editing.replaced]
    never = [editing.field for editing in done if not editing.replaced]
    return Figure(
        tried=sum(editing.tried for editing in done),
        wrong=sum(editing.lost for editing in saved) + len(never),
        control=without_the_guard(run, scene, people),
        unit="saves",
        without="with revisions not compared",
        examples=(*never, *(f"{one.address} {one.field}: {one.lost}" for one in done if one.lost)),
    )


def without_the_guard(run: Run, scene, people: list[User]) -> int:
    """The same, when nobody compares the revision that was read."""
    with run.fixture("monkeypatch").context() as patch:
        patch.setattr(account, "locked", lambda row, revision: User.objects.get(pk=row.pk))
        patch.setattr(CatalogueForm, "_refuse_if_stale", lambda form: None)
        unguarded = pages(scene, people)[-2:]
        return sum(together(who, editing, 6).lost for who, editing in unguarded)
