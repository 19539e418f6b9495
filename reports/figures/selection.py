"""What is asked of the figures: a period and filters, each narrowed to what one may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries.models import CountReport
from programs.alphabet import place_of
from programs.models import Pillar, Program
from reports import period as periods
from reports.period import Period

from .scope import Cover, Place, Visible, readable_reports, visible

FILTERS = ("organisation", "program", "project", "site", "funder", "pillar")
UNAPPROVED = "all"


@dataclass(frozen=True)
class Selection:
    """A question to the figures, already narrowed to what its asker may read."""

    visible: Visible
    period: Period
    now: dt.datetime
    # Filter → key of the chosen object; absent when nothing is chosen.
    chosen: Mapping[str, int | str]
    # Filters whose value is not visible to the asker: left out.
    ignored: tuple[str, ...] = ()
    with_unapproved: bool = False

    @cached_property
    def days(self) -> dict[str, dt.date]:
        """Time zone → the day it is there."""
        zones = {site.time_zone for site in self.visible.sites.values()}
        return {zone: self.now.astimezone(ZoneInfo(zone)).date() for zone in zones}

    def day_at(self, site_id: int) -> dt.date:
        """The day where a site is: by it a month is over and a report late, as on the board."""
        return self.days[self.visible.sites[site_id].time_zone]

    @cached_property
    def covers(self) -> list[Cover] | None:
        """The grants of the chosen project or funder; None when neither is chosen."""
        project, funder = self.chosen.get("project"), self.chosen.get("funder")
        if not project and not funder:
            return None
        return [
            cover
            for cover in self.visible.covers
            if project in (None, cover.grant.project_id) and funder in (None, cover.grant.funder_id)
        ]

    @cached_property
    def places(self) -> list[Place]:
        """The sites of programs that the filters keep."""
        return [place for place in self.visible.places if self._keeps(place)]

    def _keeps(self, place: Place) -> bool:
        chosen, program = self.chosen, self.visible.programs[place.program_id]
        return (
            chosen.get("organisation") in (None, place.organisation_id)
            and chosen.get("program") in (None, place.program_id)
            and chosen.get("site") in (None, place.site_id)
            and chosen.get("pillar") in (None, program.pillar)
            and (
                self.covers is None
                or any(cover.touches(place.program_id, place.site_id) for cover in self.covers)
            )
        )

    @cached_property
    def programs(self) -> list[Program]:
        """The programs that the filters keep, in the order of their organisation and code."""
        kept = {place.program_id for place in self.places}
        return sorted(
            (self.visible.programs[key] for key in kept), key=lambda p: (p.organisation_id, p.code)
        )

    @property
    def query(self) -> dict[str, str]:
        """The question as a query string says it, without what was left out."""
        found = {"period": self.period.code}
        if self.period.code == periods.RANGE:
            found["from"] = f"{self.period.start:%Y-%m}"
            found["to"] = f"{self.period.last_month:%Y-%m}"
        found |= {name: str(key) for name, key in self.chosen.items()}
        return found | ({"state": UNAPPROVED} if self.with_unapproved else {})

    def is_whole(self, program: Program) -> bool:
        """Whether all of a program is asked for and readable: its own targets apply."""
        narrowed = {"organisation", "site"} & self.chosen.keys()
        return not narrowed and self.visible.is_whole(program)

    def holds(self, program_id: int, site_id: int, month: dt.date) -> bool:
        """Whether the chosen grants, if any, cover that month of that site."""
        return self.covers is None or any(
            cover.holds(program_id, site_id, month) for cover in self.covers
        )

    @property
    def made_of(self) -> dict[str, list]:
        """What its figures are of, by keys: sites of programs, and programs with their targets."""
        places = {(one.organisation_id, one.program_id, one.site_id) for one in self.places}
        whole = [program.pk for program in self.programs if self.is_whole(program)]
        return {"places": sorted(map(list, places)), "whole": whole}

    def opens(self, held: Mapping[str, list]) -> bool:
        """Whether its asker reads all of that: places, targets and count reports."""
        own = self.made_of
        if not all(one in own[name] for name in own for one in held[name]):
            return False
        reports = CountReport.objects.filter(
            readable_reports(self.visible.user), pk__in=held["reports"]
        )
        return reports.count() == len(held["reports"])

    def reports(self, start: dt.date, end: dt.date):
        """Count reports of the question from one month up to another, superseded ones left out.

        The list of programs repeats what the rights say, and lets an index answer.
        """
        rows = CountReport.objects.filter(
            readable_reports(self.visible.user),
            program__in=[program.pk for program in self.programs],
            month__gte=start,
            month__lt=end,
        ).exclude(status=CountReport.Status.SUPERSEDED)
        for name in ("organisation", "site"):
            if name in self.chosen:
                rows = rows.filter(**{name: self.chosen[name]})
        if self.covers is not None:
            covered = Q(pk__in=[])
            for cover in self.covers:
                covered |= cover.condition
            rows = rows.filter(covered)
        return rows


def select(user: User, query: Mapping[str, str], now: dt.datetime | None = None) -> Selection:
    """Read a query string; what cannot be read or seen is left out and noted."""
    now = now or timezone.now()
    seen = visible(user)
    keys = _visible_keys(seen)
    chosen, ignored = {}, []
    for name in FILTERS:
        text = (query.get(name) or "").strip()
        key = _key(name, text)
        if key in keys[name]:
            chosen[name] = key
        elif text:
            ignored.append(name)
    return Selection(
        seen,
        periods.parse(query, timezone.localdate(now)),
        now,
        chosen,
        tuple(ignored),
        query.get("state") == UNAPPROVED,
    )


def _key(name: str, text: str) -> int | str | None:
    if name == "pillar":
        return text or None
    return read_key(text)


def read_key(text: str) -> int | None:
    """The key of a row as an address holds it; None for anything that no row can have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _visible_keys(seen: Visible) -> dict[str, set]:
    return {
        "organisation": set(seen.organisations),
        "program": set(seen.programs),
        "site": set(seen.sites),
        "pillar": {program.pillar for program in seen.programs.values()},
        "project": {cover.grant.project_id for cover in seen.covers},
        "funder": {cover.grant.funder_id for cover in seen.covers},
    }


