"""Entries of the journal in words: names of people and organisations instead of their keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model

from .journal import reason_in_words
from .models import JournalEntry
from .words import FACTS, KINDS, Kind, action_name, fact_in_words, fact_name, object_name


@dataclass(frozen=True)
class Line:
    """One entry as it is read: who, what, on which object."""

    entry: JournalEntry
    person: Model | None
    organisation: Model | None

    @property
    def action(self) -> str:
        return action_name(self.entry.action)

    @property
    def kind(self) -> str:
        return KINDS.get(self.entry.action, Kind.CHANGED)

    @property
    def about(self) -> str:
        """The object as the filter takes it; "" for none, or for one that was erased."""
        entry = self.entry
        return f"{entry.target_type}:{entry.target_id}" if entry.target_id else ""

    @property
    def object_name(self) -> str:
        return object_name(self.entry.target_type) if self.entry.target_type else ""

    @property
    def shown_as(self) -> str:
        """The kind of what was shown, where the entry says it."""
        what = str((self.entry.details or {}).get("what", ""))
        return {"account": "user"}.get(what, what)

    @property
    def reason(self) -> str:
        return reason_in_words(self.entry)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The details in words, each with what it is called."""
        kind, details = self.entry.target_type, self.entry.details or {}
        known = [key for key in FACTS if key in details]
        keys = [*known, *sorted(details.keys() - FACTS.keys())]
        return [(fact_name(key), fact_in_words(key, details[key], kind)) for key in keys]

    @property
    def is_erased(self) -> bool:
        return self.entry.target_id is None


def lines_of(entries: Iterable[JournalEntry]) -> list[Line]:
    """The entries with their names, in two queries whatever their number."""
    entries = list(entries)
    people = _by_key(get_user_model(), {entry.user_id for entry in entries})
    organisation = apps.get_model("programs.Organisation")
    organisations = _by_key(organisation, {entry.organisation_id for entry in entries})
    return [
        Line(entry, people.get(entry.user_id), organisations.get(entry.organisation_id))
        for entry in entries
    ]


def _by_key(model: type[Model], keys: set) -> dict:
    return model._default_manager.in_bulk(keys - {None})
