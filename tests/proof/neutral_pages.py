"""Titles and addresses say nothing of anybody: they stay in histories, logs and on screens."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

from accounts.models import User
from accounts.roles import Role
from beneficiaries.models import CountReport
from tests.browser.test_every_page import ADDRESSES_OF_CATALOGUE
from tests.factories import make_membership, make_user
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import SignedClient
from tests.test_access_matrix import methods, without_object

LINKS = {"href", "action", "formaction", "src", "hx-get", "hx-post", "cite", "data-save"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.title, self.links, self.is_title = "", [], False

    def handle_starttag(self, tag, attrs) -> None:
        self.is_title = tag == "title"
        self.links += [value for name, value in attrs if name in LINKS and value]

    def handle_data(self, data) -> None:
        if self.is_title:
            self.title += data
            self.is_title = False


def said(answer) -> list[str]:
    """The title and every address that an answer gives, its redirect's included."""
    reader = _Reader()
    if "html" in answer.headers.get("Content-Type", ""):
        reader.feed(answer.content.decode())
    return [reader.title, *reader.links, answer.headers.get("Location", "")]


def canaries(scene) -> dict[str, str]:
    """Give every text about a person a word of its own, e-mails apart; returns the words."""
    words = {}
    for number, person in enumerate(User.objects.all()):
        words[person.pk] = f"Canary{number}name"
        User.objects.filter(pk=person.pk).update(display_name=words[person.pk])
    for report in CountReport.objects.all():
        report.comment = "Canary9comment"
        report.save(update_fields=["comment"])
    return words


def answers(person: User, scene) -> Iterator[tuple[str, object]]:
    client = SignedClient()
    client.force_login(person)
    for address in [*ADDRESSES_OF_CATALOGUE, "/nowhere/"]:
        yield address, client.get(address)
    for name, address in [*without_object(), *scene.addresses(person)]:
        for method in methods(name):
            yield address, getattr(client, method)(address)


def names_somebody(text: str) -> bool:
    return "canary" in unquote(unescape(text)).casefold() or "@" in unquote(text)


@proof("Names, e-mails or texts about somebody in titles and addresses of pages")
def neutral_pages(run: Run) -> Figure:
    scene = make_scene()
    everything = make_user(Role.COORDINATOR, scene.organisation, language="fr")
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.PLATFORM_ADMINISTRATOR):
        make_membership(everything, role, scene.organisation)
    people = [everything]
    if run.is_full:
        people += [make_user(role, scene.organisation) for role in Role.values]
    canaries(scene)
    tried, wrong, on_pages = 0, [], 0
    for person in people:
        for address, answer in answers(User.objects.get(pk=person.pk), scene):
            for text in said(answer):
                tried += bool(text)
                wrong += [f"{address}: {text}"] if names_somebody(text) else []
            on_pages += b"anary" in answer.getvalue()
    without = "pages that name somebody in their text"
    return Figure(tried, len(wrong), on_pages, "titles and addresses", without, tuple(wrong[:9]))
