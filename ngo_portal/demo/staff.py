"""Who enters the counts of a site and who reviews them, among the demonstration's accounts."""

from __future__ import annotations

from accounts.roles import Role

from . import accounts, families
from .shapes import Account, Prog, Work

ENTERS = (Role.FIELD_WORKER, Role.PARTNER, Role.CASE_WORKER)
REVIEWS = (Role.COORDINATOR,)


def enters(prog: Prog, work: Work) -> str:
    """The e-mail of who types a site's counts: the closest to the site."""
    owner = next(
        place.organisation
        for family in families.ALL
        for place in family.places
        if place.code == work.site
    )
    return _closest(prog, owner, work.site, ENTERS)


def reviews(prog: Prog) -> str:
    """The e-mail of who approves: a coordinator of the lead."""
    return _closest(prog, prog.lead, "", REVIEWS)


def _closest(prog: Prog, organisation: str, site: str, roles: tuple[str, ...]) -> str:
    able = [
        account
        for family in families.ALL
        for account in accounts.accounts_of(family)
        if account.organisation == organisation
        and account.role in roles
        and account.site in ("", site)
        and (not account.programs or prog.code in account.programs)
    ]
    return accounts.email_of(min(able, key=_distance(roles)))


def _distance(roles: tuple[str, ...]):
    """The narrower the account, the closer; of two alike, the role that comes first."""

    def distance(account: Account) -> tuple[bool, bool, int]:
        return not account.site, not account.programs, roles.index(account.role)

    return distance
