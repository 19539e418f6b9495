"""What one person may reach: their memberships of the day, asked in two ways.

`covers` answers for one object, `filter` for a query. Programs, sites and roles are decided
here; organisations are decided once more by the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, reduce
from operator import or_

from django.db.models import Q

from audit.scope import PLATFORM
from programs.rights import MANAGE_ORGANISATIONS

from .roles import GRANTED_BY

# Where a right may come from: an organisation, perhaps one program or one site of it.
Place = tuple[int, int | None, int | None]
NEVER = Q(pk__in=[])


class Access:
    """The memberships of a person that hold today, and what they allow.

    Emergency access stands beside them like one more membership, as long as one holds in the
    same organisation.
    """

    def __init__(self, memberships: Iterable, elevations: Iterable = ()) -> None:
        self.memberships = tuple(memberships)
        own = {m.organisation_id for m in self.memberships}
        self.elevation = next((e for e in elevations if e.organisation_id in own), None)
        self.held = (*self.memberships, self.elevation) if self.elevation else self.memberships

    @cached_property
    def organisation_ids(self) -> frozenset[int]:
        return frozenset(m.organisation_id for m in self.memberships)

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(m.role for m in self.memberships)

    @cached_property
    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(m.permissions for m in self.held))

    def holding(self, permission: str) -> list:
        """The memberships, or the emergency access, that hold `permission`."""
        return [m for m in self.held if permission in m.permissions]

    def organisations_with(self, permission: str) -> frozenset[int]:
        """Organisations in the whole of which, or in a part of which, `permission` is held."""
        return frozenset(m.organisation_id for m in self.holding(permission))

    def gives(self, organisation_id: int) -> frozenset[str]:
        """The roles that this person's own roles let them give in an organisation."""
        own = (m.role for m in self.memberships if m.organisation_id == organisation_id)
        return frozenset().union(*(GRANTED_BY.get(role, ()) for role in own))

    def within(self, organisation_id: int) -> Access:
        """What they allow in one organisation alone."""
        return Access(m for m in self.memberships if m.organisation_id == organisation_id)

    @property
    def powers(self) -> frozenset[str]:
        """What the database lets this person do beyond their organisations."""
        return frozenset({PLATFORM} if MANAGE_ORGANISATIONS in self.permissions else ())

    @property
    def time_zone(self) -> str:
        return self.memberships[0].organisation.time_zone if self.memberships else "UTC"

    def covers(self, permission: str, places: Iterable[Place]) -> bool:
        """Whether a membership that holds `permission` covers one of `places`."""
        held = self.holding(permission)
        return any(_covers(membership, place) for place in places for membership in held)

    def organisations_covering(self, permission: str, places: Iterable[Place]) -> set[int]:
        """By the right of which organisations a person acts on what lies in `places`."""
        return {place[0] for place in places if self.covers(permission, [place])}

    def filter(self, permission: str, *, organisation: str, program: str = "", site: str = "") -> Q:
        """Rows that the memberships holding `permission` cover.

        The arguments are the row's paths to an organisation, a program and a site; a narrower
        membership reaches nothing in rows that have no path of its kind.
        """
        covered = []
        for membership in self.holding(permission):
            narrower = ((program, membership.program_id), (site, membership.site_id))
            asked = {path: value for path, value in narrower if value is not None}
            if all(asked):
                covered.append(Q(**{organisation: membership.organisation_id}, **asked))
        return reduce(or_, covered) if covered else NEVER


def _covers(membership, place: Place) -> bool:
    organisation_id, program_id, site_id = place
    return (
        membership.organisation_id == organisation_id
        and membership.program_id in (None, program_id)
        and membership.site_id in (None, site_id)
    )
