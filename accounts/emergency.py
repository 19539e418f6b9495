"""What whoever reviews emergency access reads of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Count, Max, Min, Model, QuerySet
from django.http import HttpRequest

from accounts.models import Elevation, User
from audit import reading
from audit.lines import Line, lines_of
from audit.words import model_of
from programs.views.pages import page_of

ABOUT = ("action", "target_type", "target_id")


@dataclass
class Done:
    """One thing that was done to one object, however often: many lines bury no other one."""

    first: int
    begun_at: dt.datetime
    ended_at: dt.datetime
    times: int
    line: Line | None = None
    # Where the reader may open it.
    row: Model | None = None

    @property
    def url(self) -> str:
        return getattr(self.row, "get_absolute_url", lambda: "")() if self.row else ""

    @property
    def site(self) -> Model | None:
        return getattr(self.row, "site", None)

    @property
    def month(self) -> dt.date | None:
        return getattr(self.row, "month", None)


@dataclass(frozen=True)
class Review:
    """A page of what was done, and how many lines of the journal say so."""

    page: Page
    lines: int


def done_under(elevation: Elevation, request: HttpRequest) -> Review:
    """What the journal says was done under it, all of it, page by page in its order."""
    with reading.of_organisations([elevation.organisation_id]) as entries:
        found = entries.under(elevation.pk, by=elevation.user_id, since=elevation.starts_at)
        things = _things(found)
        page = page_of(things, request)
        kept = entries.filter(pk__in=[done.first for done in page.object_list])
        lines = {line.entry.pk: line for line in lines_of(kept)}
    for done in page.object_list:
        done.line = lines[done.first]
    _find_rows(page.object_list, request.user)
    return Review(page, sum(done.times for done in things))


def _things(found: QuerySet) -> list[Done]:
    groups = found.order_by().values(*ABOUT)
    things = groups.values_list(Min("pk"), Min("at"), Max("at"), Count("pk"))
    return sorted((Done(*thing) for thing in things), key=lambda done: done.first)


def _find_rows(things: list[Done], reader: User) -> None:
    """The objects that the reader may see, one question a kind; of people none is named here."""
    by_kind: dict[str, list[Done]] = {}
    for done in things:
        by_kind.setdefault(done.line.entry.target_type, []).append(done)
    for kind, dones in by_kind.items():
        model = model_of(kind)
        if model in (None, User, Elevation) or not hasattr(model._default_manager, "visible_to"):
            continue
        keys = {done.line.entry.target_id for done in dones}
        seen = model._default_manager.visible_to(reader).filter(pk__in=keys)
        if any(field.name == "site" for field in model._meta.fields):
            seen = seen.select_related("site")
        rows = {str(row.pk): row for row in seen}
        for done in dones:
            done.row = rows.get(done.line.entry.target_id)
