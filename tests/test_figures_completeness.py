import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from beneficiaries.board import board
from reports import figures
from tests import factories
from tests.factories import submit_as_is
from tests.network import NOW, counts_of, make_network, month

pytestmark = pytest.mark.django_db


@pytest.fixture
def network():
    return make_network()


def section(network, query, now=NOW):
    return figures.board(figures.select(network.coordinator, query, now)).sections[0]


def test_a_month_says_how_many_sites_came_and_which_are_late(network):
    counts_of(network, network.north, 6, 5)
    counts_of(network, network.south, 6, 5, status="submitted")
    found = section(network, {"period": "2024-06"}).completeness
    assert (found.complete_sites, found.sites, found.late_sites) == (1, 3, 1)


def test_nothing_is_late_before_the_last_day_to_report(network):
    query = {"period": "2024-06"}
    last_day, day_after = (NOW.replace(day=day) for day in (10, 11))
    assert section(network, query, last_day).completeness.late_sites == 0
    assert section(network, query, day_after).completeness.late_sites == 3


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/Toronto"])
@pytest.mark.parametrize("day", [1, 10, 11])
@pytest.mark.parametrize("hour", [2, 20])
def test_the_day_of_the_site_says_what_is_late_here_and_on_the_board(
    network, monkeypatch, zone, day, hour
):
    for place in (network.north, network.south, network.hill):
        place.site.time_zone = zone
        place.site.save()
    now = NOW.replace(day=day, hour=hour)
    monkeypatch.setattr(timezone, "now", lambda: now)
    found = section(network, {"period": "2024-06"}, now)
    marks = [place.marks[0] for place in board(network.coordinator, [month(6)])]
    assert found.completeness.late_sites == sum(mark.is_late for mark in marks)
    is_over = now.astimezone(ZoneInfo(zone)).month == 7
    assert found.completeness.reports == (3 if is_over else 0)


def test_the_running_month_is_not_expected_yet(network):
    assert section(network, {"period": "2024-07"}).completeness.reports == 0


def test_expected_reports_follow_the_dates_of_the_sites(network):
    network.south.active = (dt.date(2024, 3, 15), dt.date(2024, 5, 1))
    network.south.save()
    found = section(network, {"period": "2024"}).completeness
    assert found.reports == 6 + 2 + 6


def test_a_program_that_ended_owes_nothing_more(network):
    network.program.ends_on = dt.date(2024, 2, 10)
    network.program.save()
    assert section(network, {"period": "2024"}).completeness.reports == 3 * 2


def test_what_ended_before_the_months_says_so_instead_of_not_yet(network):
    later, coming = {"period": "2024-06"}, {"period": "2024-07"}
    assert not section(network, coming).completeness.has_ended
    for place in (network.north, network.south, network.hill):
        assert not section(network, later).completeness.has_ended
        place.active = (dt.date(2024, 1, 1), dt.date(2024, 5, 20))
        place.save()
    assert section(network, later).completeness.has_ended
    assert not section(network, {"period": "2024"}).completeness.has_ended
    network.hill.active = (dt.date(2024, 1, 1), None)
    network.hill.save()
    network.program.ends_on = dt.date(2024, 5, 31)
    network.program.save()
    found = section(network, later).completeness
    assert (found.has_ended, found.reports) == (True, 0)


def test_an_approved_report_without_the_figure_does_not_complete_it(network):
    counts_of(network, network.north, 6, 5)
    report = counts_of(network, network.south, 6, 5, status="draft")
    report.counts.filter(indicator=network.events).delete()
    submit_as_is(report)
    found = {t.indicator: t.completeness for t in section(network, {"period": "2024-06"}).tiles}
    assert found[network.new].approved_reports == 2
    assert found[network.events].approved_reports == 1


def test_the_last_approval_is_said(network):
    report = counts_of(network, network.north, 6, 5)
    assert section(network, {"period": "2024-06"}).approved_at == report.reviewed_at


def test_every_span_of_an_indicator_is_expected(network):
    network.program.program_indicators.filter(indicator=network.events).update(
        active=(dt.date(2024, 1, 1), dt.date(2024, 2, 1))
    )
    factories.make_program_indicator(
        network.program, network.events, position=9, active=(dt.date(2024, 5, 15), None)
    )
    for number in (1, 5):
        counts_of(network, network.north, number, 10)
    found = section(network, {"period": "range", "from": "2024-01", "to": "2024-06"}).tiles[-1]
    assert found.total.amount.high == 20
    assert (found.completeness.reports, found.completeness.approved_reports) == (9, 2)
