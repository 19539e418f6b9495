"""Numbers typed in cells: kept, refused, never silently overwritten."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.actions import cell as cells
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.cell import save_cell
from beneficiaries.actions.count import Entry, StaleCell
from beneficiaries.models import BeneficiaryCount

from .factories import (
    make_breakdown,
    make_filled_report,
    make_indicator,
    make_program,
    make_program_indicator,
    make_program_site,
    make_report,
    make_user,
)

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 1, 1)


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation)


def cell_of(place):
    indicator = make_program_indicator(place.program).indicator
    return indicator, indicator.breakdown.cells.first()


def saved(report, indicator, cell, by, value, revision=0, **entry):
    return save_cell(
        report=report,
        indicator_id=indicator.pk,
        cell_id=cell.pk,
        entry=Entry(value=value, **entry),
        revision=revision,
        by=by,
    )


def test_a_cell_is_saved_changed_and_cleared(place, worker):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    first = saved(report, indicator, cell, worker, 12)
    second = saved(report, indicator, cell, worker, 0, first.revision, comment="Holidays.")
    assert (second.value, second.comment) == (0, "Holidays.")
    assert saved(report, indicator, cell, worker, None, second.revision) is None
    assert not report.counts.exists()


def test_a_stale_cell_shows_what_the_other_person_wrote(place, worker, coordinator, acting):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    with acting(coordinator):
        theirs = saved(report, indicator, cell, coordinator, 12)
    with pytest.raises(StaleCell) as refused:
        saved(report, indicator, cell, worker, 15)
    assert refused.value.count == theirs
    assert refused.value.author == coordinator
    assert saved(report, indicator, cell, worker, 12) == theirs


def test_a_cell_leaves_one_line_in_the_journal_each_time_it_is_written(place, worker):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    before = JournalEntry.objects.count()
    first = saved(report, indicator, cell, worker, 12)
    with pytest.raises(StaleCell):
        saved(report, indicator, cell, worker, 13)
    saved(report, indicator, cell, worker, None, first.revision)
    lines = JournalEntry.objects.order_by("pk")[before:]
    told = [(one.action, one.target_id, one.organisation_id, one.details) for one in lines]
    where = {"indicator": indicator.pk, "cell": cell.pk}
    assert told == [("save_cell", str(report.pk), place.organisation_id, where)] * 2


def test_a_cell_that_the_journal_cannot_tell_of_is_not_saved(place, worker, monkeypatch):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    broken = cells.TYPE.replace("ledger.note", "ledger.no_such_note")
    monkeypatch.setattr(cells, "TYPE", broken)
    with pytest.raises(ProgrammingError):
        saved(report, indicator, cell, worker, 12)


def test_a_cell_cleared_and_typed_again_is_still_stale(place, worker):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    first = saved(report, indicator, cell, worker, 12)
    saved(report, indicator, cell, worker, None, first.revision)
    saved(report, indicator, cell, worker, 7)
    with pytest.raises(StaleCell):
        saved(report, indicator, cell, worker, 15, first.revision)


@pytest.mark.parametrize("value", [-1, 100_001, 10**30])
def test_a_value_out_of_range_is_refused(place, worker, value):
    indicator, cell = cell_of(place)
    with pytest.raises(ValidationError, match="whole number"):
        saved(make_report(place, MONTH), indicator, cell, worker, value)


def test_an_indicator_of_another_program_is_refused(place, worker):
    indicator = make_program_indicator(make_program()).indicator
    cell = indicator.breakdown.cells.first()
    with pytest.raises(ValidationError, match="does not report"):
        saved(make_report(place, MONTH), indicator, cell, worker, 1)


def test_a_cell_takes_one_statement_in_its_savepoint(
    place, worker, django_assert_num_queries, acting
):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    with acting(worker):
        worker.has_perm("beneficiaries.enter_counts", report)
        with django_assert_num_queries(3):
            typed = saved(report, indicator, cell, worker, 12)
        with django_assert_num_queries(3):
            changed = saved(report, indicator, cell, worker, 13, typed.revision)
        with django_assert_num_queries(3):
            saved(report, indicator, cell, worker, None, changed.revision)


def test_a_cell_of_another_breakdown_is_refused(place, worker):
    indicator, _cell = cell_of(place)
    other = make_indicator(make_breakdown("OTHER")).breakdown.cells.first()
    with pytest.raises(ValidationError, match="does not report"):
        saved(make_report(place, MONTH), indicator, other, worker, 1)


def test_many_cells_take_as_many_queries_as_one(place, worker, django_assert_num_queries, acting):
    indicator, _cell = cell_of(place)
    cells = list(indicator.breakdown.cells.all())
    report = make_report(place, MONTH)
    with acting(worker):
        worker.has_perm("beneficiaries.enter_counts", report)
        with django_assert_num_queries(9):
            one = {(indicator.pk, cells[0].pk): Entry(value=1)}
            assert counts.save_cells(report=report, entries=one, by=worker) == 1
        with django_assert_num_queries(9):
            many = {(indicator.pk, cell.pk): Entry(value=2) for cell in cells}
            assert counts.save_cells(report=report, entries=many, by=worker) == len(cells)
    assert counts.save_cells(report=report, entries=many, by=worker) == 0


def test_numbers_of_the_tally_sheets_are_not_typed_over(place, worker):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    key = (indicator.pk, cell.pk)
    counts.save_cells(report=report, entries={key: Entry(value=4)}, by=worker, is_derived=True)
    derived = report.counts.get()
    with pytest.raises(ValidationError, match="tally sheets"):
        counts.save_cells(report=report, entries={key: Entry(value=5)}, by=worker)
    with pytest.raises(ValidationError, match="tally sheets"):
        saved(report, indicator, cell, worker, 5, derived.revision)


def test_a_row_is_marked_without_losing_its_numbers(place, worker):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    saved(report, indicator, cell, worker, 3)
    counts.mark_row(report=report, indicator=indicator, mark="not_collected", by=worker)
    assert report.counts.get(cell=cell).value == 3
    assert report.counts.filter(missing_reason="not_collected").count() == 8
    counts.mark_row(report=report, indicator=indicator, mark="withheld", by=worker)
    assert report.counts.filter(missing_reason="withheld").count() == 8


def test_zeros_fill_the_empty_cells_alone(place, worker):
    indicator, cell = cell_of(place)
    report = make_report(place, MONTH)
    entries = {(indicator.pk, cell.pk): Entry(missing_reason="not_collected")}
    counts.save_cells(report=report, entries=entries, by=worker)
    assert counts.mark_row(report=report, indicator=indicator, mark="zero", by=worker) == 8
    assert report.counts.get(cell=cell).missing_reason == "not_collected"


def test_a_report_that_is_submitted_takes_no_count(place, worker):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    one = BeneficiaryCount.objects.filter(report=report).first()
    with pytest.raises(ValidationError, match="no longer open"):
        saved(report, one.indicator, one.cell, worker, 9, one.revision)
