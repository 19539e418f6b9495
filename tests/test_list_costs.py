"""Lists outside the catalogue cost the same for one row and for many."""

import datetime as dt

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import sessions
from accounts.arrival import name_of
from accounts.roles import Role
from beneficiaries.models import LockException, PeriodLock
from tests.factories import make_program_site, make_user
from tests.signing import SignedClient

pytestmark = pytest.mark.django_db


def cost(client, name: str) -> int:
    address = reverse(name)
    client.get(address)
    with CaptureQueriesContext(connection) as sent:
        assert client.get(address).status_code == 200
    return len(sent)


def make_lock(place, person, year: int) -> PeriodLock:
    """A locked year with an exception for one site."""
    lock = PeriodLock.objects.create(
        organisation=place.organisation,
        program=place.program,
        span=(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)),
        reason="The auditors have passed.",
        locked_by=person,
    )
    LockException.objects.create(
        organisation=place.organisation,
        lock=lock,
        site=place.site,
        month=dt.date(year, 1, 1),
        until=dt.date(2090, 1, 1),
        reason="One sheet was found late.",
        granted_by=person,
    )
    return lock


def test_the_locked_months_come_page_by_page_at_one_cost(client):
    place = make_program_site()
    person = make_user(Role.COORDINATOR, place.organisation)
    client.force_login(person)
    make_lock(place, person, 1900)
    one = cost(client, "period_locks")
    for year in range(1901, 1960):
        make_lock(make_program_site(place.program), person, year)
    assert cost(client, "period_locks") == one
    first = client.get(reverse("period_locks"))
    assert len(first.context["page"]) == 50
    assert "?page=2" in first.content.decode()
    last = client.get(reverse("period_locks"), {"page": 2})
    assert len(last.context["page"]) == 10


def test_ones_own_sessions_are_read_together(client):
    person = make_user()
    client.force_login(person)

    def listed_in(browser) -> None:
        UserSession.objects.create(
            user=person,
            session_key=name_of(browser.session.session_key),
            ip="127.0.0.1",
            user_agent="Mozilla/5.0 Firefox/140.0",
        )

    listed_in(client)
    one = cost(client, "own_sessions")
    for _other in range(5):
        browser = SignedClient()
        browser.force_login(person)
        listed_in(browser)
    assert len(sessions.of(person, client.session.session_key)) == 6
    assert cost(client, "own_sessions") == one
