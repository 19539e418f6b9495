"""The filter bar of the dashboard: what is chosen, what may be, and links that keep it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from . import figures
from . import period as periods
from .figures import Selection
from .figures.selection import Choice


@dataclass(frozen=True)
class Field:
    """One field of the period: what stands in it, and what is wrong with that."""

    name: str
    label: str
    text: str
    error: str

    @property
    def is_month(self) -> bool:
        """Whether the browser's own field for months can hold it: any other text it would drop."""
        return not self.text or periods.month_of(self.text) is not None


@dataclass(frozen=True)
class FilterBar:
    """What the form shows, and what the page's links carry on."""

    selection: Selection
    groups: list[periods.Group]
    menus: list[Choice]
    sentences: list[str]

    @cached_property
    def period(self) -> Field:
        return self._field("period", _("Period"), self.selection.period.code)

    @cached_property
    def first_month(self) -> Field:
        return self._field("from", _("First month"), f"{self.selection.period.start:%Y-%m}")

    @cached_property
    def last_month(self) -> Field:
        return self._field("to", _("Last month"), f"{self.selection.period.last_month:%Y-%m}")

    def _field(self, name: str, label: str, shown: str) -> Field:
        """What was typed, where it cannot be read; otherwise what is shown."""
        chosen = self.selection.period
        return Field(name, label, chosen.typed.get(name, shown), chosen.errors.get(name, ""))

    @property
    def mistakes(self) -> list[Field]:
        fields = (self.period, self.first_month, self.last_month)
        return [field for field in fields if field.error]

    @cached_property
    def query(self) -> str:
        """The question of the figures that are shown."""
        return urlencode(self.selection.query)

    @cached_property
    def typed_query(self) -> str:
        """The same with what was typed in the period, for links that come back to its fields."""
        return urlencode(self.selection.query | self.selection.period.typed)

    @property
    def other_state(self) -> str:
        """The same question, with or without what is not yet approved."""
        asked = self.selection.query | self.selection.period.typed
        kept = {name: value for name, value in asked.items() if name != "state"}
        return urlencode(kept if self.selection.with_unapproved else {**kept, "state": "all"})

    @property
    def is_listed(self) -> bool:
        """Whether the period's menu has the chosen period."""
        code, fixed = self.period.text, {periods.DEFAULT, periods.RANGE}
        return code in fixed or any(code == c for g in self.groups for c, _label in g.options)


def filter_bar(selection: Selection) -> FilterBar:
    groups = periods.choices(selection.period.now, figures.fiscal_starts(selection))
    menus = figures.choices(selection)
    return FilterBar(selection, groups, menus, figures.sentences(selection, menus))
