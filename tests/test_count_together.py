"""Two people at the same month at the same moment, on two connections that really commit."""

import datetime as dt
import threading
import time

import pytest
from django.db import connection, transaction

from accounts.roles import Role
from beneficiaries.actions import count as counts
from beneficiaries.actions.cell import save_cell
from beneficiaries.actions.count import Entry

from .factories import make_program_indicator, make_program_site, make_report, make_user

MONTH = dt.date(2026, 1, 1)


@pytest.fixture
def row(own_database):
    """A worker, the draft of a month, an indicator of it."""
    place = make_program_site()
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    return worker, make_report(place, MONTH), make_program_indicator(place.program).indicator


def wait_for_somebody_to_wait() -> None:
    for _turn in range(100):
        with connection.cursor() as cursor:
            if cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                return
        time.sleep(0.02)


def type_slowly(row, value: int, has_typed: threading.Event) -> None:
    """Type in the first cell, and commit once somebody waits for it."""
    worker, report, indicator = row
    cell = indicator.breakdown.cells.first()
    try:
        with transaction.atomic():
            where = {"report": report, "indicator_id": indicator.pk, "cell_id": cell.pk}
            save_cell(**where, entry=Entry(value=value), revision=0, by=worker)
            has_typed.set()
            wait_for_somebody_to_wait()
    finally:
        has_typed.set()
        connection.close()


@pytest.mark.parametrize("mark", ["zero", "not_collected"])
def test_a_row_filled_at_once_keeps_the_number_typed_meanwhile(row, mark):
    worker, report, indicator = row
    has_typed = threading.Event()
    colleague = threading.Thread(target=type_slowly, args=(row, 37, has_typed))
    colleague.start()
    has_typed.wait(10)
    if mark == "zero":
        filled = counts.mark_row(report=report, indicator=indicator, mark="zero", by=worker)
    else:
        filled = counts.mark_row(report=report, indicator=indicator, mark=mark, by=worker)
    colleague.join(10)
    assert filled == indicator.breakdown.cells.count() - 1
    assert report.counts.get(cell=indicator.breakdown.cells.first()).value == 37
