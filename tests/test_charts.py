import re

import pytest
import vl_convert
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


def test_the_numbers_beside_months_are_drawn_apart_as_well(network):
    svg = charts.svg(table(network, "trend"))
    whole, scale = svg.split('<svg class="scale"')
    numbers = re.findall(r'"end"[^>]*translate\(\S+,(\S+)\)[^>]*>([^<]+)<', whole)
    assert len(numbers) > 2
    assert re.findall(r'"end"[^>]*translate\(\S+,(\S+)\)[^>]*>([^<]+)<', scale) == numbers
    assert "scale" not in charts.svg(table(network, "sites"))


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


def test_programs_and_their_pillars_are_named_in_the_readers_language(network):
    network.program.name_fr, network.program.name_en = "Maraudes du soir", "Evening rounds"
    network.program.save()
    for language, name in (("fr", "Maraudes du soir"), ("en", "Evening rounds")):
        with translation.override(language):
            svg = charts.svg(table(network, "pillars"))
            pillar = str(network.program.get_pillar_display())
        assert f">{name}<" in svg
        assert f">{pillar}<" in svg
        assert network.program.code not in svg


def test_a_name_too_long_for_the_chart_is_whole_in_the_table(network):
    network.program.name_en = "Centres of the night and of the day for the children of the street"
    network.program.save()
    with translation.override("en"):
        found = table(network, "pillars")
        svg = charts.svg(found)
    assert ">Centres of the night and of the" in svg
    assert network.program.name_en not in svg
    assert [row.label for row in found.rows] == [network.program.name_en]


def test_two_sites_of_one_name_are_two_bars(network):
    network.south.site.name_en = network.north.site.name_en = "Night centre"
    network.south.site.save()
    network.north.site.save()
    with translation.override("en"):
        assert charts.svg(table(network, "sites")).count(">Night centre<") == 2


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
