"""The reading pages: what they say, to whom, at a constant price."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from programs.models import OrganisationYear
from tests.factories import (
    make_grant,
    make_grant_scope,
    make_indicator,
    make_organisation,
    make_partnership,
    make_program,
    make_program_indicator,
    make_program_site,
    make_project,
    make_site,
    make_target,
    make_user,
)

pytestmark = pytest.mark.django_db
LISTS = ["programs", "sites", "organisations", "indicators", "projects"]


@pytest.fixture
def lead():
    return make_organisation("Lead association")


@pytest.fixture
def signed_in(client, lead):
    """A coordinator of the lead."""
    client.force_login(make_user(Role.COORDINATOR, lead))
    return client


def furnish(lead) -> dict:
    """One more of everything, hanging together."""
    program = make_program(lead, age_min=0, age_max=18)
    partner = make_organisation()
    make_partnership(program, partner)
    site = make_site(lead, capacity=40)
    make_program_site(program, site)
    make_program_site(program, make_site(partner, is_confidential=True))
    indicator = make_indicator()
    make_program_indicator(program, indicator, is_main=True)
    grant = make_grant(make_project(lead), amount=1500, currency="EUR")
    make_grant_scope(grant, program, site=site, share=60)
    make_target(program, indicator, site=site, grant=grant, value=1234)
    return {
        "program": program,
        "site": site,
        "organisation": partner,
        "indicator": indicator,
        "project": grant.project,
    }


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    signed_in, lead, name, django_assert_num_queries
):
    furnish(lead)
    signed_in.get(reverse(name))
    with CaptureQueriesContext(connection) as first:
        signed_in.get(reverse(name))
    for _ in range(4):
        furnish(lead)
    with django_assert_num_queries(len(first)):
        assert signed_in.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", ["program", "site", "organisation", "indicator", "project"])
def test_a_record_opens_and_costs_the_same_however_much_it_holds(
    signed_in, lead, name, django_assert_num_queries
):
    made = furnish(lead)
    address = made[name].get_absolute_url()
    signed_in.get(address)
    with CaptureQueriesContext(connection) as first:
        assert signed_in.get(address).status_code == 200
    for _ in range(3):
        site = make_site(lead)
        make_program_site(made["program"], site)
        make_program_indicator(made["program"])
        make_target(made["program"], site=site)
        make_program_site(make_program(lead), made["site"])
        make_program_indicator(make_program(lead), made["indicator"])
        make_grant_scope(make_grant(made["project"]), made["program"], site=site)
    with django_assert_num_queries(len(first)):
        assert signed_in.get(address).status_code == 200


@pytest.mark.parametrize("name", ["program", "site", "organisation", "project"])
def test_another_organisations_object_is_not_found(client, lead, name):
    row = furnish(lead)[name]
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get(row.get_absolute_url()).status_code == 404
    assert client.get(reverse(name, args=[999_999])).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("programs", 403), ("projects", 200)])
def test_a_funder_reads_its_projects_alone(client, lead, name, status):
    funder = make_organisation(kinds=["FUNDER"])
    client.force_login(make_user(Role.FUNDER, funder))
    assert client.get(reverse(name)).status_code == status


def test_a_funder_does_not_read_what_another_funder_gives(client, lead):
    project = furnish(lead)["project"]
    other = make_grant(project, reference="THEIRS-77", amount=99, currency="USD")
    client.force_login(make_user(Role.FUNDER, project.grants.first().funder))
    page = client.get(project.get_absolute_url()).content.decode()
    assert "EUR" in page
    assert "THEIRS-77" not in page
    assert str(other.funder) not in page


def test_a_program_says_what_it_counts_and_where(signed_in, lead):
    page = signed_in.get(furnish(lead)["program"].get_absolute_url()).content.decode()
    for words in ["0 to 18", "main count", "Months add up", "1\u202f234", "60&nbsp;%", "Paid by"]:
        assert words in page


def test_targets_that_disagree_are_told_on_the_program(signed_in, lead):
    program, indicator = make_program(lead), make_indicator()
    make_target(program, indicator, value=40)
    make_target(program, indicator, value=50, kind="cumulative")
    page = signed_in.get(program.get_absolute_url()).content.decode()
    assert "sum to 40, and the target of the whole is 50" in page


def test_a_partner_reads_neither_other_partners_nor_money(client, lead):
    program = furnish(lead)["program"]
    partner = make_organisation("Riverside")
    make_partnership(program, partner)
    client.force_login(make_user(Role.PARTNER, partner))
    answer = client.get(program.get_absolute_url())
    organisations = {p.organisation for p in answer.context["program"].partnerships.all()}
    assert organisations == {lead, partner}
    assert "Paid by" not in answer.content.decode()


def test_an_organisation_is_found_by_its_other_name(signed_in, lead):
    lead.aliases = ["Agrogothi Sangstha"]
    lead.save()
    page = signed_in.get(reverse("organisations"), {"q": "agrogothi"}).content.decode()
    assert str(lead) in page
    nothing = signed_in.get(reverse("organisations"), {"q": "zzz", "kind": "nonsense"})
    assert "Nothing matches" in nothing.content.decode()


def test_an_organisation_shows_its_years(signed_in, lead):
    OrganisationYear.objects.create(
        organisation=lead, year=2018, staff=73, budget=500365, currency="USD"
    )
    page = signed_in.get(lead.get_absolute_url()).content.decode()
    assert "500\u202f365&nbsp;USD" in page


def test_filters_stay_when_the_page_turns(signed_in, lead):
    for _ in range(51):
        make_site(lead, kind="SHELTER")
    page = signed_in.get(reverse("sites"), {"kind": "SHELTER"}).content.decode()
    assert "?kind=SHELTER&amp;page=2" in page
    second = signed_in.get(reverse("sites"), {"kind": "SHELTER", "page": 2})
    assert len(second.context["page"].object_list) == 1


def test_an_indicator_that_never_adds_up_names_the_one_that_does(signed_in):
    new = make_indicator(unit="person", measure="new_in_year")
    distinct = make_indicator(
        new.breakdown, unit="person", measure="active_in_period", time_rule="none",
        site_rule="none", summed_by=new,
    )  # fmt: skip
    page = signed_in.get(distinct.get_absolute_url()).content.decode()
    assert "Months never add up" in page
    assert f'<a href="{new.get_absolute_url()}">' in page


def test_only_who_may_edit_is_led_to_the_catalogue(client, lead):
    program = furnish(lead)["program"]
    client.force_login(make_user(Role.COORDINATOR, lead))
    assert "Edit in the catalogue" not in client.get(program.get_absolute_url()).content.decode()
    client.force_login(make_user(Role.ADMINISTRATOR, lead))
    assert "Edit in the catalogue" in client.get(program.get_absolute_url()).content.decode()
