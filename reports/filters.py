"""The filter bar of the dashboard: what is chosen, what may be, and links that keep it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from . import figures, period
from .figures import Selection
from .figures.selection import Choice


@dataclass(frozen=True)
class FilterBar:
    """What the form shows, and what the page's links carry on."""

    selection: Selection
    groups: list[period.Group]
    menus: list[Choice]
    sentences: list[str]

    @property
    def first_month(self) -> str:
        return f"{self.selection.period.start:%Y-%m}"

    @property
    def last_month(self) -> str:
        return f"{self.selection.period.last_month:%Y-%m}"

    @cached_property
    def query(self) -> str:
        return urlencode(self.selection.query)

    @property
    def other_state(self) -> str:
        """The same question, with or without what is not yet approved."""
        kept = {name: value for name, value in self.selection.query.items() if name != "state"}
        return urlencode(kept if self.selection.with_unapproved else {**kept, "state": "all"})

    @property
    def is_listed(self) -> bool:
        """Whether the period's menu has the chosen period."""
        code = self.selection.period.code
        fixed = {period.DEFAULT, period.RANGE}
        return code in fixed or any(code == c for g in self.groups for c, _label in g.options)

    @property
    def notices(self) -> list[str]:
        """What was asked for and left out."""
        found = []
        if self.selection.period.is_fallback:
            found.append(_("This period cannot be read: here are the last 12 months."))
        if self.selection.ignored:
            found.append(_("Part of this choice is not visible to you: it was left out."))
        return found


def filter_bar(selection: Selection) -> FilterBar:
    periods = period.choices(selection.period.now, figures.fiscal_starts(selection))
    menus = figures.choices(selection)
    return FilterBar(selection, periods, menus, figures.sentences(selection, menus))
