"""Who may read which figures: the places of work a person's memberships cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, Q

from accounts.models import User
from beneficiaries.models import CountReport
from beneficiaries.models.report import LED, OWN
from programs.models import (
    FundedProject,
    Grant,
    GrantScope,
    Organisation,
    Program,
    ProgramSite,
    Site,
)
from reports.period import first_of_month

VIEW = "reports.view_figures"
# What a lead's coordinator holds over the programs it leads, partners' sites included.
LEAD = "beneficiaries.review_counts"


def own_rows(user: User) -> Q:
    """Rows with an organisation, a program and a site that the person's memberships cover."""
    return user.access.filter(VIEW, **OWN)


def led_rows(user: User) -> Q:
    """The same rows of partners, in programs that one's organisation leads."""
    return user.access.filter(LEAD, **LED)


def readable_reports(user: User) -> Q:
    """Count reports of one's own in any state; partners' once they are submitted."""
    return own_rows(user) | (led_rows(user) & Q(status__in=CountReport.SHOWN_TO_LEAD))


@dataclass(frozen=True)
class Place:
    """A site open for a program, as its organisation works there, between two days."""

    organisation_id: int
    program_id: int
    site_id: int
    start: dt.date | None
    end: dt.date | None

    def is_open_in(self, month: dt.date, after: dt.date) -> bool:
        """Open at least one day of the month that starts on `month` and ends before `after`."""
        return (self.start is None or self.start < after) and (self.end is None or self.end > month)


@dataclass(frozen=True)
class Cover:
    """What a grant pays for: a program, perhaps one site of it, for a share, over months."""

    scope: GrantScope

    @property
    def grant(self):
        return self.scope.grant

    @cached_property
    def start(self) -> dt.date:
        """The first month that the grant touches: it counts whole."""
        lower = self.scope.period.lower
        return first_of_month(lower) if lower else dt.date.min

    @cached_property
    def end(self) -> dt.date:
        return self.scope.period.upper or dt.date.max

    @property
    def days(self) -> tuple[dt.date | None, dt.date | None]:
        """Its first and its last day; None where it is open."""
        upper = self.scope.period.upper
        return self.scope.period.lower, upper and upper - dt.timedelta(days=1)

    def holds(self, program_id: int, site_id: int, month: dt.date) -> bool:
        return self.touches(program_id, site_id) and self.start <= month < self.end

    def touches(self, program_id: int, site_id: int) -> bool:
        return self.scope.program_id == program_id and self.scope.site_id in (None, site_id)

    @cached_property
    def condition(self) -> Q:
        """The count reports it covers."""
        site = Q(site=self.scope.site_id) if self.scope.site_id else Q()
        return site & Q(program=self.scope.program_id, month__gte=self.start, month__lt=self.end)


@dataclass(frozen=True)
class Visible:
    """Everything a person may choose from on the dashboard."""

    user: User
    places: list[Place]
    programs: dict[int, Program]
    sites: dict[int, Site]
    organisations: dict[int, Organisation]
    covers: list[Cover] = field(default_factory=list)

    def is_whole(self, program: Program) -> bool:
        """Whether the person reads all of a program, so that its own targets apply."""
        return self.user.access.covers(LEAD, [(program.organisation_id, program.pk, None)])


def visible(user: User) -> Visible:
    """The places, programs, sites, organisations and grants whose figures `user` may read."""
    rows = ProgramSite.objects.filter(own_rows(user) | led_rows(user)).order_by("pk")
    places = [
        Place(organisation_id, program_id, site_id, active.lower, active.upper)
        for organisation_id, program_id, site_id, active in rows.values_list(
            "organisation_id", "program_id", "site_id", "active"
        )
    ]
    programs = named(Program, {place.program_id for place in places})
    sites = named(Site, {place.site_id for place in places})
    organisations = named(Organisation, {place.organisation_id for place in places})
    return Visible(user, places, programs, sites, organisations, _covers(user, programs, sites))


def named(model: type[Model], keys: Collection[int]) -> dict:
    """Rows by key."""
    return {row.pk: row for row in rows_where(model, "id = ANY(%s)", [list(keys)])}


def rows_where(model: type[Model], condition: str, parameters: list) -> list:
    """Rows of a model by a condition in SQL: Django takes three times as long over its own.

    For models whose columns are read as they are, none of them sealed.
    """
    columns = [field.attname for field in model._meta.concrete_fields]
    statement = f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE {condition}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [model.from_db(DEFAULT_DB_ALIAS, columns, row) for row in cursor.fetchall()]


def _covers(user: User, programs: dict[int, Program], sites: dict[int, Site]) -> list[Cover]:
    """The grants over these programs and sites that `user` may see: never another funder's."""
    if not user.has_perm("programs.view_funding"):
        return []
    rows = GrantScope.objects.visible_to(user).filter(
        Q(site=None) | Q(site__in=list(sites)), program__in=list(programs)
    )
    found = list(rows.order_by("pk"))
    grants = _grants({row.grant_id for row in found})
    for row in found:
        row.grant = grants[row.grant_id]
        row.program, row.site = programs[row.program_id], sites.get(row.site_id)
    return [Cover(row) for row in found]


def _grants(keys: Collection[int]) -> dict[int, Grant]:
    """Grants by key, with their project and their funder."""
    if not keys:
        return {}
    grants = named(Grant, keys)
    projects = named(FundedProject, {grant.project_id for grant in grants.values()})
    funders = named(Organisation, {grant.funder_id for grant in grants.values()})
    for grant in grants.values():
        grant.project, grant.funder = projects[grant.project_id], funders[grant.funder_id]
    return grants
