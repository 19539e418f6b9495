"""Asking for an export: what is said, what fits, who else is needed."""

import pytest
from django.urls import reverse

from reports.budget import ROWS_A_PERSON, SECOND_PERSON_ABOVE
from reports.models import Export
from tests import factories
from tests.exported import asked
from tests.network import counts_of, make_network

pytestmark = pytest.mark.django_db
LARGE = SECOND_PERSON_ABOVE + 1
WHY = "The board meets on Tuesday and looks at the whole year."


@pytest.fixture
def network(client):
    found = make_network()
    for number in (1, 2):
        counts_of(found, found.north, number, 4)
    client.force_login(found.coordinator)
    return found


def page(client, content: str = "counts", **query) -> str:
    query = {"period": "2024", "content": content} | query
    return client.get(reverse("export_request"), query).content.decode()


def test_the_page_says_what_leaves_and_what_is_left(client, network):
    html = page(client)
    assert "Counts, cell by cell (CSV)" in html
    assert "Jan 2024 – Dec 2024" in html
    assert "<dd>8</dd>" in html  # four figures in two months
    assert "100\u202f000 rows, of 100\u202f000" in html
    asked(client, "counts")
    assert "99\u202f992 rows, of 100\u202f000" in page(client)


def test_it_keeps_the_filter_of_the_dashboard(client, network):
    html = client.get(reverse("dashboard"), {"period": "2024", "site": network.north.site_id})
    assert (
        f"period=2024&amp;site={network.north.site_id}&amp;content=counts" in html.content.decode()
    )
    asked(client, "counts", site=str(network.north.site_id))
    assert Export.objects.get().filter == {
        "period": "range", "from": "2024-01", "to": "2024-12", "site": str(network.north.site_id),
    }  # fmt: skip


def test_months_are_fixed_when_it_is_asked(client, network):
    """The last twelve months would be others by the time it is approved."""
    counts_of(network, network.north, 3, 1)
    client.post(f"{reverse('export_request')}?period=last12&content=totals", {"purpose": "funder"})
    assert set(Export.objects.get().filter) == {"period", "from", "to"}


def test_another_purpose_is_said_and_what_was_typed_stays(client, network):
    answer = asked(client, "counts", purpose="other")
    assert "Say what the other purpose is." in answer.content.decode()
    answer = asked(client, "counts", purpose="", note=WHY)
    assert WHY in answer.content.decode()
    assert not Export.objects.exists()


def test_beyond_the_budget_nothing_can_be_asked(client, network):
    factories.make_export(network.coordinator, network.lead, rows=ROWS_A_PERSON - 1)
    assert "more than what is left today" in page(client)
    answer = asked(client, "counts")
    assert answer.status_code == 200
    assert "This is more than what is left to you today" in answer.content.decode()


def test_somebody_of_two_organisations_exports_for_one_at_a_time(client, network):
    other = make_other(network)
    client.force_login(network.coordinator)
    html = page(client)
    assert f"within={other.pk}" in html
    asked(client, "counts", within=str(other.pk))
    export = Export.objects.get()
    assert (export.organisation, export.rows) == (other, 4)
    assert "<dd>4</dd>" in page(client, within=str(other.pk))


def make_other(network):
    """A second organisation of the coordinator, with a month of four figures."""
    other = factories.make_organisation("Zebra")
    place = factories.make_program_site(factories.make_program(other), factories.make_site(other))
    indicator = factories.make_indicator(network.breakdown)
    factories.make_program_indicator(place.program, indicator)
    cells = dict.fromkeys(("F|C", "M|C", "F|A", "M|A"), 3)
    factories.make_counts(place, network.north.site.reports.first().month, {indicator: cells})
    factories.make_membership(network.coordinator, "coordinator", other)
    return other


def test_somebody_alone_is_told_what_to_do(client, network, monkeypatch):
    monkeypatch.setattr("reports.budget.SECOND_PERSON_ABOVE", 0)
    answer = asked(client, "counts")
    assert "Nobody else may approve an export of this size" in answer.content.decode()
    factories.make_user("administrator", network.lead)
    assert asked(client, "counts").status_code == 302


def test_asking_five_times_does_not_avoid_the_second_person(client, network):
    quarter = SECOND_PERSON_ABOVE // 4
    for _time in range(4):
        assert not factories.make_export(
            network.coordinator, network.lead, rows=quarter
        ).needs_second_person
    factories.make_user("administrator", network.lead)
    html = page(client)
    assert "what you ask for in 24 hours is added up" in html
    assert "Ask for approval" in html
    asked(client, "counts")
    export = Export.objects.get(rows=8)
    assert export.is_waiting
    colleague = factories.make_user("coordinator", network.lead)
    assert not factories.make_export(colleague, network.lead, rows=1).needs_second_person


def test_somebody_alone_is_not_told_to_split(client, network):
    factories.make_export(network.coordinator, network.lead, rows=SECOND_PERSON_ABOVE)
    html = asked(client, "counts").content.decode()
    assert "Nobody else may approve an export of this size" in html
    assert "fewer months" not in html


@pytest.mark.parametrize("name", ["exports", "export_approvals", "home"])
def test_lists_ask_the_same_number_of_questions(
    client, network, django_assert_max_num_queries, name
):
    colleague = factories.make_user("coordinator", network.lead)

    def fill():
        factories.make_export(colleague, network.lead, rows=LARGE)
        factories.make_built(factories.make_export(network.coordinator, network.lead))

    fill()
    client.get(reverse(name))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse(name))
    for _number in range(3):
        fill()
    with django_assert_max_num_queries(len(few)):
        assert client.get(reverse(name)).status_code == 200
