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


def progress(network, indicator, query=HALF, user=None):
    selection = figures.select(user or network.coordinator, query, NOW)
    key = f"{network.program.pk}-{indicator.pk}"
    return figures.board(selection).tile(key).progress


def aim(network, indicator, **fields):
    return factories.make_target(network.program, indicator, **({"span": YEAR} | fields))


def test_an_incremental_target_is_expected_in_proportion_of_its_span(network):
    counts_of(network, network.north, 1, 30)
    aim(network, network.events, value=100)
    (found,) = progress(network, network.events)
    assert (found.reached.high, found.percent) == (30, 30)
    assert found.expected_percent == 50
    assert found.is_behind


def test_three_targets_do_not_multiply_what_was_reached(network):
    counts_of(network, network.north, 1, 30)
    grants = [factories.make_grant(factories.make_project(network.lead)) for _ in range(2)]
    aim(network, network.events, value=100)
    for grant in grants:
        factories.make_grant_scope(grant, network.program)
        aim(network, network.events, value=60, grant=grant)
    found = progress(network, network.events)
    assert [one.reached.high for one in found] == [30, 30, 30]
    assert [one.goal.grant for one in found] == [None, *grants]


def test_a_target_that_began_before_the_period_counts_from_its_own_start(network):
    counts_of(network, network.north, 1, 30)
    counts_of(network, network.north, 6, 4)
    aim(network, network.events, value=100)
    (found,) = progress(network, network.events, {"period": "2024-06"})
    assert found.reached.high == 34
    assert found.goal.days == (dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def test_a_cumulative_target_goes_on_from_the_one_before(network):
    factories.make_counts(network.north, month(5, 2023), {network.events: {"F|C": 40}})
    counts_of(network, network.north, 1, 30)
    last_year = (dt.date(2023, 1, 1), dt.date(2024, 1, 1))
    aim(network, network.events, kind="cumulative", value=50, span=last_year)
    aim(network, network.events, kind="cumulative", value=150)
    (found,) = progress(network, network.events)
    assert found.reached.high == 70
    assert found.expected == 50 + round(100 * 182 / 366)


def test_a_level_is_the_mean_of_its_months_and_how_many_kept_it(network):
    for number, value in ((1, 10), (2, 20), (3, 30)):
        counts_of(network, network.north, number, value)
    aim(network, network.stock, kind="level", value=20)
    (found,) = progress(network, network.stock)
    assert (found.reached.high, found.kept_months, found.months) == (20, 2, 3)
    assert not found.is_behind


def test_a_level_of_a_distinct_count_is_judged_on_its_own_months(network):
    network.active.summed_by = network.new
    network.active.save()
    for number in (1, 2):
        counts_of(network, network.north, number, 10)
    aim(network, network.active, kind="level", value=10)
    (found,) = progress(network, network.active)
    assert found.reached.high == 10


def test_less_is_better_where_the_indicator_says_so(network):
    network.events.direction = "down"
    network.events.save()
    counts_of(network, network.north, 1, 80)
    aim(network, network.events, value=100)
    assert progress(network, network.events)[0].is_behind
    aim(network, network.stock, kind="level", value=100)
    assert progress(network, network.stock)[0].is_behind


def test_a_target_of_zero_has_no_percentage(network):
    aim(network, network.events, value=0)
    (found,) = progress(network, network.events)
    assert found.percent is None
    assert not found.is_behind


def test_targets_of_sites_are_added_beside_those_sites_alone(network):
    counts_of(network, network.north, 1, 30)
    counts_of(network, network.hill, 1, 5)
    aim(network, network.events, value=40, site=network.north.site)
    aim(network, network.events, value=20, site=network.south.site)
    (found,) = progress(network, network.events)
    assert (found.reached.high, found.goal.value, len(found.goal.sites)) == (30, 60, 2)


def test_the_programs_target_is_not_held_against_a_part_of_it(network):
    counts_of(network, network.hill, 1, 5)
    aim(network, network.events, value=100)
    assert progress(network, network.events, user=network.partner_user) == []
    assert progress(network, network.events, HALF | {"site": str(network.hill.site_id)}) == []


def test_a_grants_target_counts_what_the_grant_covers(network):
    counts_of(network, network.north, 1, 30)
    counts_of(network, network.south, 1, 9)
    grant = factories.make_grant(factories.make_project(network.lead))
    factories.make_grant_scope(grant, network.program, site=network.south.site)
    aim(network, network.events, value=10, grant=grant)
    (found,) = progress(network, network.events)
    assert found.reached.high == 9


def test_a_partner_reads_no_grant_of_the_lead(network):
    counts_of(network, network.hill, 1, 5)
    grant = factories.make_grant(factories.make_project(network.lead))
    factories.make_grant_scope(grant, network.program)
    aim(network, network.events, value=10, grant=grant, site=network.hill.site)
    assert progress(network, network.events, user=network.partner_user) == []


def test_a_target_outside_the_period_is_not_shown(network):
    aim(network, network.events, span=(dt.date(2024, 7, 1), dt.date(2025, 1, 1)))
    aim(network, network.stock, kind="level", span=(dt.date(2023, 1, 1), dt.date(2024, 1, 1)))
    assert progress(network, network.events) == []
    assert progress(network, network.stock) == []


def cell(network, key):
    return network.breakdown.cells.get(key=key)


def girls(network, indicator, **fields):
    return aim(network, indicator, cell=cell(network, "F|C"), **fields)


def test_a_target_of_one_cell_stands_beside_that_cell_alone(network):
    counts_of(network, network.north, 1, 30)
    factories.make_counts(network.south, month(1), {network.events: {"F|C": 4, "M|C": 90}})
    girls(network, network.events, value=100)
    aim(network, network.events, value=200)
    whole, of_girls = progress(network, network.events)
    assert (whole.goal.cell, whole.reached.high) == (None, 124)
    assert (of_girls.goal.cell.key, of_girls.reached.high, of_girls.percent) == ("F|C", 34, 34)


def at_sites(network, query) -> dict[str, int | None]:
    """What the chart of sites expects of each."""
    later = dt.datetime(2025, 2, 20, 12, tzinfo=dt.UTC)
    selection = figures.select(network.coordinator, query, later)
    asked = figures.figure(selection, f"{network.program.pk}-{network.events.pk}")
    return {row.label: row.expected for row in figures.sites(asked).rows}


def test_a_site_is_expected_to_reach_all_of_its_target_by_the_end(network):
    """Not the sum of rounded months: 61 over a year would make 60 of them."""
    counts_of(network, network.north, 1, 30)
    aim(network, network.events, value=61, site=network.north.site)
    name = str(network.north.site)
    year = {"period": "range", "from": "2023-11", "to": "2025-01"}
    assert at_sites(network, year)[name] == 61
    assert at_sites(network, {"period": "2024-01"})[name] == round(61 * 31 / 366)
    assert at_sites(network, {"period": "2025-01"})[name] is None
    assert at_sites(network, year)[str(network.south.site)] is None


def test_a_target_of_one_cell_alone_leads_no_figure(network):
    counts_of(network, network.north, 1, 30)
    girls(network, network.events, value=100)
    selection = figures.select(network.coordinator, HALF, NOW)
    tile = figures.board(selection).tile(f"{network.program.pk}-{network.events.pk}")
    assert tile.goal is None
    assert [one.goal.cell.key for one in tile.progress] == ["F|C"]
    assert figures.trend(figures.figure(selection, tile.key)).rows[0].expected is None


def test_a_target_of_one_cell_counts_from_its_own_start(network):
    counts_of(network, network.north, 1, 30)
    counts_of(network, network.north, 6, 4)
    girls(network, network.events, value=100)
    (found,) = progress(network, network.events, {"period": "2024-06"})
    assert found.reached.high == 34


def test_a_target_of_one_cell_waits_for_approval_like_its_figure(network):
    counts_of(network, network.north, 1, 30, status="submitted")
    girls(network, network.events, value=100)
    assert progress(network, network.events)[0].reached is None
    (found,) = progress(network, network.events, HALF | {"state": "all"})
    assert found.reached.high == 30


def test_targets_of_single_cells_of_sites_add_up(network):
    counts_of(network, network.north, 1, 30)
    for place, value in ((network.north, 40), (network.south, 20)):
        girls(network, network.events, value=value, site=place.site)
    (found,) = progress(network, network.events)
    assert (found.goal.value, found.reached.high, len(found.goal.sites)) == (60, 30, 2)


def test_targets_of_many_cells_take_as_many_queries_as_one(
    network, django_assert_num_queries, django_assert_max_num_queries
):
    counts_of(network, network.north, 1, 30)
    girls(network, network.events, value=100)
    selection = figures.select(network.coordinator, HALF, NOW)
    with django_assert_max_num_queries(40) as one:
        figures.board(selection)
    for key in ("M|C", "F|A", "M|A"):
        aim(network, network.events, value=9, cell=cell(network, key))
    with django_assert_num_queries(len(one)):
        figures.board(selection)
