import datetime as dt
import re

import pytest
import vl_convert
from django.urls import reverse
from django.utils import translation

from reports import charts, figures
from tests import factories
from tests.network import NOW, YEAR, counts_of, make_network, month

pytestmark = pytest.mark.django_db
HALF = {"period": "range", "from": "2024-01", "to": "2024-06"}


@pytest.fixture
def network():
    found = make_network()
    for number in (1, 2, 4):
        counts_of(found, found.north, number, number * 700)
    counts_of(found, found.south, 1, 4)
    return found


def table(network, name, indicator=None, query=HALF):
    selection = figures.select(network.coordinator, query, NOW)
    key = f"{network.program.pk}-{(indicator or network.events).pk}"
    return charts.table(selection, name, key)


@pytest.mark.parametrize("name", charts.NAMES)
def test_a_chart_holds_no_style_no_link_and_no_host(network, name):
    svg = charts.svg(table(network, name))
    assert svg.startswith("<svg")
    assert "style=" not in svg
    assert "<style" not in svg
    assert "href" not in svg
    assert set(re.findall(r"https?://[^\"/]+", svg)) <= {"http://www.w3.org"}


def test_axes_write_numbers_and_months_as_the_reader_does(network):
    with translation.override("fr"):
        svg = charts.svg(table(network, "trend"))
    assert "févr." in svg
    assert ">1\u202f000<" in svg
    assert "1,000" not in svg


@pytest.mark.parametrize("name", charts.NAMES)
def test_a_shape_compiled_once_draws_as_the_whole_would(network, name):
    spec = charts.specification(table(network, name))
    whole = vl_convert.vegalite_to_svg(spec, format_locale=charts.NUMBERS, allowed_base_urls=[])
    plain = charts.DESCRIPTION.sub("", whole)
    assert charts.draw(spec) == plain.replace(f'fill="{charts.UNKNOWN}"', 'fill="url(#hatch)"')


def test_of_many_months_one_a_quarter_is_named_the_last_one_first(network):
    two_years = {"period": "range", "from": "2022-07", "to": "2024-06"}
    found = table(network, "trend", query=two_years)
    with translation.override("en"):
        svg = charts.svg(found)
    years = re.findall(r">(\d{4})<", svg)
    assert len(found.rows) == 24
    assert len(years) == 8
    assert ">Jun<" in svg
    assert ">Mar<" in svg
    assert ">May<" not in svg


def test_the_page_names_the_colours_of_several_series_and_of_one_none(network):
    split = charts.legend(table(network, "trend"))
    assert [name for name, _fill in split] == [c.label for c in table(network, "trend").columns]
    assert [fill for _name, fill in split if fill == charts.HATCH] == [charts.HATCH]
    assert charts.legend(table(network, "sites")) == []


def test_names_cannot_inject_markup(network):
    network.north.site.name_en = "<script>alert(1)</script>"
    network.north.site.save()
    svg = charts.svg(table(network, "sites"))
    assert "<script" not in svg
    assert "&lt;script" in svg


def test_the_same_figures_are_drawn_once(network, monkeypatch):
    found = table(network, "trend")
    first = charts.svg(found)
    monkeypatch.setattr(charts, "draw", lambda spec: pytest.fail("drawn again"))
    assert charts.svg(found) == first


def test_a_month_without_a_report_is_a_gap_and_not_a_zero(network):
    found = table(network, "trend")
    march = next(row for row in found.rows if row.key == "2024-03")
    assert march.total is None
    assert any("not a zero" in text for text in found.notes)


def test_months_add_up_to_the_tile_and_sexes_to_the_month(network):
    found = table(network, "trend")
    counted = [row.total.high for row in found.rows if row.total]
    assert sum(counted) == 700 * 7 + 4
    january = found.rows[0]
    assert sum(e.high for e in january.entries if e) == january.total.high


def test_sex_by_age_adds_up_to_the_tile(network):
    values = {network.events: {"M|A": 6, "U|U": 2, "F|A": "withheld"}}
    factories.make_counts(network.south, month(3), values)
    found = table(network, "sex_age")
    assert found.total.high == 700 * 7 + 4 + 8
    assert sum(row.total.high for row in found.rows if row.total) == found.total.high
    adults = next(row for row in found.rows if row.key == "A")
    assert adults.entries[0] == "withheld"


def test_sites_that_share_persons_are_not_split_by_sex(network):
    network.events.site_rule = "none"
    network.events.save()
    found = table(network, "trend")
    assert found.columns == []
    assert (found.rows[0].total.low, found.rows[0].total.high) == (700, 704)


def test_targets_are_drawn_as_a_line_or_as_ticks(network):
    factories.make_target(network.program, network.stock, kind="level", span=YEAR, value=900)
    factories.make_target(network.program, network.events, span=YEAR, value=3660)
    factories.make_target(
        network.program, network.stock, kind="level", span=YEAR, value=50, site=network.south.site
    )
    assert table(network, "trend", network.stock).level == 900
    assert table(network, "trend").rows[0].expected == 310
    by_site = {row.key: row.expected for row in table(network, "sites", network.stock).rows}
    assert by_site == {
        str(network.north.site_id): None, str(network.south.site_id): 50,
        str(network.hill.site_id): None,
    }  # fmt: skip


def test_pillars_show_one_unit_and_no_sum(network):
    found = table(network, "pillars")
    assert found.unit == "contacts"
    assert found.total is None
    assert [row.group for row in found.rows] == ["Protection"]


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
    for label, _fill in charts.legend(table(network, name)):
        assert f"</svg> {label}</li>" in fragment
        assert f"</svg> {label}</li>" in whole
    for row in table(network, name).rows:
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
