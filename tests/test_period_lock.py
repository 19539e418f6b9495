"""Months that nobody changes, and who may all the same."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from beneficiaries import board as boards
from beneficiaries.actions import count as counts
from beneficiaries.actions import lock as locks
from beneficiaries.actions import report as reports
from beneficiaries.actions.count import Entry
from beneficiaries.actions.report import lock_of
from beneficiaries.closed import closed_places
from beneficiaries.forms.lock import PeriodLockForm
from beneficiaries.models import CountReport
from beneficiaries.steps import steps_of
from programs.months import month_after
from programs.violations import explained

from .factories import (
    make_filled_report,
    make_program,
    make_program_site,
    make_report,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 1, 1)
REASON = "The report was sent to the funder."


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation, display_name="Maya")


def test_months_are_locked_from_the_first_report_of_the_organisation_on(coordinator, place):
    def offered():
        return PeriodLockForm(by=coordinator).fields["first"].choices[-1][0]

    make_report(make_program_site(), dt.date(2021, 1, 1))
    assert offered() == f"{month_after(boards.this_month(), -48)}"
    make_report(place, dt.date(2021, 1, 1))
    assert offered() == "2021-01-01"
    assert (
        PeriodLockForm(by=coordinator).initial["first"] == f"{month_after(boards.this_month(), -1)}"
    )


def locked(place, coordinator, **fields):
    defaults = {
        "organisation": place.organisation,
        "program": None,
        "first": MONTH,
        "last": MONTH,
        "reason": REASON,
        "by": coordinator,
    }
    return locks.lock_months(**(defaults | fields))


def free(lock, place, coordinator, until=None):
    return locks.grant_exception(
        lock=lock,
        site=place.site,
        month=MONTH,
        until=until or timezone.localdate(),
        reason=REASON,
        by=coordinator,
    )


def test_a_locked_month_takes_no_report(place, worker, coordinator):
    locked(place, coordinator)
    with pytest.raises(ValidationError, match="This month is locked"):
        reports.open_report(program=place.program, site=place.site, month=MONTH, by=worker)


def test_the_database_itself_refuses_a_report(place, coordinator):
    locked(place, coordinator)
    with pytest.raises(ValidationError, match="This month is locked"), explained():
        make_report(place, MONTH)


def test_a_locked_month_takes_no_count(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    locked(place, coordinator, program=place.program)
    count = report.counts.first()
    with pytest.raises(ValidationError, match="This month is locked"):
        counts.save_cells(
            report=report, entries={(count.indicator_id, count.cell_id): Entry(5)}, by=worker
        )


def test_a_locked_month_keeps_its_comment(place, worker, coordinator):
    report = make_report(place, MONTH)
    locked(place, coordinator)
    with pytest.raises(ValidationError, match="This month is locked"):
        reports.comment_month(report=report, text="Snow.", revision=report.revision, by=worker)
    report.comment = "Snow."
    with pytest.raises(ValidationError, match="This month is locked"), explained():
        report.save(update_fields=["comment"])


def test_a_locked_month_keeps_its_state(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    locked(place, coordinator)
    with pytest.raises(ValidationError, match="This month is locked"):
        reports.submit(report=report, by=worker)


def test_an_exception_opens_one_site_until_a_day(place, worker, coordinator):
    other = make_program_site(place.program, make_site(place.organisation))
    free(locked(place, coordinator), place, coordinator)
    assert reports.open_report(program=place.program, site=place.site, month=MONTH, by=worker)
    with pytest.raises(ValidationError, match="locked"):
        reports.open_report(program=place.program, site=other.site, month=MONTH, by=worker)


def test_an_exception_of_yesterday_opens_nothing(place, worker, coordinator):
    exception = free(locked(place, coordinator), place, coordinator)
    exception.until -= dt.timedelta(days=2)
    exception.save()
    with pytest.raises(ValidationError, match="locked"):
        reports.open_report(program=place.program, site=place.site, month=MONTH, by=worker)


def test_a_lifted_lock_holds_nothing(place, worker, coordinator):
    lock = locked(place, coordinator)
    with pytest.raises(ValidationError, match="ten characters"):
        locks.lift(lock=lock, reason="no", by=coordinator)
    locks.lift(lock=lock, reason=REASON, by=coordinator)
    assert reports.open_report(program=place.program, site=place.site, month=MONTH, by=worker)


def test_the_lock_of_a_program_leaves_the_others_open(place, coordinator, worker):
    other = make_program_site(site=place.site, program=make_program(place.organisation))
    locked(place, coordinator, program=place.program)
    assert reports.open_report(program=other.program, site=place.site, month=MONTH, by=worker)


def test_a_worker_locks_nothing(place, worker):
    with pytest.raises(PermissionDenied):
        locked(place, worker)


def test_an_exception_is_within_its_lock(place, coordinator):
    lock = locked(place, coordinator)
    with pytest.raises(ValidationError, match="today or a later day"):
        free(lock, place, coordinator, until=timezone.localdate() - dt.timedelta(days=1))
    lock.span = (dt.date(2025, 1, 1), dt.date(2025, 2, 1))
    with pytest.raises(ValidationError, match="does not hold that month"):
        free(lock, place, coordinator)


def test_the_page_of_a_locked_month_says_who_to_ask(client, place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    locked(place, coordinator)
    client.force_login(worker)
    page = client.get(report.get_absolute_url()).content.decode()
    assert REASON in page
    assert "ask for an exception: Maya" in page
    assert 'name="c-' not in page


def test_an_exception_lasts_through_the_day_of_the_organisation(place, worker, coordinator):
    place.organisation.time_zone = "Pacific/Pago_Pago"
    place.organisation.save()
    lock = locked(place, coordinator)
    with timezone.override("Pacific/Kiritimati"):
        report = CountReport(
            organisation=place.organisation, program=place.program, site=place.site, month=MONTH
        )
        assert is_locked_everywhere(report, worker) == {True}
        free(lock, place, coordinator, until=lock.today)
        assert is_locked_everywhere(report, worker) == {False}
        opened = reports.open_report(program=place.program, site=place.site, month=MONTH, by=worker)
        assert opened.status == "draft"


def is_locked_everywhere(report, worker) -> set[bool]:
    """What the board, the workbooks and the tallies, and the report itself say."""
    closed = closed_places(
        [(report.organisation_id, report.program_id, report.site_id)], report.month
    )
    [place] = boards.board(worker, [report.month])
    return {place.marks[0].is_locked, bool(closed), lock_of(report) is not None}


def test_only_who_can_grant_the_exception_is_named(client, place, worker, coordinator):
    beside = make_program(place.organisation)
    for program, name in ((place.program, "Noor"), (beside, "Olga")):
        make_user(Role.COORDINATOR, place.organisation, program=program, display_name=name)
    report = make_filled_report(place, MONTH)
    lock = locked(place, coordinator, program=place.program)
    assert steps_of(report, worker).ask == ["Maya", "Noor"]
    locks.lift(lock=lock, reason=REASON, by=coordinator)
    locked(place, coordinator)
    assert steps_of(report, worker).ask == ["Maya"]


def test_opening_a_locked_month_says_who_to_ask(client, place, worker, coordinator):
    locked(place, coordinator)
    client.force_login(worker)
    url = reverse("count_report_open", args=[place.program.pk, place.site.pk, MONTH])
    for answer in (client.get(url), client.post(url)):
        page = answer.content.decode()
        assert "This month is locked" in page
        assert "Maya" in page
        assert "<form" not in page.split("<main")[1]
