"""Each rule of the tables of locks refuses what breaks it, in words."""

import datetime as dt

import pytest

from accounts.roles import Role
from beneficiaries.models import LockException, PeriodLock

from .factories import make_program, make_site, make_user
from .test_constraints_beneficiaries import REASON, refuses, with_fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def lock():
    """A valid lock of January 2026, not saved."""
    program = make_program()
    return PeriodLock(
        organisation=program.organisation,
        program=program,
        span=(dt.date(2026, 1, 1), dt.date(2026, 2, 1)),
        reason=REASON,
        locked_by=make_user(Role.COORDINATOR, program.organisation),
    )


def test_a_lock_is_of_a_program_of_the_organisation(lock):
    refuses("periodlock_partnership", with_fields(lock, program=make_program()))


def test_a_lock_says_why(lock):
    refuses("periodlock_says_why", with_fields(lock, reason="because"))


def test_a_lock_holds_whole_months(lock):
    first, middle = dt.date(2026, 1, 1), dt.date(2026, 1, 15)
    refuses("periodlock_whole_months", with_fields(lock, span=(first, middle)))
    refuses("periodlock_span_not_empty", with_fields(lock, span=(first, first)))


def test_an_exception_is_of_its_lock_and_organisation(lock):
    lock.save()
    site = make_site(lock.organisation)
    fields = {
        "organisation": lock.organisation,
        "lock": lock,
        "site": site,
        "month": dt.date(2026, 1, 1),
        "until": dt.date(2026, 3, 1),
        "reason": REASON,
        "granted_by": lock.locked_by,
    }
    LockException.objects.create(**fields)
    refuses("lockexception_once", LockException(**fields).save)
    other = fields | {"site": make_site(lock.organisation)}
    refuses("lockexception_says_why", LockException(**other | {"reason": "no"}).save)
    middle = other | {"month": dt.date(2026, 1, 2)}
    refuses("lockexception_month_starts_on_the_first", LockException(**middle).save)
    refuses("lockexception_site", LockException(**other | {"site": make_site()}).save)
    stray = make_site()
    foreign = other | {"organisation": stray.organisation, "site": stray}
    refuses("lockexception_lock", LockException(**foreign).save)
