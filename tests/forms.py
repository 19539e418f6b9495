"""Forms of a page, read and sent as a browser would."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: its method, where it goes, and the values of its fields."""

    method: str = "get"
    action: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)

    def data(self, **typed: str) -> dict[str, list[str]]:
        """What is sent once some fields are typed in."""
        return self.fields | {name: [str(value)] for name, value in typed.items()}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.area = self.select = ""

    def handle_starttag(self, tag, attrs) -> None:
        found = dict(attrs)
        if tag == "form":
            method = (found.get("method") or "get").lower()
            self.form = Form(method, found.get("action") or "")
            self.forms.append(self.form)
        elif self.form and not (tag != "option" and "disabled" in found):
            self._field(tag, found)

    def _field(self, tag: str, found: dict) -> None:
        name = found.get("name") or ""
        if tag == "input" and name and self._is_sent(found):
            self._put(name, found.get("value") or "")
        elif tag == "textarea":
            self.area = name
            self._put(name, "")
        elif tag == "select":
            self.select = "" if "multiple" in found else name
        elif tag == "option" and self.select:
            self._choose(found)

    def _choose(self, found: dict) -> None:
        """The first choice stands until another one is said to be chosen."""
        if self.select not in self.form.fields or "selected" in found:
            self.form.fields[self.select] = [found.get("value") or ""]

    @staticmethod
    def _is_sent(found: dict) -> bool:
        kind = found.get("type") or "text"
        if kind in {"checkbox", "radio"}:
            return "checked" in found
        return kind not in {"submit", "button", "file", "image", "reset"}

    def _put(self, name: str, value: str) -> None:
        self.form.fields.setdefault(name, []).append(value)

    def handle_data(self, data) -> None:
        if self.area and self.form:
            self.form.fields[self.area][-1] += data

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.select = ""


def forms_of(html: str) -> list[Form]:
    """Every form of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form_with(html: str, name: str) -> Form:
    """The first form of a page that has a field of this name."""
    return next(form for form in forms_of(html) if name in form.fields)
