import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.network import YEAR, counts_of, make_network, month

pytestmark = pytest.mark.django_db
YEAR_2024 = {"period": "2024"}


@pytest.fixture
def network():
    found = make_network()
    counts_of(found, found.north, 1, 5)
    counts_of(found, found.hill, 1, 3)
    return found


@pytest.fixture
def page(client, network):
    client.force_login(network.coordinator)

    def get(**query):
        return client.get(reverse("dashboard"), YEAR_2024 | query)

    return get


def test_the_dashboard_shows_each_program_with_its_figures(page, network):
    html = page().content.decode()
    assert html.count("<h1") == 1
    assert str(network.program) in html
    for indicator in (network.new, network.active, network.stock, network.events):
        assert str(indicator) in html


def test_it_says_how_the_figures_are_behind_their_target(page, network):
    factories.make_target(network.program, network.events, span=YEAR, value=100)
    html = page().content.decode()
    assert "behind the target" in html
    assert "8% of 100" in html


def test_without_a_period_it_shows_the_last_twelve_months(client, network):
    client.force_login(network.coordinator)
    assert "Last 12 months" in client.get(reverse("dashboard")).content.decode()


def test_what_is_not_visible_is_said_and_left_out(page):
    assert "not visible to you" in page(site="999999").content.decode()


def test_unapproved_figures_are_told_apart(page, network):
    counts_of(network, network.north, 2, 34, status="submitted")
    assert "+ 34 not yet approved" in page().content.decode()
    assert "Figures not yet approved are included" in page(state="all").content.decode()


def test_an_organisation_that_counts_nothing_is_told_so(client):
    client.force_login(factories.make_user("coordinator"))
    html = client.get(reverse("dashboard")).content.decode()
    assert "No program is open to you yet" in html


def test_filters_that_leave_nothing_say_so(page, network):
    other = factories.make_site(network.lead)
    program = factories.make_program(network.lead)
    factories.make_program_site(program, other)
    html = page(program=str(network.program.pk), site=str(other.pk)).content.decode()
    assert "No figure is expected for this choice" in html


def test_the_dashboard_asks_the_same_number_of_questions_for_many_rows(page, network):
    factories.make_target(network.program, network.events, span=YEAR)
    factories.make_grant_scope(
        factories.make_grant(factories.make_project(network.lead)), network.program
    )
    page()
    with CaptureQueriesContext(
        connection,
    ) as few:
        page()
    for number in range(2, 7):
        for place in (network.north, network.south, network.hill):
            counts_of(network, place, number, number)
    for _ in range(5):
        factories.make_program_indicator(network.program)
        place = factories.make_program_site(network.program)
        factories.make_counts(place, month(1), {network.events: {"F|C": 1}})
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few)


def test_evidence_lists_the_reports_behind_a_figure(client, network):
    counts_of(network, network.south, 1, 9, status="submitted")
    client.force_login(network.coordinator)
    url = reverse("figure_evidence", args=[network.program.pk, network.events.pk])
    html = client.get(url, {"period": "2024-01"}).content.decode()
    assert "What is counted." in html
    assert html.count("<tr") == 1 + 3
    report = network.north.program.reports.get(site=network.north.site)
    assert f'href="{reverse("count_report", args=[report.pk])}"' in html
    assert "submitted" in html


def test_evidence_shows_what_is_lacking(client, network):
    client.force_login(network.coordinator)
    url = reverse("figure_evidence", args=[network.program.pk, network.events.pk])
    assert "late" in client.get(url, {"period": "2024-02"}).content.decode()


def test_evidence_of_what_is_not_visible_is_not_found(client, network):
    client.force_login(factories.make_user("coordinator"))
    url = reverse("figure_evidence", args=[network.program.pk, network.events.pk])
    assert client.get(url, YEAR_2024).status_code == 404


def test_evidence_keeps_its_number_of_questions(client, network):
    client.force_login(network.coordinator)
    url = reverse("figure_evidence", args=[network.program.pk, network.events.pk])
    client.get(url, YEAR_2024)
    with CaptureQueriesContext(connection) as few:
        client.get(url, YEAR_2024)
    for number in range(2, 9):
        counts_of(network, network.north, number, number)
    with CaptureQueriesContext(connection) as many:
        client.get(url, YEAR_2024)
    assert len(many) == len(few)


@pytest.mark.parametrize("role", ["field_worker", "administrator", "funder", "auditor"])
@pytest.mark.parametrize("name", ["dashboard", "exports", "export_request"])
def test_roles_without_figures_are_refused(client, network, role, name):
    client.force_login(factories.make_user(role, network.lead))
    assert client.get(reverse(name)).status_code == 403


def test_a_partner_sees_no_site_of_the_lead(client, network):
    client.force_login(network.partner_user)
    html = client.get(reverse("dashboard"), YEAR_2024).content.decode()
    assert str(network.program) in html
    assert str(network.north.site) not in html


def test_the_page_has_no_style_and_no_script_of_its_own(page):
    html = page().content.decode()
    assert " style=" not in html
    assert "<style" not in html
