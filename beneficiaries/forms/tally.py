"""The form of a tally sheet: one number for each indicator and cell, a note."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beneficiaries.actions.tally import MOST
from beneficiaries.models import TallySheet
from beneficiaries.sheet import Column, Row
from programs.models import Category, Indicator

Key = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One number to give, and what somebody else gave meanwhile, if it differs."""

    column: Column
    field: forms.BoundField
    theirs: int | None


@dataclass(frozen=True)
class Group:
    """The lines of one first category (girls, boys…); folded while it is of the unknown."""

    name: str
    is_folded: bool
    lines: list[Line]


@dataclass(frozen=True)
class Section:
    """An indicator with its lines."""

    indicator: Indicator
    groups: list[Group]

    @property
    def total(self) -> int:
        """Of what may be kept: a mistake, or a million digits, stays in its field alone."""
        texts = [str(line.field.value()) for group in self.groups for line in group.lines]
        numbers = [int(text) for text in texts if re.fullmatch(r"\d{1,5}", text)]
        return sum(number for number in numbers if number <= MOST)


def name_of(key: Key) -> str:
    return f"n{key[0]}_{key[1]}"


class TallyForm(forms.Form):
    """An empty number is zero."""

    most = MOST

    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("What explains these numbers. Never the name of anyone you met."),
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
    )
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args, rows: list[Row], sheet: TallySheet | None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.saved, self.theirs, self.their_note = rows, _values(sheet), {}, ""
        self.keys = {name_of(key): key for key in _keys(rows)}
        for row in rows:
            for column in row.columns:
                key = (row.indicator.pk, column.cell_id)
                self.fields[name_of(key)] = _number(f"{row.indicator} – {column.label}")
                self.initial[name_of(key)] = self.saved.get(key) or None
        self.initial["revision"] = sheet.revision if sheet else 0
        self.initial["note"] = sheet.note if sheet else ""

    @property
    def entry(self) -> dict:
        """What the action takes."""
        return {
            "values": {key: self.cleaned_data[name] or 0 for name, key in self.keys.items()},
            "note": self.cleaned_data["note"],
            "revision": self.cleaned_data["revision"] or 0,
        }

    @property
    def sections(self) -> Iterator[Section]:
        for row in self.rows:
            columns = groupby(row.columns, _first_category)
            yield Section(
                row.indicator,
                [self._group(row, category, list(own)) for category, own in columns],
            )

    def show_theirs(self, sheet: TallySheet) -> None:
        """Put another person's numbers beside these, ready to be saved over them knowingly."""
        saved = _values(sheet)
        mine = self.entry["values"]
        self.theirs = {key: saved.get(key, 0) for key in mine if mine[key] != saved.get(key, 0)}
        self.their_note = sheet.note if sheet.note != self.entry["note"] else ""
        self.data = self.data.copy()
        self.data["revision"] = str(sheet.revision)
        self.add_error(
            None,
            _(
                "%(person)s saved this sheet meanwhile. Their numbers stand beside yours where "
                "they differ; save again to keep yours."
            )
            % {"person": sheet.entered_by},
        )

    def _group(self, row: Row, category: Category | None, columns: list[Column]) -> Group:
        lines = [
            Line(column, self[name_of(key)], self.theirs.get(key))
            for column in columns
            for key in [(row.indicator.pk, column.cell_id)]
        ]
        if category is None:
            return Group("", is_folded=False, lines=lines)
        is_empty = not any(line.field.value() or line.field.errors for line in lines)
        is_folded = category.is_unknown and is_empty and not self.theirs
        return Group(str(category), is_folded=is_folded, lines=lines)


def _first_category(column: Column) -> Category | None:
    """What a column stands under; nothing when it is counted by one dimension only."""
    return column.categories[0] if len(column.categories) > 1 else None


def _number(label: str) -> forms.IntegerField:
    attributes = {
        "inputmode": "numeric",
        "pattern": "[0-9]*",
        "autocomplete": "off",
        "maxlength": 5,
    }
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST,
        widget=forms.TextInput(attrs=attributes | {"class": "tally-number", "placeholder": "0"}),
        error_messages={
            "invalid": gettext_lazy("Give a whole number."),
            "max_value": gettext_lazy("Give a number of at most 10 000."),
        },
    )


def _keys(rows: list[Row]) -> Iterator[Key]:
    return ((row.indicator.pk, column.cell_id) for row in rows for column in row.columns)


def _values(sheet: TallySheet | None) -> dict[Key, int]:
    if sheet is None:
        return {}
    return {(count.indicator_id, count.cell_id): count.value for count in sheet.counts.all()}
