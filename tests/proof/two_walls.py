"""Two walls between organisations, each tried alone: with the other taken down, nothing passes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from audit.walls import build
from ngo_portal import access
from tests.conftest import as_owner
from tests.factories import make_organisation, make_user
from tests.proof import Figure, Run, access_pairs, proof, substitutions
from tests.proof.asking import count_first, everybody
from tests.proof.fields import forms
from tests.proof.substitutions import Pair
from tests.scene import Scene, make_scene
from tests.signing import SignedClient

CLOSED = {403, 404}
# Who edits the catalogue reads the address book, and keeps documents of their own about its names.
OF_THE_ADDRESS_BOOK = frozenset({"document_add"})
# Accounts are of no organisation: several may know the same person, so the first wall alone
# keeps their pages.
HELD_BY_THE_FIRST = OF_THE_ADDRESS_BOOK | {
    *("account", "account_deactivate", "account_reactivate"),
    *("membership_grant", "factor_reset_ask"),
}
# The platform starts organisations: it reads who is in them, and keeps their accounts.
OF_THE_PLATFORM = HELD_BY_THE_FIRST | {"organisation", "membership_end"}
# The same choice at each run.
CHANCE = random.Random(7)  # noqa: S311
QUICK = [Role.COORDINATOR, Role.ADMINISTRATOR]


def narrowing() -> list[type]:
    """Every queryset that has a `visible_to` of its own."""
    found = {
        each: None
        for model in apps.get_models()
        for each in type(model._default_manager.all()).__mro__
        if "visible_to" in vars(each)
    }
    return list(found)


@contextmanager
def without_querysets(*chosen: type) -> Iterator[None]:
    """`visible_to` narrows nothing, on the querysets chosen or on any that has it."""
    found = {each: vars(each)["visible_to"] for each in chosen or narrowing()}
    for each in found:
        each.visible_to = lambda self, user: self
    try:
        yield
    finally:
        for each, method in found.items():
            each.visible_to = method


def without_policies() -> None:
    """Row-level security is off on every table of this database."""
    down = [f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY' for table in build.walled()]
    as_owner(";".join(down), connection.settings_dict["NAME"])


def pages(
    scene: Scene, person: User, role: str, left_out: frozenset[str]
) -> list[tuple[str, str, str]]:
    """Each page about something of the scene, with each of its methods."""
    left_out |= OF_THE_PLATFORM if role == Role.PLATFORM_ADMINISTRATOR else frozenset()
    return [
        (name, address, method.lower())
        for name, address in scene.addresses(person)
        if name not in left_out
        for method in access.PAGES[name].methods
        if method != "HEAD"
    ]


def opened(
    scene: Scene, people: dict[str, User], languages: list[str], left_out: frozenset[str]
) -> tuple[int, list[str]]:
    """How many requests were made by strangers, and those that were let in."""
    tried, wrong = 0, []
    for role, person in people.items():
        client = SignedClient(raise_request_exception=False)
        for language in languages:
            User.objects.filter(pk=person.pk).update(language=language)
            client.force_login(person)
            for name, address, method in pages(scene, person, role, left_out):
                answer = getattr(client, method)(address)
                tried += 1
                if answer.status_code not in CLOSED:
                    wrong.append(f"{role} {method} {name}: {answer.status_code}")
    return tried, wrong


def strangers(run: Run) -> tuple[Scene, dict[str, User], list[str]]:
    roles = Role.values if run.is_full else QUICK
    people = {role: make_user(role, make_organisation()) for role in roles}
    return make_scene(), people, ["fr", "en"] if run.is_full else ["en"]


def both_down(scene: Scene, people: dict[str, User]) -> int:
    """The control: what the same strangers open when neither wall stands."""
    with without_querysets():
        few = {role: people[role] for role in QUICK}
        return len(opened(scene, few, ["en"], HELD_BY_THE_FIRST)[1])


def figure(tried: int, wrong: list[str], control: int) -> Figure:
    return Figure(
        tried=tried,
        wrong=len(wrong),
        control=control,
        unit="requests of strangers",
        without="with both walls down",
        examples=tuple(wrong[:20]),
    )


@proof(
    "Pages of another organisation, with `visible_to` off: row-level security alone", commits=True
)
def second_wall_alone(run: Run) -> Figure:
    scene, people, languages = strangers(run)
    with without_querysets():
        tried, wrong = opened(scene, people, languages, HELD_BY_THE_FIRST)
    without_policies()
    return figure(tried, wrong, both_down(scene, people))


@proof(
    "Pages of another organisation, with row-level security off: `visible_to` alone", commits=True
)
def first_wall_alone(run: Run) -> Figure:
    scene, people, languages = strangers(run)
    without_policies()
    tried, wrong = opened(scene, people, languages, OF_THE_ADDRESS_BOOK)
    return figure(tried, wrong, both_down(scene, people))


@proof(
    "The same ids of somebody else, with `visible_to` off: row-level security alone", commits=True
)
def ids_second_wall_alone(run: Run) -> Figure:
    scene, elsewhere = make_scene(), make_scene()
    chosen = _ids(run, scene, elsewhere, HELD_BY_THE_FIRST)
    with without_querysets():
        wrong = _told_or_changed(run, chosen, elsewhere)
    without_policies()
    return _of_ids(chosen, wrong)


@proof(
    "The same ids of somebody else, with row-level security off: `visible_to` alone", commits=True
)
def ids_first_wall_alone(run: Run) -> Figure:
    scene, elsewhere = make_scene(), make_scene()
    chosen = _ids(run, scene, elsewhere, OF_THE_ADDRESS_BOOK)
    without_policies()
    return _of_ids(chosen, _told_or_changed(run, chosen, elsewhere))


def _ids(run: Run, scene: Scene, elsewhere: Scene, left_out: frozenset[str]) -> list[Pair]:
    found = substitutions.pairs(elsewhere, forms(scene, whole=run.is_full), elsewhere)
    everything = [pair for pair in found if pair.label.split()[0] not in left_out]
    return everything if run.is_full else CHANCE.sample(everything, 30)


def _told_or_changed(run: Run, chosen: list[Pair], elsewhere: Scene) -> list[str]:
    sent = chosen if run.is_full else chosen[:5]
    return substitutions.told(chosen, run) + substitutions.changed(sent, elsewhere)


def _of_ids(chosen: list[Pair], wrong: list[str]) -> Figure:
    """The control: the same ids when neither wall stands."""
    with without_querysets():
        control = count_first(10, (pair.complaint() for pair in chosen if pair.method == "GET"))
    return Figure(
        tried=len(chosen),
        wrong=len(wrong),
        control=control,
        unit="ids",
        without="with both walls down",
        examples=tuple(wrong[:20]),
    )


@proof(
    "Access as above, with row-level security off: registry and `visible_to` alone", commits=True
)
def access_first_wall_alone(run: Run) -> Figure:
    scene = make_scene()
    everything = list(access_pairs.pairs(everybody(scene), scene))
    chosen = CHANCE.sample(everything, run.amount(quick=60, full=10_500))
    chosen.sort(key=lambda pair: (pair[0].name, pair[3]))
    without_policies()
    wrong = access_pairs.tried(chosen, run)
    with without_querysets():
        abroad = [pair for pair in everything if pair[0].is_foreign and pair[1].is_of_a_row]
        control = count_first(10, (access_pairs.ask(*pair) for pair in abroad))
    return Figure(
        tried=len(chosen),
        wrong=len(wrong),
        control=control,
        unit="answers",
        without="with both walls down",
        examples=tuple(wrong[:20]),
    )
