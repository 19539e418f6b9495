"""Every fact that the journal keeps is read in words, in both languages, wherever it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.urls import converters, get_resolver, reverse
from django.utils.translation import override

from audit import journal
from audit.models import JournalEntry
from audit.scope import scope
from audit.words import FACTS, LABELS, fact_in_words, fact_name
from reports.figures.selection import FILTERS
from tests.factories import make_organisation, make_site, make_user
from tests.test_architecture import FLOORS, ROOT

DOORS = {"journal.record", "journal.line", "_record"}
# What is put into the ledger without `details`: the door itself, and the owner's commands.
INSIDE = {"audit/journal.py", "audit/forgetting.py"}
# Facts that a question or an address names, and the program does not.
OF_A_QUESTION = {"export.filter"}
OF_AN_ADDRESS = {
    "{name: str(v) for name, v in match.kwargs.items() if isinstance(v, int | uuid.UUID)}"
}


@dataclass(frozen=True)
class Place:
    """Where something is written: the file, its function."""

    file: str
    function: ast.FunctionDef


@dataclass
class Reader:
    """Follows what is given as `details` through names, sums and functions to its keys."""

    functions: dict[str, list[Place]]
    keys: set[str] = field(default_factory=set)
    # What cannot be followed, as it is written.
    left: set[str] = field(default_factory=set)

    def read(self, node: ast.expr, at: Place) -> None:
        match node:
            case ast.Dict():
                self._pairs(node, at)
            case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
                self.read(one, at)
                self.read(other, at)
            case ast.BoolOp(values=[one, other]):
                self.read(one, at)
                self.read(other, at)
            case ast.Name(id=name):
                self._named(name, at)
            case ast.Call(func=ast.Name(id=name)) | ast.Attribute(attr=name):
                self._returned(name, node, at)
            case _:
                self.left.add(ast.unparse(node))

    def _pairs(self, node: ast.Dict, at: Place) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self.read(value, at)
            else:
                self.keys.add(ast.literal_eval(key))

    def _named(self, name: str, at: Place) -> None:
        """Whatever is put under a name; of a parameter, the callers are read."""
        is_found = any(arg.arg == name for arg in ast.walk(at.function.args) if hasattr(arg, "arg"))
        for target, value in assigned(at.function):
            if ast.unparse(target) == name:
                is_found = True
                self.read(value, at)
            elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == name:
                self.keys.add(ast.literal_eval(target.slice))
        assert is_found, f"{name} comes from nowhere in {at}"

    def _returned(self, name: str, node: ast.expr, at: Place) -> None:
        """What a function returns: of the same file, of the same folder, or the only one."""
        known = self.functions.get(name, [])
        near = [one for one in known if one.file == at.file] or [
            one for one in known if Path(one.file).parent == Path(at.file).parent
        ]
        found = near or known
        if len(found) != 1:
            self.left.add(ast.unparse(node))
            return
        for each in ast.walk(found[0].function):
            if isinstance(each, ast.Return) and each.value is not None:
                self.read(each.value, found[0])


def assigned(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each name that a function fills, with what it is filled with."""
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign):
            yield node.target, node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            yield from zip(node.targets[0].elts, getattr(node.value, "elts", ()), strict=False)
        elif isinstance(node, ast.Assign):
            yield node.targets[0], node.value


def given(file: str, call: ast.Call) -> list[ast.expr]:
    """What a call writes beside its action and its object."""
    door = ast.unparse(call.func)
    if door in DOORS:
        return [word.value for word in call.keywords if word.arg == "details"]
    return call.args[:1] if door == "json.dumps" and file in INSIDE else []


def written() -> Reader:
    """Every fact that some call puts into the ledger."""
    reader, places = Reader({}), []
    for path in (path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                places.append(Place(str(path.relative_to(ROOT)), node))
                reader.functions.setdefault(node.name, []).append(places[-1])
    for place in places:
        for call in ast.walk(place.function):
            for node in given(place.file, call) if isinstance(call, ast.Call) else ():
                reader.read(node, place)
    return reader


def addressed() -> set[str]:
    """The names of keys in addresses: numbers and UUIDs, the rest is never written."""
    found, waiting = set(), [get_resolver()]
    while waiting:
        each = waiting.pop()
        waiting += getattr(each, "url_patterns", [])
        found |= {
            name
            for name, one in each.pattern.converters.items()
            if isinstance(one, converters.IntConverter | converters.UUIDConverter)
        }
    return found


def test_every_fact_that_is_written_has_its_words():
    found = written()
    assert found.left == OF_A_QUESTION | OF_AN_ADDRESS
    assert len(found.keys) > 40
    asked = {"period", "from", "to", "state", *FILTERS}
    assert (found.keys | asked | addressed()) - FACTS.keys() == set()


def test_no_words_are_kept_for_what_nobody_writes():
    asked = {"period", "from", "to", "state", *FILTERS}
    assert FACTS.keys() - written().keys - asked - addressed() == set()


def test_a_fact_has_its_own_words_in_each_language():
    with override("en"):
        english = {key: fact_name(key) for key in FACTS}
    with override("fr"):
        french = {key: fact_name(key) for key in FACTS}
    assert all(name[:1].isupper() and "_" not in name for name in english.values())
    assert english["role_given_at"] == "Role held since"
    assert french["role_given_at"] == "Rôle tenu depuis"
    assert fact_name("of_an_older_version") == "Of an older version"


@pytest.mark.parametrize("key", LABELS)
def test_every_code_has_its_label(key):
    labels = LABELS[key]()
    assert labels
    for code, label in labels.items():
        assert fact_in_words(key, code) == str(label)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Role", "coordinator", "Ended at once", "no", "Proofs", "password, passkey"]),
        ("fr", ["Rôle", "coordination", "Fin immédiate", "non", "Preuves", "mot de passe"]),
    ],
)
def test_an_auditor_reads_no_code(client, language, expected):
    organisation = make_organisation()
    auditor = make_user("auditor", organisation, language=language)
    details = {
        "role": "coordinator",
        "ended_at_once": False,
        "proofs": ["password", "webauthn"],
        "from": "2027-03-01",
        "to": None,
        "fields": ["name_fr", "time_zone"],
    }
    with scope(user_id=auditor.pk, organisation_ids=[organisation.pk]):
        journal.record("change_site", make_site(organisation), by=auditor, details=details)
    client.force_login(auditor)
    entry = JournalEntry.objects.filter(action="change_site").get()
    text = client.get(reverse("journal_entry", args=[entry.pk])).content.decode()
    text = text.partition('<dl class="facts">')[2].partition("</dl>")[0]
    for said in expected:
        assert said in text
    for code in ("ended_at_once", "webauthn", "2027-03-01", "name_fr", "None"):
        assert code not in text
