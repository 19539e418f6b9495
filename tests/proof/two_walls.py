"""Two walls between organisations, each tried alone: with the other taken down, nothing passes."""

from __future__ import annotations

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
from tests.proof import Figure, Run, proof
from tests.scene import Scene, make_scene
from tests.signing import SignedClient

CLOSED = {403, 404}
# Accounts are of no organisation: several may know the same person, so the first wall alone
# keeps their pages. The platform starts organisations: it reads who is in them.
OF_PEOPLE = {"account", "account_deactivate", "account_reactivate", "membership_grant"} | {
    "factor_reset_ask"
}
# Who edits the catalogue reads the address book, and keeps documents of their own about its names.
OF_THE_ADDRESS_BOOK = {"document_add"}
OF_THE_PLATFORM = {"organisation", "membership_end"}
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


def pages(scene: Scene, person: User, role: str) -> list[tuple[str, str, str]]:
    """Each page about something of the scene, with each of its methods."""
    left_out = (
        OF_PEOPLE
        | OF_THE_ADDRESS_BOOK
        | (OF_THE_PLATFORM if role == Role.PLATFORM_ADMINISTRATOR else set())
    )
    return [
        (name, address, method.lower())
        for name, address in scene.addresses(person)
        if name not in left_out
        for method in access.PAGES[name].methods
        if method != "HEAD"
    ]


def opened(scene: Scene, people: dict[str, User], languages: list[str]) -> tuple[int, list[str]]:
    """How many requests were made by strangers, and those that were let in."""
    tried, wrong = 0, []
    for role, person in people.items():
        client = SignedClient(raise_request_exception=False)
        for language in languages:
            User.objects.filter(pk=person.pk).update(language=language)
            client.force_login(person)
            for name, address, method in pages(scene, person, role):
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
        return len(opened(scene, {role: people[role] for role in QUICK}, ["en"])[1])


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
        tried, wrong = opened(scene, people, languages)
    without_policies()
    return figure(tried, wrong, both_down(scene, people))


@proof(
    "Pages of another organisation, with row-level security off: `visible_to` alone", commits=True
)
def first_wall_alone(run: Run) -> Figure:
    scene, people, languages = strangers(run)
    without_policies()
    tried, wrong = opened(scene, people, languages)
    return figure(tried, wrong, both_down(scene, people))
