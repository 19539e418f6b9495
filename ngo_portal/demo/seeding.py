"""The demonstration, family by family and month by month; what was interrupted goes on later."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass

from django.db import connection, connections
from django.utils import translation

from accounts.models import User
from audit import journal, reading
from audit.scope import PLATFORM, scope, within
from ngo_portal.launch.processes import end_with_parent
from programs.actions import load_standard_catalogue
from programs.models import Organisation

from . import accounts, awkward, catalogue, families, reports
from .calendar import Calendar
from .shapes import Family

MOST_PROCESSES = 2
DONE = "seed"
# A number of ours among the locks of the database, and that of the first step.
LOCK, START = 2026, -1
# Objects between two searches for unused ones: a tenth of the time otherwise goes there.
RARELY = 200_000
# Reports made so far by all processes, for the progress line.
done = multiprocessing.Value("i", 0)


@dataclass(frozen=True)
class Made:
    """A family with how many rows of each kind it brought; None when it was there."""

    family: str
    programs: int = 0
    sites: int = 0
    accounts: int = 0
    reports: int | None = None


def start() -> bool:
    """The platform's account and the standard catalogue; False if they are there.

    Raises ValidationError when the database holds other data than the demonstration.
    """
    with scope(powers=[PLATFORM]):
        hold("pg_advisory_xact_lock", START)
        if User.objects.filter(email=accounts.PLATFORM).exists():
            return False
        by = accounts.make_platform()
        load_standard_catalogue(by=by)
    return True


def hold(lock: str, number: int) -> None:
    """Let two runs at once take turns: the second finds what the first made."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s, %s)", [LOCK, number])


def is_there(family: Family) -> bool:
    """Whether a family was made to its end."""
    first = Organisation.objects.filter(code=family.organisations[0].code).values("pk").first()
    if first is None:
        return False
    with reading.whole() as entries:
        ends = entries.filter(action=DONE, target_type="organisation")
        return ends.filter(target_id=str(first["pk"])).exists()


def calendar() -> Calendar:
    """The day the demonstration began: what was interrupted goes on as if it were that day."""
    with reading.whole() as entries:
        return Calendar(entries.filter(action="bootstrap").earliest("at").at)


def make_all(calendar: Calendar, tell: Callable[[int], None]) -> Iterator[Made]:
    """Every family as it is done, two at a time; `tell` hears how many reports are there."""
    yield make_or_keep(families.ALL[0], calendar)
    if all(is_there(family) for family in families.ALL):
        yield from (Made(family.title[1]) for family in families.ALL[1:])
        return
    for each in connections.all(initialized_only=True):
        each.close()
        each.close_pool()
    processes = min(MOST_PROCESSES, os.cpu_count() or 1)
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, fork, initializer=end_with_parent()) as pool:
        waiting = {pool.submit(make_chain, n, calendar) for n in range(len(families.CHAINS))}
        while waiting:
            finished, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
            tell(done.value)
            for future in finished:
                yield from future.result()


def make_chain(number: int, calendar: Calendar) -> list[Made]:
    """The families of one chain, in a process of their own.

    Nothing waits for the disk: what a crash of the machine loses, the next run makes.
    """
    gc.set_threshold(RARELY)
    hold("pg_advisory_lock", number)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    with translation.override("en"):
        return [make_or_keep(family, calendar) for family in families.CHAINS[number]]


def make_or_keep(family: Family, calendar: Calendar) -> Made:
    return Made(family.title[1]) if is_there(family) else make(family, calendar)


def make(family: Family, calendar: Calendar) -> Made:
    """All the rows of a family: the catalogue and the accounts at once, then month by month.

    A month is one transaction. In a longer one each savepoint would add to the locks that
    foreign keys keep on the catalogue's rows, and the last reports would take ten times longer.
    """
    by = accounts.user(accounts.PLATFORM)
    people = len(accounts.accounts_of(family))
    if not Organisation.objects.filter(code=family.organisations[0].code).exists():
        with accounts.acting(by):
            catalogue.make_organisations(family)
            with within(*catalogue.organisation_ids(family)):
                catalogue.make(family, calendar)
                accounts.make(family, calendar)
    written = reports.make(family, calendar, count_one)
    with accounts.acting(by), within(*catalogue.organisation_ids(family)):
        awkward.finish(family, calendar)
        journal.record(DONE, catalogue.organisation(family.organisations[0].code), by=by)
    title, programs, sites = family.title[1], len(family.programs), len(family.places)
    return Made(title, programs, sites, people, written)


def count_one() -> None:
    with done.get_lock():
        done.value += 1
