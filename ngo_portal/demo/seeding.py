"""The demonstration, family by family, each in one transaction: a stop loses one at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from audit.scope import scope
from programs.actions import load_standard_catalogue
from programs.models import Organisation

from . import accounts, awkward, catalogue, reports
from .calendar import Calendar
from .shapes import Family


@dataclass(frozen=True)
class Made:
    """How many rows of each kind a family brought."""

    organisations: int
    programs: int
    sites: int
    accounts: int
    reports: int


def start() -> bool:
    """The platform's account and the standard catalogue; False if they are there.

    Raises ValidationError when the database holds other data than the demonstration.
    """
    if User.objects.filter(email=accounts.PLATFORM).exists():
        return False
    with scope():
        by = accounts.make_platform()
        load_standard_catalogue(by=by)
    return True


def is_there(family: Family) -> bool:
    return Organisation.objects.filter(code=family.organisations[0].code).exists()


@transaction.atomic
def make(family: Family, calendar: Calendar, tell: Callable[[int], None]) -> Made:
    """All the rows of a family."""
    with accounts.acting(accounts.user(accounts.PLATFORM)):
        catalogue.make(family, calendar)
        people = accounts.make(family, calendar)
    written = reports.make(family, calendar, tell)
    if family.is_invented:
        awkward.finish(family, calendar)
    return Made(
        len(family.organisations), len(family.programs), len(family.places), people, written
    )
