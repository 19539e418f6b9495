"""An id of somebody else's row answers like one that does not exist, and changes nothing."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.apps import apps
from django.db.models import ForeignKey, Model, QuerySet
from django.urls import resolve, reverse

from accounts.roles import Role
from programs.models import Organisation
from tests.factories import make_organisation, make_user
from tests.proof import Figure, Run, proof
from tests.proof.asking import Actor, actor, count_first, rows_of, undone
from tests.proof.bad_inputs import PASSING
from tests.proof.fields import Form, every_name, forms
from tests.scene import Scene, make_scene

# What differs between any two answers: the number of the request, tokens, keys of forms.
RANDOM = re.compile(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9_-]{43,}")
GONE = 1_000_000


@dataclass
class Pair:
    """One request in two: with somebody else's id, and with one that nobody has."""

    label: str
    by: Actor
    method: str
    foreign: tuple[str, dict]
    missing: tuple[str, dict]

    def complaint(self) -> str:
        """What is wrong with its answers, twice in a row (a minute may end between two); or ""."""
        before = None
        for _turn in range(2):
            foreign, missing = self._ask(*self.foreign), self._ask(*self.missing)
            if foreign == missing and foreign[0] < 500:
                return ""
            # A page that is never the same says nothing by its text.
            if before not in (None, missing) and foreign[:2] == missing[:2] and foreign[0] < 500:
                return ""
            before = missing
        return f"{self.method} {self.label} {self.by.name}: {foreign[0]}, {missing[0]}"

    def _ask(self, path: str, data: dict) -> tuple:
        answer = self.by.ask(self.method, path, data)
        body = b"" if answer.streaming else RANDOM.sub(b"#", answer.content)
        told = answer.get("Location", "")
        for name, value in data.items():
            shown = rb'(name="%s"[^>]*value=")%s"' % (re.escape(name.encode()), value.encode())
            body = re.sub(shown, rb'\1@"', body) if value.isdigit() else body
        for said in (path, *(f"{quote(k)}={quote(v)}" for k, v in data.items())):
            body, told = body.replace(said.encode(), b"@"), told.replace(said, "@")
        # What a redirect made anew has a number of its own.
        return answer.status_code, re.sub(r"\d+", "#", told), body


def missing_like(value: object) -> object:
    return uuid.uuid4() if isinstance(value, uuid.UUID) else int(value) + GONE


def addresses_abroad(scene: Scene, stranger: Actor) -> Iterator[Pair]:
    """Every address about a row of the scene, with each of its ids, then all, made up."""
    for name, path in scene.addresses(stranger.user):
        found = resolve(path)
        numbered = {k: v for k, v in found.kwargs.items() if isinstance(v, int | uuid.UUID)}
        for method in ("GET", "POST"):
            away = reverse(
                found.view_name,
                kwargs=found.kwargs | {k: missing_like(v) for k, v in numbered.items()},
            )
            yield Pair(f"{name} {path}", stranger, method, (path, {}), (away, {}))


def models_by_name() -> dict[str, type[Model]]:
    """What a field called so points to, by the foreign keys of every model."""
    return {
        each.name: each.related_model
        for model in apps.get_models()
        for each in model._meta.local_fields
        if isinstance(each, ForeignKey) and not hasattr(model, "pgh_tracked_model")
    }


def foreign_key(name: str, scene: Scene) -> object | None:
    """The key of a row of the scene that a field of this name could name."""
    model = models_by_name().get(re.sub(r"[-_]?(\d+|id|pk)$", "", name.split("-")[-1]))
    if model is None:
        return None
    # All organisations are in the address book: whom one may name there is the form's to say.
    rows: QuerySet | None = None if model is Organisation else rows_of(model, scene)
    return None if rows is None else rows.values_list("pk", flat=True).first()


def fields_at_home(found: list[Form], elsewhere: Scene) -> Iterator[Pair]:
    """Every field and parameter that names a row, given a row of somebody else's scene."""
    for form in found:
        for name in {*form.distinct(), *(every_name() if form.method == "GET" else ())}:
            key = foreign_key(name, elsewhere)
            if key is not None and Role.PLATFORM_ADMINISTRATOR not in form.by.roles:
                yield Pair(
                    f"{form.of.name} {name}",
                    form.by,
                    form.method,
                    (form.path, form.fields | {name: str(key)}),
                    (form.path, form.fields | {name: str(missing_like(key))}),
                )


def pairs(scene: Scene, found: list[Form], elsewhere: Scene) -> list[Pair]:
    abroad = make_organisation()
    strangers = [
        actor(f"{role} abroad", make_user(role, abroad))
        for role in Role.values
        if role != Role.PLATFORM_ADMINISTRATOR
    ]
    by_address = (pair for one in strangers for pair in addresses_abroad(scene, one))
    return [*by_address, *fields_at_home(found, elsewhere)]


def kept(scene: Scene) -> list:
    """The rows of the scene's organisation, of every model that says whose it is."""
    return [
        (model._meta.label, list(rows.order_by("pk").values()))
        for model in apps.get_models()
        if model._meta.db_table not in PASSING and (rows := rows_of(model, scene)) is not None
    ]


def told(chosen: list[Pair], run: Run | None = None) -> list[str]:
    """The pairs that answer otherwise for somebody else's id than for nobody's."""
    wrong = []
    for number, pair in enumerate(chosen):
        if said := pair.complaint():
            wrong.append(said)
        if run:
            run.tell(number, len(chosen))
    return wrong


def changed(chosen: list[Pair], scene: Scene) -> list[str]:
    """The requests with somebody else's id that change a row of theirs (each is undone)."""
    before, wrong = kept(scene), []
    for pair in chosen:
        if pair.method == "POST":
            pair.by.come()
            with undone():
                pair.by.say("POST", *pair.foreign)
                if kept(scene) != before:
                    wrong.append(f"{pair.label} {pair.by.name}: changed")
    return wrong


@proof("Ids of somebody else's rows: the same answer as for none, and no change")
def substitutions(run: Run) -> Figure:
    scene, elsewhere = make_scene(), make_scene()
    everything = pairs(elsewhere, forms(scene, whole=run.is_full), elsewhere)
    chance = random.Random(5)  # noqa: S311 - the same choice at each run
    chosen = everything if run.is_full else chance.sample(everything, 60)
    wrong = told(chosen, run) + changed(chosen if run.is_full else chosen[:10], elsewhere)
    return Figure(
        tried=len(chosen),
        wrong=len(wrong),
        control=control(run, everything),
        unit="ids",
        without="with `visible_to` letting everything through",
        examples=tuple(wrong[:60]),
    )


def control(run: Run, everything: list[Pair]) -> int:
    """The same check where every list shows every row: stops at the tenth complaint."""
    with run.fixture("monkeypatch").context() as guard:
        for model in apps.get_models():
            rows = type(model._default_manager.all())
            if hasattr(rows, "visible_to"):
                guard.setattr(rows, "visible_to", lambda self, user: self.all())
        by_address = [pair for pair in everything if pair.method == "GET"]
        return count_first(10, (pair.complaint() for pair in by_address))
