import datetime as dt

import pytest

from reports import figures
from tests import factories
from tests.network import NOW, YEAR, counts_of, make_network, month

pytestmark = pytest.mark.django_db
HALF = {"period": "range", "from": "2024-01", "to": "2024-06"}


@pytest.fixture
def network():
    return make_network()


def tile(network, indicator, query=HALF, user=None):
    selection = figures.select(user or network.coordinator, query, NOW)
    return figures.board(selection).tile(f"{network.program.pk}-{indicator.pk}")


def test_a_total_adds_months_and_sites(network):
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.north, 2, 7)
    counts_of(network, network.south, 2, 1)
    assert tile(network, network.events).total.amount == figures.Amount(13, 13)


def test_a_distinct_count_shows_what_may_be_added_instead(network):
    network.active.summed_by = network.new
    network.active.save()
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.north, 2, 7)
    found = tile(network, network.active)
    assert found.stand_in == network.new
    assert found.total.amount.high == 12
    assert (found.peak.amount.high, found.peak.month) == (7, month(2))


def test_a_distinct_count_on_its_own_shows_its_highest_month(network):
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.north, 2, 7)
    found = tile(network, network.active)
    assert (found.total.amount.high, found.total.month) == (7, month(2))
    assert found.is_at_least


def test_a_distinct_count_of_one_month_is_shown_as_it_is(network):
    network.active.summed_by = network.new
    network.active.save()
    counts_of(network, network.north, 2, 7)
    found = tile(network, network.active, {"period": "2024-02"})
    assert found.stand_in is None
    assert found.total.amount.high == 7
    assert not found.is_at_least


def test_a_stock_is_that_of_the_last_complete_month_and_asks_for_that_month_alone(network):
    for number in (1, 5):
        for place in (network.north, network.south, network.hill):
            counts_of(network, place, number, 100)
    counts_of(network, network.north, 6, 100)
    factories.make_target(network.program, network.stock, kind="cumulative", value=600, span=YEAR)
    found = tile(network, network.stock)
    assert (found.total.amount.high, found.total.month) == (300, month(5))
    assert (found.completeness.reports, found.completeness.approved_reports) == (3, 3)
    assert found.goal.reached.high == 300
    assert found.stock_note == "At the end of May 2024, the last complete month."


def test_a_stock_without_a_complete_month_is_that_of_the_fullest_one(network):
    counts_of(network, network.north, 1, 5)
    for number, place in ((2, network.north), (2, network.south), (3, network.north)):
        counts_of(network, place, number, 10)
    found = tile(network, network.stock)
    assert (found.total.amount.high, found.total.month) == (20, month(2))
    assert (found.completeness.reports, found.completeness.approved_reports) == (3, 2)
    assert found.stock_note == "At the end of Feb 2024, the fullest month: none has every site."


def test_a_stock_of_the_running_month_stands_only_for_want_of_a_month_that_is_over(network):
    query = {"period": "2024"}
    counts_of(network, network.north, 7, 9)
    assert tile(network, network.stock, query).total.month == month(7)
    counts_of(network, network.north, 6, 5)
    assert tile(network, network.stock, query).total.month == month(6)


def test_sites_that_share_persons_give_a_range(network):
    network.events.site_rule = "none"
    network.events.save()
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.south, 1, 4)
    assert tile(network, network.events).total.amount == figures.Amount(5, 9)


def test_zero_is_a_number_and_missing_is_not(network):
    values = {network.events: {"F|C": 0, "M|C": "not_collected", "M|A": "withheld"}}
    factories.make_counts(network.north, month(1), values)
    found = tile(network, network.events)
    assert found.total.amount.high == 0
    assert found.missing == {"not_collected": 1, "withheld": 1}


def test_a_figure_without_any_number_says_why(network):
    factories.make_counts(network.north, month(1), {network.events: {"F|C": "not_applicable"}})
    found = tile(network, network.events)
    assert found.total is None
    assert found.missing_mark == "not_applicable"


def test_only_approved_counts_stand_and_the_others_are_told_apart(network):
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.north, 2, 30, status="submitted")
    counts_of(network, network.south, 2, 4, status="draft")
    found = tile(network, network.events)
    assert found.total.amount.high == 5
    assert found.pending.high == 34
    everything = tile(network, network.events, HALF | {"state": "all"})
    assert everything.total.amount.high == 39
    assert everything.pending is None


def test_a_correction_under_way_counts_nothing_twice(network):
    first = counts_of(network, network.north, 1, 5)
    counts_of(
        network, network.north, 1, 50, status="draft", version=2, supersedes=first,
        correction_reason="Counted two rooms twice.",
    )  # fmt: skip
    found = tile(network, network.events, HALF | {"state": "all"})
    assert found.total.amount.high == 5
    selection = figures.select(network.coordinator, HALF, NOW)
    assert figures.board(selection).sections[0].corrections == 1


def test_a_superseded_version_is_not_counted(network):
    first = counts_of(network, network.north, 1, 5)
    type(first).objects.filter(pk=first.pk).update(status="superseded")
    counts_of(
        network, network.north, 1, 8, version=2, supersedes=first,
        correction_reason="Counted two rooms twice.",
    )  # fmt: skip
    assert tile(network, network.events).total.amount.high == 8


def test_new_persons_of_two_years_are_said_to_count_in_both(network):
    counts_of(network, network.north, 1, 5)
    assert not tile(network, network.new).counts_years_apart
    factories.make_counts(network.north, month(12, 2023), {network.new: {"F|C": 3}})
    query = {"period": "range", "from": "2023-12", "to": "2024-01"}
    assert tile(network, network.new, query).counts_years_apart


def test_the_main_count_comes_first(network):
    board = figures.board(figures.select(network.coordinator, HALF, NOW))
    assert [t.indicator for t in board.tiles] == [
        network.new, network.active, network.stock, network.events
    ]  # fmt: skip
    assert board.tiles[0].is_main


def test_an_indicator_that_the_program_no_longer_reports_is_not_shown(network):
    network.program.program_indicators.filter(indicator=network.events).update(
        active=(dt.date(2000, 1, 1), dt.date(2023, 1, 1))
    )
    board = figures.board(figures.select(network.coordinator, HALF, NOW))
    assert network.events not in [t.indicator for t in board.tiles]


def test_filters_narrow_what_is_counted(network):
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.hill, 1, 3)
    wanted = {
        ("site", network.north.site_id): 5,
        ("organisation", network.partner.pk): 3,
        ("program", network.program.pk): 8,
        ("pillar", "PROTECTION"): 8,
    }
    found = {
        key: tile(network, network.events, HALF | {key[0]: str(key[1])}).total.amount.high
        for key in wanted
    }
    assert found == wanted


def test_a_grant_shows_the_whole_of_what_it_covers(network):
    counts_of(network, network.north, 1, 5)
    counts_of(network, network.north, 3, 7)
    counts_of(network, network.south, 3, 100)
    grant = factories.make_grant(factories.make_project(network.lead))
    factories.make_grant_scope(
        grant, network.program, site=network.north.site, share=40,
        period=(dt.date(2024, 3, 10), dt.date(2025, 1, 1)),
    )  # fmt: skip
    for query in ({"project": str(grant.project_id)}, {"funder": str(grant.funder_id)}):
        found = tile(network, network.events, HALF | query)
        assert found.total.amount.high == 7
        assert found.completeness.reports == 4
