"""Whatever is sent to a form or a page: an answer below 500, and nothing half written.

A field is a name that a page takes: in one of its forms, in one of its links, or sought by its code
when it is asked; it counts once for the address that receives it. Every kind of misuse takes its
turn, each on the next field from a place of its own: all kinds come equally often, and each field
begins with others. Every fifth try sends a page a name that some other page takes. A field does
not meet every kind in one run; a kind that no field met counts as wrong.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from django.core.validators import ProhibitNullCharactersValidator
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client

from ngo_portal import errors
from tests.backstage import NOWHERE, away, set_session
from tests.proof import Figure, Run, proof
from tests.proof.asking import count_first, photograph, undone
from tests.proof.fields import Form, every_name, forms
from tests.proof.misuses import ECHO, FAMILIES, MISUSES, Input, Misuse, content, drawn
from tests.scene import make_scene

Field = tuple[Form, str]
NEAR, AT_ONCE = 1000, 3
# What a request may leave behind though its answer is a refusal.
PASSING = {"django_session", "portal_cache", "audit_submittedform", "accounts_user"} | {
    "accounts_signintries"
}
WRITTEN = """
SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables
WHERE schemaname = 'public' AND relname <> ALL(%s)
"""


class Lean(Client):
    """A browser that keeps no copy of what each template was given."""

    def request(self, **request) -> HttpResponse:
        return self.handler(self._base_environ(**request))


@contextmanager
def sought() -> Iterator[set[str]]:
    """The names that are looked up in what was sent."""
    names = set()
    with ExitStack() as patches:
        for method in ("__getitem__", "__contains__", "getlist"):
            patches.enter_context(patch.object(QueryDict, method, _noting(method, names)))
        yield names


def _noting(method: str, names: set[str]):
    found = getattr(QueryDict, method)

    def noting(self, key, *rest, **more):
        names.add(key)
        return found(self, key, *rest, **more)

    return noting


def fields(found: list[Form]) -> tuple[list[Field], list[Field]]:
    """The fields that each address takes, and the names that only others take."""
    own, others = {}, {}
    everything = every_name()
    for form in sorted(found, key=lambda each: each.fields.keys() == everything):
        names = set(form.distinct())
        if form.fields.keys() == everything:
            with sought() as names:
                form.by.ask(form.method, form.path)
            others |= {(*form.place, name): (form, name) for name in everything}
        for name in sorted(names - {"csrfmiddlewaretoken"}):
            own.setdefault((*form.place, re.sub(r"\d+", "#", name)), (form, name))
    return list(own.values()), [held for key, held in others.items() if key not in own]


def deal(targets: list[Field], chance: random.Random) -> Iterator[tuple[Field, Misuse]]:
    """Every kind in turn, each on the next field from a place of its own; endlessly."""
    chance.shuffle(targets)
    posted = [target for target in targets if target[0].method == "POST"]
    turn = 0
    while True:
        for place, misuse in enumerate(MISUSES):
            fit = posted if misuse.is_posted else targets
            yield fit[(place * len(fit) // len(MISUSES) + turn) % len(fit)], misuse
        turn += 1


def inputs(own: list[Field], others: list[Field], most: int) -> Iterator[Input]:
    """What is tried, one field at a time."""
    chance = random.Random(6)  # noqa: S311 - the same inputs at each run
    kept, strange = deal(own, chance), deal(others, chance)
    for number in range(most):
        (form, name), misuse = next(strange if number % 5 == 4 else kept)
        yield Input(form, name, misuse, drawn(misuse, chance))


def together(tried: Iterator[Input]) -> Iterator[list[Input]]:
    """The same, by request: of those near each other, three fields of one large form at once."""
    while near := list(itertools.islice(tried, NEAR)):
        waiting = defaultdict(dict)
        for one in near:
            place = waiting[id(one.form)]
            if not one.can_share or one.name in place:
                yield [one]
                continue
            place[one.name] = one
            if len(place) == AT_ONCE:
                yield list(waiting.pop(id(one.form)).values())
        yield from (list(place.values()) for place in waiting.values() if place)


def send(tried: list[Input]) -> HttpResponse:
    """One request of the form's owner."""
    form, sent = tried[0].form, content(tried)
    if form.method != "POST":
        answer = form.by.client.get(f"{form.path}?{sent.decode()}")
    else:
        kind = tried[0].misuse.content_type
        answer = form.by.client.generic("POST", form.path, sent, content_type=kind)
    if answer.streaming:
        answer.getvalue()
    return answer


def counted() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [list(PASSING)])
        return cursor.fetchone()[0]


def kept() -> dict[str, str]:
    return {name: rows for name, rows in photograph().items() if name not in PASSING}


def complaint(tried: list[Input], before: dict[str, str]) -> str:
    """What is wrong with the answer to one request; "" for nothing. It is undone."""
    form = tried[0].form
    said = [f"{one.name} {one.misuse} {one.value[:60]!r}" for one in tried]
    label = f"{form.method} {form.of.name} {', '.join(said)}"
    form.by.come()
    with undone():
        # As in production: a request finds nothing set, and nothing is set before each statement.
        set_session(connection.connection, NOWHERE)
        with away():
            start = counted()
            answer = send(tried)
            is_written = answer.status_code >= 400 and counted() != start
        if answer.status_code >= 500:
            return f"{label}: {answer.status_code}"
        is_page = "html" in answer.get("Content-Type", "") and not answer.streaming
        if is_page and ECHO.encode() in answer.content:
            return f"{label}: said again as it is"
        if is_written and kept() != before:
            return f"{label}: {answer.status_code}, and something written"
    return ""


@proof("Bad inputs: every form field and query parameter, nothing above 499, nothing half written")
def bad_inputs(run: Run) -> Figure:
    found = forms(make_scene(), whole=run.is_full)
    for one in {id(form.by): form.by for form in found}.values():
        one.client = Lean(raise_request_exception=False)
    own, others = fields(found)
    before, most = kept(), run.amount(quick=len(MISUSES) * 5 // 4, full=50_000)
    wrong, unused, number = [], set(MISUSES), 0
    for tried in together(inputs(own, others, most)):
        unused -= {one.misuse for one in tried}
        number += len(tried)
        if said := complaint(tried, before):
            wrong.append(said)
        run.tell(number, most)
    wrong += [f"never tried: {misuse}" for misuse in sorted(unused, key=str)]
    return Figure(
        tried=number,
        wrong=len(wrong),
        control=control(run, own, before),
        unit=f"inputs of {len(MISUSES)} kinds in {len(FAMILIES)} families, {len(own)} fields",
        without="with any sign let into addresses and forms",
        examples=tuple(wrong[:60]),
    )


def control(run: Run, own: list[Field], before: dict[str, str]) -> int:
    """The same check where addresses and forms take any sign: stops at the third complaint."""
    misuse = Misuse("bytes", b"a\x00b")
    with run.fixture("monkeypatch").context() as guard:
        guard.setattr(errors, "UNWRITABLE", re.compile("(?!)"))
        guard.setattr(ProhibitNullCharactersValidator, "__call__", lambda self, value: None)
        wrong = (complaint([Input(*held, misuse, misuse.value)], before) for held in own)
        return count_first(3, wrong)
