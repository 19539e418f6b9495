"""Tally sheets add up into the month's report, and never change one that is closed."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries import tallies
from beneficiaries.actions import correction as corrections
from beneficiaries.actions import report as reports
from beneficiaries.actions import tally
from beneficiaries.actions.count import Entry, mark_row, save_cells
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock, TallySheet
from programs.models import Indicator

from .factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 20)
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def place():
    place = make_program_site(is_tallied=True)
    breakdown = make_breakdown()
    make_program_indicator(place.program, make_indicator(breakdown))
    persons = make_indicator(breakdown, unit="person", measure="active_in_period", time_rule="none")
    make_program_indicator(place.program, persons, position=1)
    place.refresh_from_db()
    return place


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation)


@pytest.fixture
def worker(place, acting):
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    with acting(worker):
        yield worker


def keys_of(place) -> list[tuple[int, int]]:
    [row] = tallies.tallied_rows(place.program, MARCH)
    return [(row.indicator.pk, column.cell_id) for column in row.columns]


def save(place, by, day=DAY, number=1, revision=0, numbers=(3, 4), **fields) -> TallySheet:
    values = dict(zip(keys_of(place), numbers, strict=False))
    return tally.save_sheet(
        place=place, day=day, number=number, revision=revision, values=values, by=by, **fields
    )


def derived(place) -> list[int | None]:
    report = CountReport.objects.of_month(
        program=place.program, site=place.site, month=MARCH
    ).current()
    counts = {(c.indicator_id, c.cell_id): c for c in report.counts.filter(is_derived=True)}
    return [counts[key].value if key in counts else None for key in keys_of(place)]


def test_a_sheet_opens_the_month_and_fills_its_event_counts(place, worker):
    save(place, worker)
    assert derived(place) == [3, 4, 0, 0, 0, 0, 0, 0, 0]
    assert not BeneficiaryCount.objects.filter(indicator__measure="active_in_period").exists()


def test_sheets_and_rounds_add_up(place, worker):
    save(place, worker)
    save(place, worker, number=2, numbers=(1, 0, 5))
    save(place, worker, day=DAY - dt.timedelta(days=1), numbers=(10,))
    assert derived(place)[:4] == [14, 4, 5, 0]


def test_another_month_is_another_report(place, worker):
    save(place, worker)
    save(place, worker, day=dt.date(2026, 2, 28), numbers=(50,))
    assert derived(place)[0] == 3


def test_a_sheet_may_be_changed_by_who_saw_it_last(place, worker):
    sheet = save(place, worker)
    save(place, worker, revision=sheet.revision, numbers=(0, 9))
    assert derived(place)[:2] == [0, 9]


def test_a_stale_save_is_refused_and_shows_the_other(place, worker):
    sheet = save(place, worker)
    save(place, worker, revision=sheet.revision, numbers=(8,))
    with pytest.raises(tally.StaleSheet) as stale:
        save(place, worker, revision=sheet.revision, numbers=(1,))
    assert [count.value for count in stale.value.sheet.counts.all()] == [8]


def test_a_sheet_made_meanwhile_is_stale_too(place, worker):
    save(place, worker)
    with pytest.raises(tally.StaleSheet):
        save(place, worker, numbers=(1,))


def test_a_cancelled_sheet_counts_again_when_restored(place, worker):
    sheet = save(place, worker)
    save(place, worker, number=2, numbers=(1,))
    tally.cancel_sheet(sheet=sheet, by=worker)
    assert derived(place)[:2] == [1, 0]
    tally.restore_sheet(sheet=sheet, by=worker)
    assert derived(place)[:2] == [4, 4]


def test_without_any_sheet_left_the_cells_are_empty_not_zero(place, worker):
    tally.cancel_sheet(sheet=save(place, worker), by=worker)
    assert set(derived(place)) == {None}


def test_a_cancelled_sheet_is_restored_before_it_is_changed(place, worker):
    sheet = tally.cancel_sheet(sheet=save(place, worker), by=worker)
    with pytest.raises(ValidationError, match="restore it first"):
        save(place, worker, revision=sheet.revision)


def test_derived_cells_are_not_typed(place, worker):
    save(place, worker)
    report = CountReport.objects.get()
    with pytest.raises(ValidationError, match="tally sheets"):
        save_cells(report=report, entries={keys_of(place)[0]: Entry(value=99)}, by=worker)


def submitted(place, worker) -> CountReport:
    report = CountReport.objects.get()
    persons = Indicator.objects.get(measure="active_in_period")
    mark_row(report=report, indicator=persons, mark="zero", by=worker)
    return reports.submit(report=report, by=worker)


def test_a_submitted_month_takes_no_sheet(place, worker):
    save(place, worker)
    submitted(place, worker)
    with pytest.raises(ValidationError, match="submitted"):
        save(place, worker, number=2)
    with pytest.raises(ValidationError, match="submitted"):
        tally.cancel_sheet(sheet=TallySheet.objects.get(), by=worker)


def test_a_correction_takes_sheets_again(place, coordinator, worker, acting):
    save(place, worker)
    report = submitted(place, worker)
    with acting(coordinator):
        reports.approve(report=report, by=coordinator)
    with pytest.raises(ValidationError, match="approved"):
        save(place, worker, number=2)
    corrections.correct(report=report, reason="A round was forgotten.", by=worker)
    save(place, worker, number=2, numbers=(7,))
    assert derived(place)[0] == 10
    approved = CountReport.objects.approved().get()
    assert sum(count.value for count in approved.counts.all()) == 7


def test_a_locked_month_takes_no_sheet(place, worker):
    PeriodLock.objects.create(
        organisation=place.organisation,
        span=(MARCH, dt.date(2026, 4, 1)),
        reason="Sent to the funder.",
        locked_by=worker,
    )
    with pytest.raises(ValidationError, match="Sent to the funder"):
        save(place, worker)
    assert not TallySheet.objects.exists()


@pytest.mark.parametrize("day", [dt.date(1999, 12, 31), dt.date(2999, 1, 1)])
def test_the_site_is_open_on_the_day_of_a_sheet(place, worker, day):
    with pytest.raises(ValidationError):
        save(place, worker, day=day)


@pytest.fixture
def another_indicator():
    return make_indicator()


def test_a_sheet_counts_only_what_the_program_counts(another_indicator, place, worker):
    values = {(another_indicator.pk, keys_of(place)[0][1]): 1}
    with pytest.raises(ValidationError, match="does not count this"):
        tally.save_sheet(place=place, day=DAY, number=1, revision=0, values=values, by=worker)


@pytest.mark.parametrize("number", [-1, 10_001])
def test_a_number_out_of_bounds_is_refused(place, worker, number):
    with pytest.raises(ValidationError, match="10,000"):
        save(place, worker, numbers=(number,))


def test_a_site_without_tally_sheets_takes_none(place, worker):
    place.is_tallied = False
    with pytest.raises(ValidationError, match="keeps no tally sheets"):
        save(place, worker)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.FUNDER])
def test_only_who_enters_counts_saves_a_sheet(place, acting, role):
    reader = make_user(role, place.organisation)
    with acting(reader), pytest.raises(PermissionDenied):
        save(place, reader)


def test_who_enters_counts_elsewhere_saves_no_sheet(place, acting):
    elsewhere = make_site(place.organisation)
    values = dict.fromkeys(keys_of(place), 3)
    for stranger in (
        make_user(Role.FIELD_WORKER),
        make_user(Role.FIELD_WORKER, place.organisation, site=elsewhere),
    ):
        with acting(stranger), pytest.raises(PermissionDenied):
            tally.save_sheet(place=place, day=DAY, number=1, revision=0, values=values, by=stranger)


def test_each_change_is_in_the_journal(place, worker):
    sheet = save(place, worker)
    tally.cancel_sheet(sheet=sheet, by=worker)
    tally.restore_sheet(sheet=sheet, by=worker)
    entries = JournalEntry.objects.filter(target_type="tallysheet").order_by("id")
    assert [one.action for one in entries] == ["save_tally", "cancel_tally", "restore_tally"]
    assert entries[0].details == {"day": "2026-03-20", "number": 1, "total": 7}
