"""Two tally sheets of a month saved at the same instant, on two connections that really commit."""

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.roles import Role
from beneficiaries.actions import report as reports
from beneficiaries.actions import tally
from beneficiaries.models import CountReport, TallySheet

from .factories import make_indicator, make_program_indicator, make_program_site, make_user
from .test_count_together import wait_for_somebody_to_wait

DAY = dt.date(2026, 3, 20)


@pytest.fixture
def place(own_database):
    place = make_program_site(is_tallied=True)
    make_program_indicator(place.program, make_indicator())
    place.refresh_from_db()
    return place


def save(place, by, number: int, value: int) -> None:
    indicator = place.program.program_indicators.get().indicator
    key = (indicator.pk, indicator.breakdown.cells.first().pk)
    tally.save_sheet(place=place, day=DAY, number=number, revision=0, values={key: value}, by=by)


def save_slowly(place, by, acting, has_saved: threading.Event) -> None:
    """Save the first round, and commit once somebody waits for it."""
    try:
        with acting(by):
            save(place, by, 1, 30)
            has_saved.set()
            wait_for_somebody_to_wait()
    finally:
        has_saved.set()
        connection.close()


@pytest.mark.parametrize("is_open", [True, False])
def test_two_sheets_saved_at_once_are_both_in_the_month(place, acting, is_open):
    one, other = (make_user(Role.FIELD_WORKER, place.organisation) for _number in range(2))
    if is_open:
        with acting(one):
            reports.open_report(
                program=place.program, site=place.site, month=DAY.replace(day=1), by=one
            )
    has_saved = threading.Event()
    colleague = threading.Thread(target=save_slowly, args=(place, one, acting, has_saved))
    colleague.start()
    has_saved.wait(10)
    with acting(other):
        save(place, other, 2, 12)
    colleague.join(10)
    with acting(other):
        assert TallySheet.objects.count() == 2
        counted = CountReport.objects.get().counts.filter(value__gt=0)
        assert [count.value for count in counted] == [42]