@dataclass(frozen=True)
class Choice:
    """One menu of the filter bar: (key, label, whether chosen)."""

    name: str
    label: str
    everything: str
    options: list[tuple[int | str, str, bool]]

    @property
    def text(self) -> str:
        """What is chosen, in words."""
        return next((label for _key, label, is_chosen in self.options if is_chosen), "")


def choices(selection: Selection) -> list[Choice]:
    """The menus of the filter bar; one that leaves no choice is not shown."""
    seen = selection.visible
    grants = [cover.grant for cover in seen.covers]
    menus = [
        ("organisation", _("Organisation"), _("All organisations"), seen.organisations.items()),
        ("program", _("Program"), _("All programs"), seen.programs.items()),
        ("site", _("Site"), _("All sites"), seen.sites.items()),
        ("pillar", _("Pillar"), _("All pillars"), _pillars(seen)),
        ("project", _("Project"), _("All projects"), {(g.project_id, g.project) for g in grants}),
        ("funder", _("Funder"), _("All funders"), {(g.funder_id, g.funder) for g in grants}),
    ]
    built = (_choice(*menu, selection.chosen) for menu in menus)
    return [menu for menu in built if len(menu.options) > 1 or menu.text]


def _pillars(seen: Visible) -> set[tuple[str, str]]:
    return {(key, Pillar(key).label) for key in {p.pillar for p in seen.programs.values()}}


def _choice(name, label, everything, pairs, chosen: Mapping) -> Choice:
    texts = sorted(((key, str(text)) for key, text in pairs), key=_by_text)
    return Choice(
        name, label, everything, [(key, text, chosen.get(name) == key) for key, text in texts]
    )


def _by_text(pair: tuple[int | str, str]) -> str:
    return place_of(pair[1])


def fiscal_starts(selection: Selection) -> set[int]:
    """Months in which the visible grants begin: their funders' years."""
    lowers = (cover.grant.period.lower for cover in selection.visible.covers)
    return {lower.month for lower in lowers if lower}


def sentences(selection: Selection, menus: list[Choice] | None = None) -> list[str]:
    """The question in words, for print, exports and the page's head."""
    menus = choices(selection) if menus is None else menus
    texts = [selection.period.label_and_span]
    texts += [menu.text for menu in menus if menu.text]
    if selection.with_unapproved:
        texts.append(_("Figures not yet approved included"))
    return texts
