"""What each page takes: its forms as a browser sees them, and the names that its code reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from accounts.roles import Role
from tests.factories import make_user
from tests.proof.asking import Actor, Address, actor, addresses
from tests.scene import Scene

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("audit", "programs", "accounts", "beneficiaries", "reports", "ngo_portal")
# How the code calls what was sent.
SENT = re.compile(r"(POST|GET|posted|query|sent|data|params|asked)$")


@dataclass
class Form:
    """One form of a page: where it goes, how, and its fields with what they hold."""

    method: str
    path: str
    fields: dict[str, str] = field(default_factory=dict)
    of: Address | None = None
    by: Actor | None = None

    @property
    def key(self) -> tuple:
        """Forms that differ by numbers alone are one form."""
        return *self.place, frozenset(re.sub(r"\d+", "#", name) for name in self.fields)

    @property
    def place(self) -> tuple[str, str]:
        """How and where it is sent."""
        return self.method, re.sub(r"[0-9a-f-]{8,}|\d+", "#", self.path)

    def distinct(self) -> list[str]:
        """One name of each kind: a grid has hundreds of cells."""
        return list({re.sub(r"\d+", "#", name): name for name in self.fields}.values())


class Reader(HTMLParser):
    """The forms of a page, and the parameters of its links."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.links = path, [], {}
        self._form = self._select = self._area = None

    def handle_starttag(self, tag: str, attrs) -> None:
        found = dict(attrs)
        if tag == "form":
            action = urlsplit(found.get("action") or self.path).path or self.path
            self._form = Form(found.get("method", "get").upper(), action)
            self.forms.append(self._form)
        elif tag in {"a", "link"} and "?" in (found.get("href") or ""):
            self.links |= dict(parse_qsl(urlsplit(found["href"]).query))
        elif tag == "option" and self._select and self._form is not None:
            if "selected" in found or not self._form.fields[self._select]:
                self._form.fields[self._select] = found.get("value") or ""
        elif (name := found.get("name")) and tag in {"input", "select", "textarea", "button"}:
            self._field(tag, name, found)

    def _field(self, tag: str, name: str, found: dict) -> None:
        form = self._form or next((f for f in self.forms if f.method == "POST"), None)
        if form is None or name == "csrfmiddlewaretoken":
            return
        form.fields[name] = found.get("value") or ""
        self._select = name if tag == "select" else None
        self._area = name if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"select", "textarea"}:
            self._select = self._area = None
        elif tag == "form":
            self._form = None


@cache
def names_in_the_code() -> dict[str, set[str]]:
    """The names that any view or form takes from a request, by module of views."""
    found: dict[str, set[str]] = {}
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            if "migrations" not in path.parts:
                names = set(_names(ast.parse(path.read_text(encoding="utf-8"))))
                found[str(path.relative_to(ROOT))] = names
    return found


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            held, key = node.func.value, node.args[0]
        elif isinstance(node, ast.Subscript):
            held, key = node.value, node.slice
        else:
            continue
        is_name = isinstance(key, ast.Constant) and isinstance(key.value, str)
        if is_name and SENT.search(ast.unparse(held)):
            yield key.value


def every_name() -> set[str]:
    return {name for names in names_in_the_code().values() for name in names if name}


def openers(scene: Scene, *, whole: bool) -> list[Actor]:
    """Everybody at home, who together open every page; the coordinator opens most."""
    roles = Role.values if whole else [Role.COORDINATOR]
    return [actor(role, make_user(role, scene.organisation)) for role in roles]


def forms(scene: Scene, *, whole: bool = True) -> list[Form]:
    """Every form that somebody at home meets, and every address that is written to or asked."""
    found: dict[tuple, Form] = {}
    for one in openers(scene, whole=whole):
        for address in addresses(scene, one.user):
            page = address.page
            if page.permission and not one.roles & page.roles:
                continue
            for form in _of_page(one, address):
                form.of, form.by = address, one
                found.setdefault((address.name, *form.key), form)
    return list(found.values())


def _of_page(one: Actor, address: Address) -> Iterator[Form]:
    """The forms of a page; the page itself with every name that the code knows."""
    known = dict.fromkeys(sorted(every_name()), "")
    if "POST" in address.page.methods:
        yield Form("POST", address.path, dict(known))
    if "GET" not in address.page.methods:
        return
    answer = one.ask("GET", address.path)
    yield Form("GET", address.path, dict(known))
    if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
        reader = Reader(address.path)
        reader.feed(answer.content.decode())
        yield Form("GET", address.path, reader.links)
        yield from reader.forms
