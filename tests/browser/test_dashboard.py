"""The dashboard in a real browser: figures first, charts after them, under the strict policy."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.factories import (
    make_grant,
    make_grant_scope,
    make_program,
    make_program_indicator,
    make_program_site,
    make_project,
    make_target,
)
from tests.network import YEAR, counts_of, make_network

ADDRESS = "/dashboard/?period=2024"


@pytest.fixture
def network(server):
    """Counts with a target, a grant, a second program and something not yet approved."""
    found = make_network()
    for number, value in ((1, 700), (2, 650), (4, 812)):
        counts_of(found, found.north, number, value)
        counts_of(found, found.hill, number, value // 7)
    counts_of(found, found.south, 2, 34, status="submitted")
    make_target(found.program, found.events, span=YEAR, value=4100)
    make_grant_scope(make_grant(make_project(found.lead)), found.program, share=40)
    found.other = make_program(found.lead, code="OTHER")
    make_program_site(found.other, found.north.site)
    make_program_indicator(found.other, found.events)
    return found


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESK)])
def test_the_dashboard_and_what_is_behind_it_stand_up_to_axe(visit, network, language, size):
    network.coordinator.language = language
    network.coordinator.save(update_fields=["language"])
    person = visit(language, size)
    person.sign_in(network.coordinator)
    key = f"{network.program.pk}-{network.events.pk}"
    for address in (
        f"{ADDRESS}&figure={key}",
        f"{ADDRESS}&state=all&funder={network.program.grant_scopes.get().grant.funder_id}",
        f"/dashboard/figure/{key.replace('-', '/')}/?period=2024",
        f"/dashboard/chart/sites/?period=2024&figure={key}",
        "/dashboard/?period=2024-01&site=999",
        "/dashboard/?period=range&from=2024-13&to=2024-06",
        f"/dashboard/?period={'whenever' * 40}",
    ):
        person.open(address)
        person.page.wait_for_load_state("networkidle")
        assert person.violations() == [], address
        assert not person.overflows(), address
    assert person.complaints == []


def test_a_coordinator_narrows_the_dashboard_and_follows_a_figure(visit, network):
    person = visit("en", DESK)
    person.sign_in(network.coordinator)
    person.open(ADDRESS)
    page = person.page
    for name in ("trend", "sites", "sex_age", "pillars"):
        page.wait_for_selector(f"figure.chart.{name}")
    page.select_option("#filter-program", str(network.program.pk))
    page.wait_for_url(f"**program={network.program.pk}**")
    page.wait_for_selector("figure.chart.pillars svg")
    expect(page.locator("section.program")).to_have_count(1)
    page.click("figure.chart.trend summary")
    expect(page.locator("figure.chart.trend tbody tr")).to_have_count(12)
    page.click(f"#figure-{network.program.pk}-{network.events.pk} h3 a")
    expect(page.locator("tbody tr").first).to_be_visible()
    page.click("text=Back to the dashboard")
    expect(page.locator("#filter-program")).to_have_value(str(network.program.pk))
    assert person.complaints == []


def test_months_are_typed_by_keyboard_and_sent_once_they_are_left(visit, network):
    person = visit("en", DESK)
    person.sign_in(network.coordinator)
    person.open(ADDRESS)
    page, keys = person.page, person.page.keyboard
    charts = expect(page.locator("figure.chart"))
    charts.to_have_count(4)
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "/dashboard/?" in one.url else None)
    page.locator("#filter-period").focus()
    page.select_option("#filter-period", "range")
    expect(page.locator(".page-head .state")).not_to_contain_text("2024")
    expect(page.locator("#filter-period")).to_be_focused()
    charts.to_have_count(4)
    del asked[:]
    # Tab leads from the month to the year, to the button of the calendar, and on.
    for month in ("Mar", "Apr"):
        keys.press("Tab")
        keys.type(month, delay=40)
        keys.press("Tab")
        keys.type("2024", delay=40)
        keys.press("Tab")
    assert asked == []
    keys.press("Tab")
    expect(page.locator(".page-head .state")).to_have_text("Mar 2024 – Apr 2024")
    expect(page.locator("#filter-organisation")).to_be_focused()
    charts.to_have_count(4)
    assert len(asked) == 1
    page.locator("#filter-from").focus()
    keys.type("Feb")
    keys.press("Enter")
    expect(page.locator(".page-head .state")).to_have_text("Feb 2024 – Apr 2024")
    charts.to_have_count(4)
    page.locator("#filter-to").focus()
    keys.press("Backspace")
    page.click("#filter-show")
    expect(page.locator("#filter-to-error")).to_contain_text("a month from 01 to 12")
    charts.to_have_count(4)
    assert person.complaints == []


def test_months_in_the_wrong_order_stay_in_both_languages_until_they_are_mended(visit, network):
    person = visit("en", DESK)
    person.sign_in(network.coordinator)
    person.open("/dashboard/?period=range&from=2024-01&to=2024-06")
    page = person.page
    charts = expect(page.locator("figure.chart"))
    charts.to_have_count(4)
    page.fill("#filter-from", "2024-09")
    page.locator("#filter-from").blur()
    expect(page.locator("#filter-to-error")).to_have_text(
        "The last month comes before the first: choose September 2024 or a later one."
    )
    charts.to_have_count(4)
    page.get_by_role("button", name="Français").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#filter-to-error")).to_contain_text("choisissez septembre 2024")
    expect(page.locator("#filter-from")).to_have_value("2024-09")
    expect(page.locator("#filter-to")).to_have_value("2024-06")
    charts.to_have_count(4)
    page.fill("#filter-to", "2024-12")
    page.locator("#filter-to").blur()
    expect(page.locator("#error-summary")).to_have_count(0)
    expect(page.locator(".page-head .state")).to_have_text("sept. 2024 – déc. 2024")
    charts.to_have_count(4)
    assert person.complaints == []


def test_on_a_phone_the_scale_stays_beside_the_months_in_sight(visit, network):
    person = visit("fr", PHONE)
    person.sign_in(network.coordinator)
    person.open(ADDRESS)
    chart = person.page.locator('.trend [role="img"]')
    numbers = chart.locator(".scale text")
    chart.scroll_into_view_if_needed()
    assert chart.evaluate("(one) => one.scrollLeft") > 200
    for place in (10_000, 100, 0):
        chart.evaluate("(one, place) => { one.scrollLeft = place; }", place)
        expect(numbers.first).to_be_in_viewport(ratio=1)
        expect(numbers.last).to_be_in_viewport(ratio=1)
    assert person.complaints == []


def test_without_javascript_every_chart_is_one_link_away(visit, network):
    person = visit("en", DESK, java_script_enabled=False)
    person.sign_in(network.coordinator)
    person.open(ADDRESS)
    assert person.page.is_visible("#filter-from")
    person.page.click(".chart-place.trend a")
    expect(person.page.locator("tbody tr")).to_have_count(12)
