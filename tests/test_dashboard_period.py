"""A period that cannot be read: said at its field, kept there, never taken for another one."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from reports.models import Export
from tests.network import counts_of, make_network

pytestmark = pytest.mark.django_db
BACKWARDS = {"period": "range", "from": "2024-06", "to": "2024-02"}
UNREADABLE = [
    {"period": "whenever"},
    {"period": '"><b>2024'},
    {"period": "range", "from": "2024-13", "to": "2024-12"},
    {"from": "2024-13"},
    BACKWARDS,
]


@pytest.fixture
def network(client):
    found = make_network()
    counts_of(found, found.north, 1, 5)
    client.force_login(found.coordinator)
    return found


def page(client, **query) -> str:
    return client.get(reverse("dashboard"), query).content.decode()


def field(html: str, name: str) -> dict[str, str]:
    """The attributes of an input or a select, and the message beside it."""
    tag = re.search(rf'<(?:input|select) [^>]*name="{name}"[^>]*>', html)[0]
    found = {key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
    beside = re.search(rf'id="filter-{name}-error"><p>(.*?)</p>', html)
    return found | {"message": unescape(beside[1]) if beside else ""}


def links(html: str, address: str) -> list[str]:
    return [unescape(one) for one in re.findall(rf'"({re.escape(address)}[^"]*)"', html)]


def test_a_month_that_is_none_stays_in_its_field_and_says_how_to_mend_it(client, network):
    html = page(client, period="range", **{"from": "2024-13", "to": "2024-12"})
    first, last = field(html, "from"), field(html, "to")
    assert (first["type"], first["value"]) == ("text", "2024-13")
    assert first["aria-invalid"] == "true"
    assert first["aria-describedby"] == "filter-from-error"
    assert "a month from 01 to 12" in first["message"]
    assert (last["type"], last["value"], last["message"]) == ("month", "2024-12", "")
    assert '<a href="#filter-from">First month</a>' in html
    assert '<option value="range" selected>' in html
    assert '<details class="fold no-print" open>' in html


def test_months_in_the_wrong_order_are_said_at_the_last_one(client, network):
    html = page(client, **BACKWARDS)
    assert field(html, "from")["value"] == "2024-06"
    assert field(html, "to") == {
        "class": "form-control is-invalid", "type": "month", "name": "to", "id": "filter-to",
        "value": "2024-02", "aria-invalid": "true", "aria-describedby": "filter-to-error",
        "message": "The last month comes before the first: choose June 2024 or a later one.",
    }  # fmt: skip


def test_a_word_stays_in_the_menu_of_periods(client, network):
    html = page(client, period="whenever")
    assert re.search(r'<option value="whenever" selected>\s*whenever\s*</option>', html)
    assert field(html, "period")["message"].endswith("choose one from the list.")
    assert "<b>2024" not in page(client, period='"><b>2024')


def test_the_figures_are_those_of_the_last_12_months_and_the_page_says_so(client, network):
    for query in UNREADABLE:
        html = page(client, **query)
        assert "the figures below are those of the last 12 months" in html
        assert 'class="state">Last 12 months · ' in html


def test_it_is_said_in_french(client, network):
    network.coordinator.language = "fr"
    network.coordinator.save(update_fields=["language"])
    html = page(client, **BACKWARDS)
    assert "choisissez juin 2024" in field(html, "to")["message"]
    assert "ceux des 12\u00a0derniers mois" in html
    html = page(client, period="range", **{"from": "2024-13"})
    assert "un mois de 01 à 12" in field(html, "from")["message"]


def test_links_that_come_back_to_the_fields_keep_what_was_typed(client, network):
    key = f"{network.program.pk}-{network.events.pk}"
    html, typed = page(client, **BACKWARDS, figure=key), urlencode(BACKWARDS)
    assert typed in unescape(re.search(r'id="language-next" value="([^"]*)"', html)[1])
    (state,) = [one for one in links(html, reverse("dashboard")) if "state=all" in one]
    assert typed in state
    assert f"?{typed}&figure={network.program.pk}-{network.new.pk}#charts" in unescape(html)


def test_links_to_other_pages_name_the_figures_that_are_shown(client, network):
    html = page(client, **BACKWARDS)
    others = [reverse("export_request"), "/dashboard/figure/", "/dashboard/chart/"]
    found = [link for address in others for link in links(html, address)]
    assert len(found) > 6
    assert [link for link in found if "?period=last12" not in link] == []


def test_a_period_that_can_be_read_has_no_message(client, network):
    for query in ({}, {"period": "2024"}, {"period": "range", "from": "2024-01", "to": "2024-03"}):
        html = page(client, **query)
        assert "error-summary" not in html
        assert "is-invalid" not in html


@pytest.mark.parametrize("name", ["figure_evidence", "dashboard_chart", "export_request"])
def test_other_pages_show_nothing_of_another_period(client, network, name):
    """Figures of months that nobody asked for are not shown, and never leave: back to the field."""
    arguments = {
        "figure_evidence": [network.program.pk, network.events.pk],
        "dashboard_chart": ["trend"],
    }.get(name, [])
    for query in UNREADABLE:
        answer = client.get(reverse(name, args=arguments), query)
        assert answer.status_code == 302
        assert answer["Location"] == f"{reverse('dashboard')}?{urlencode(query)}"
        assert 'id="error-summary"' in client.get(answer["Location"]).content.decode()


def test_nothing_is_asked_for_in_its_place(client, network):
    for query in UNREADABLE:
        address = f"{reverse('export_request')}?{urlencode(query | {'content': 'totals'})}"
        assert client.post(address, {"purpose": "governance"}).status_code == 302
    assert not Export.objects.exists()


def test_a_fragment_of_the_page_is_refused(client, network):
    figure = f"{network.program.pk}-{network.events.pk}"
    address = reverse("dashboard_chart", args=["trend"])
    for query in UNREADABLE:
        asked = query | {"figure": figure, "stamp": "kept"}
        answer = client.get(address, asked, headers={"HX-Request": "true"})
        assert answer.status_code == 400
        assert "This request could not be read" in answer.content.decode()
