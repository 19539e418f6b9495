"""The fragments of the page that hold charts: for whom, how long, and of nothing."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from reports import charts, figures
from tests import factories
from tests.network import NOW, YEAR, counts_of, make_network

pytestmark = pytest.mark.django_db
HALF = {"period": "range", "from": "2024-01", "to": "2024-06"}


@pytest.fixture
def network():
    found = make_network()
    for number in (1, 2, 4):
        counts_of(found, found.north, number, number * 700)
    counts_of(found, found.south, 1, 4)
    return found


@pytest.mark.parametrize("name", charts.NAMES)
def test_a_fragment_holds_the_chart_and_the_same_figures(client, network, name):
    client.force_login(network.coordinator)
    query = HALF | {"figure": f"{network.program.pk}-{network.events.pk}"}
    url = reverse("dashboard_chart", args=[name])
    fragment = client.get(url, query, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "<figcaption" in fragment
    assert "<svg" in fragment
    whole = client.get(url, query).content.decode()
    assert "<details open" in whole
    selection = figures.select(network.coordinator, HALF, NOW)
    table = charts.table(selection, name, query["figure"])
    for label, _fill in charts.legend(table):
        assert f"</svg> {label}</li>" in fragment
        assert f"</svg> {label}</li>" in whole
    for row in table.rows:
        assert str(row.total or "–") in fragment


@pytest.mark.parametrize(
    "figure", ["", "1", "x-y", "999999-1", "1-2-3", "²-²", "١-١", "9" * 5000 + "-1"]
)
def test_a_chart_of_nothing_is_not_found(client, network, figure):
    client.force_login(network.coordinator)
    url = reverse("dashboard_chart", args=["trend"])
    assert client.get(url, HALF | {"figure": figure}).status_code == 404


@pytest.mark.parametrize("indicator", ["²", "9" * 5000])
def test_a_figure_that_no_row_can_be_is_not_found(client, network, indicator):
    client.force_login(network.coordinator)
    query = HALF | {"figure": f"{network.program.pk}-{indicator}"}
    assert client.get(reverse("dashboard_chart", args=["trend"]), query).status_code == 404


def test_an_unknown_chart_is_not_found(client, network):
    client.force_login(network.coordinator)
    query = HALF | {"figure": f"{network.program.pk}-{network.events.pk}"}
    assert client.get(reverse("dashboard_chart", args=["pie"]), query).status_code == 404


def test_a_chart_of_another_organisation_is_not_found(client, network):
    client.force_login(factories.make_user("coordinator"))
    query = HALF | {"figure": f"{network.program.pk}-{network.events.pk}"}
    assert client.get(reverse("dashboard_chart", args=["trend"]), query).status_code == 404


def test_a_fragment_is_kept_for_its_reader_until_the_figures_change(client, network, monkeypatch):
    client.force_login(network.coordinator)
    first = fragment(client, network)
    with monkeypatch.context() as patched:
        patched.setattr(figures, "figure", lambda *_: pytest.fail("computed again"))
        assert fragment(client, network) == first
    counts_of(network, network.south, 5, 9000)
    assert fragment(client, network) != first


def test_a_fragment_changes_with_the_dates_of_a_place(client, network):
    client.force_login(network.coordinator)
    first = fragment(client, network, "sites")
    assert first.count("/ 6<") == 3
    network.south.active = (dt.date(2024, 1, 1), dt.date(2024, 3, 1))
    network.south.save()
    second = fragment(client, network, "sites")
    assert second != first
    assert second.count("/ 2<") == 1


def test_a_stamp_changes_with_the_days_of_a_grant(network):
    scope = factories.make_grant_scope(
        factories.make_grant(factories.make_project(network.lead)), network.program
    )
    query = HALF | {"project": str(scope.grant.project_id)}
    first = figures.board(figures.select(network.coordinator, query, NOW)).stamp
    scope.period = (dt.date(2024, 1, 1), dt.date(2024, 12, 1))
    scope.save()
    assert figures.board(figures.select(network.coordinator, query, NOW)).stamp != first


def test_a_stamp_changes_with_the_target_of_a_site(network):
    """Whose program has one too: the chart of sites shows it all the same."""
    factories.make_target(network.program, network.events, span=YEAR, value=900)
    target = factories.make_target(
        network.program, network.events, span=YEAR, value=60, site=network.south.site
    )
    first = figures.board(figures.select(network.coordinator, HALF, NOW)).stamp
    assert figures.board(figures.select(network.coordinator, HALF, NOW)).stamp == first
    target.value = 70
    target.save()
    assert figures.board(figures.select(network.coordinator, HALF, NOW)).stamp != first


def test_a_kept_fragment_is_nobody_elses(client, network):
    client.force_login(network.coordinator)
    query = chart_query(client, network)
    assert client.get(*query, headers={"HX-Request": "true"}).status_code == 200
    client.force_login(factories.make_user("coordinator"))
    assert client.get(*query, headers={"HX-Request": "true"}).status_code == 404
    network.coordinator.memberships.update(active=YEAR)
    client.force_login(network.coordinator)
    assert client.get(*query, headers={"HX-Request": "true"}).status_code in (403, 404)


def chart_query(client, network, name="trend") -> tuple[str, dict]:
    """The address of a chart as the dashboard gives it, with its stamp."""
    key = f"{network.program.pk}-{network.events.pk}"
    html = client.get(reverse("dashboard"), HALF | {"figure": key}).content.decode()
    stamp = re.search(r"stamp=(\w+)", html)[1]
    return reverse("dashboard_chart", args=[name]), HALF | {"figure": key, "stamp": stamp}


def fragment(client, network, name="trend") -> str:
    address, query = chart_query(client, network, name)
    return client.get(address, query, headers={"HX-Request": "true"}).content.decode()
