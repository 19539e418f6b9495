"""Every page × method × kind of person × language answers what the registry says."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

from accounts.models import User
from accounts.roles import Role
from ngo_portal.catalogue import SHARED
from ngo_portal.middleware import ScopeMiddleware
from tests.proof import Figure, Run, proof
from tests.proof.asking import ALL_METHODS, LANGUAGES, Actor, Address, actor, addresses, everybody
from tests.scene import make_scene
from tests.test_access_matrix import BY_OBJECT

# What a page answers to whoever may open it: itself, or where one goes on.
READ = {200, 302}
# What it answers to a form without a word in it: taken, or refused with what is missing.
SENT = READ | {204, 400, 409, 422}
# Pages about one thing, which here is there for nobody.
ABOUT_NOTHING = dict.fromkeys(["accept_invitation", "decline_invitation", "dashboard_chart"], {404})
# The platform names every organisation, and keeps its documents; no site, no program.
OF_THE_PLATFORM = ("organisation", "document_add", "catalogue:programs_organisation_change")
SHARED_BY_ALL = {f"catalogue:programs_{name.lower()}" for name in SHARED}


def expected(address: Address, method: str, who: Actor) -> set[int]:
    """The answers that the registry allows."""
    page = address.page
    if method not in page.methods:
        return {405}
    if page.is_open:
        return answers(address, method)
    if not who.is_in or not (who.has_factor or page.before_factor):
        return {302}
    if page.permission and not who.roles & page.roles:
        return {403}
    return _of_a_row(address, method, who)


def _of_a_row(address: Address, method: str, who: Actor) -> set[int]:
    """Somebody who holds the right: at home the page, abroad nothing."""
    is_platform = Role.PLATFORM_ADMINISTRATOR in who.roles
    if _is_edit_of_shared(address.name, method) and not is_platform:
        return {403}
    if address.is_of_a_row and who.is_foreign:
        is_named = is_platform and address.name in OF_THE_PLATFORM
        return answers(address, method) if is_named else {404}
    return answers(address, method)


def _is_edit_of_shared(name: str, method: str) -> bool:
    """What all organisations share is read by administrators and edited by the platform."""
    model, _underscore, page = name.rpartition("_")
    edits = page == "add" or (page == "change" and method == "POST")
    return edits and model in SHARED_BY_ALL


def answers(address: Address, method: str) -> set[int]:
    """What whoever may open the page meets there, or what this very object answers instead."""
    refused = ABOUT_NOTHING.get(address.name) or BY_OBJECT.get(address.name)
    if refused and address.name != "elevation_end":
        return refused
    # Whoever reviews emergency access ends it; it is not there for others.
    usual = SENT if method == "POST" else READ
    return usual | (refused or set())


def pairs(who: list[Actor], scene) -> Iterator[tuple[Actor, Address, str, str]]:
    for one in who:
        listed = addresses(scene, one.user or scene.colleague)
        yield from itertools.product([one], listed, ALL_METHODS, LANGUAGES)


def ask(one: Actor, address: Address, method: str, language: str) -> str:
    """What is wrong with an answer; "" for nothing."""
    answer = one.ask(method, address.path, HTTP_ACCEPT_LANGUAGE=language)
    right = expected(address, method, one)
    if answer.status_code not in right:
        return f"{method} {address.name} {one.name} {language}: {answer.status_code}, not {right}"
    spoken = answer.headers.get("Content-Language", language)
    if one.user is None and spoken != language:
        return f"{method} {address.name} {one.name}: spoken in {spoken}, not {language}"
    return ""


def tried(chosen: list, run: Run | None = None) -> list[str]:
    wrong, speaks = [], {}
    for number, (one, address, method, language) in enumerate(chosen):
        if one.user is not None and speaks.get(one.name) != language:
            User.objects.filter(pk=one.user.pk).update(language=language)
            speaks[one.name] = language
        if said := ask(one, address, method, language):
            wrong.append(said)
        if run:
            run.tell(number, len(chosen))
    return wrong


@proof("Access: page × method × person × language, expected from the registry")
def access_pairs(run: Run) -> Figure:
    scene = make_scene()
    everything = list(pairs(everybody(scene), scene))
    chance = random.Random(3)  # noqa: S311 - the same choice at each run
    chosen = everything if run.is_full else chance.sample(everything, 300)
    chosen.sort(key=lambda pair: (pair[0].name, pair[3]))
    wrong = tried(chosen, run)
    return Figure(
        tried=len(chosen),
        wrong=len(wrong),
        control=len(control(run, scene, everything, chance)),
        unit="answers",
        without="of 100 without the registry's door",
        examples=tuple(wrong[:40]),
    )


def control(run: Run, scene, everything: list, chance: random.Random) -> list[str]:
    """The same check where nobody asks the registry before a view."""
    patch = run.fixture("monkeypatch")
    with patch.context() as door:
        door.setattr(ScopeMiddleware, "process_view", lambda self, *args: None)
        renewed = {}
        closed = [pair for pair in everything if not pair[1].page.is_open]
        chosen = []
        for one, *rest in chance.sample(closed, 100):
            one = renewed.setdefault(one.name, _again(one))
            chosen.append((one, *rest))
        return tried(chosen)


def _again(one: Actor) -> Actor:
    """The same person with a browser that has not met the door yet."""
    how = {name: getattr(one, name) for name in ("is_foreign", "is_in", "has_factor")}
    made = actor(one.name, None, holds_rights=one.holds_rights, **how)
    made.user, made.cookies = one.user, one.cookies
    return made
