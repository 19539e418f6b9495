"""The pages on which months are locked, freed for a site, and opened again."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from beneficiaries.actions import lock as locks
from beneficiaries.models import LockException, PeriodLock
from programs.months import month_after

from .factories import make_membership, make_program, make_program_site, make_user

pytestmark = pytest.mark.django_db
REASON = "The report was sent to the funder."


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def coordinator(place, client):
    user = make_user(Role.COORDINATOR, place.organisation)
    client.force_login(user)
    return user


@pytest.fixture
def month():
    return timezone.localdate().replace(day=1)


@pytest.fixture
def lock(place, coordinator, month):
    return locks.lock_months(
        organisation=place.organisation,
        program=None,
        first=month,
        last=month,
        reason=REASON,
        by=coordinator,
    )


def is_refused_at(page: str, field: str, message: str) -> bool:
    """In the summary, with a link to the field, and beside the field, which is marked."""
    marked = page.split(f'id="id_{field}"')[0].rsplit("<", 1)[1]
    return (
        f'<a href="#id_{field}"' in page
        and page.count(message) == 2
        and "is-invalid" in marked
        and 'aria-invalid="true"' in page
    )


def test_a_coordinator_locks_and_frees_on_screen(client, place, coordinator, month):
    fields = {"organisation": place.organisation.pk, "first": month, "last": month}
    page = client.post(reverse("period_lock"), fields | {"reason": "short"}).content.decode()
    assert "at least 10 characters" in page
    client.post(reverse("period_lock"), fields | {"reason": REASON})
    lock = PeriodLock.objects.get()
    exception = {"site": place.site.pk, "month": month, "until": timezone.localdate()}
    client.post(reverse("lock_exception", args=[lock.pk]), exception | {"reason": REASON})
    assert "may change" in client.get(reverse("period_locks")).content.decode()
    client.post(reverse("period_lock_lift", args=[lock.pk]), {"reason": REASON})
    lock.refresh_from_db()
    assert lock.lifted_at


def test_months_the_wrong_way_round_are_refused_at_the_last(client, place, coordinator, month):
    fields = {"organisation": place.organisation.pk, "first": month, "last": month_after(month, -1)}
    page = client.post(reverse("period_lock"), fields | {"reason": REASON}).content.decode()
    assert is_refused_at(page, "last", "The last month must not be before the first.")
    assert REASON in page
    assert not PeriodLock.objects.exists()


def test_a_program_the_organisation_is_not_in_is_refused_at_its_field(
    client, place, coordinator, month
):
    other = make_program()
    make_membership(coordinator, Role.COORDINATOR, other.organisation)
    client.force_login(coordinator)
    fields = {"organisation": place.organisation.pk, "program": other.pk, "reason": REASON}
    fields |= {"first": month, "last": month}
    page = client.post(reverse("period_lock"), fields).content.decode()
    assert is_refused_at(page, "program", "The organisation does not take part in this program.")
    assert not PeriodLock.objects.exists()


def test_an_exception_that_is_over_is_refused_at_its_day(client, place, lock, month):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    exception = {"site": place.site.pk, "month": month, "until": yesterday, "reason": REASON}
    page = client.post(reverse("lock_exception", args=[lock.pk]), exception).content.decode()
    assert is_refused_at(page, "until", "Choose today or a later day.")
    assert not LockException.objects.exists()


def test_another_organisations_lock_is_not_found(client, lock):
    client.force_login(make_user(Role.COORDINATOR))
    for name in ("period_lock_lift", "lock_exception"):
        assert client.get(reverse(name, args=[lock.pk])).status_code == 404
    assert REASON not in client.get(reverse("period_locks")).content.decode()
