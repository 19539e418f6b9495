import pytest

from reports import figures
from tests import factories
from tests.network import NOW, YEAR, counts_of, make_network

pytestmark = pytest.mark.django_db
HALF = {"period": "range", "from": "2024-01", "to": "2024-06"}


@pytest.fixture
def network():
    found = make_network()
    for place, value in ((found.north, 5), (found.south, 7), (found.hill, 11)):
        counts_of(found, place, 1, value)
    return found


def shown(network, user, query=HALF):
    board = figures.board(figures.select(user, query, NOW))
    found = board.tile(f"{network.program.pk}-{network.events.pk}")
    return found.total.amount.high if found and found.total else None


def test_a_lead_reads_its_partners(network):
    assert shown(network, network.coordinator) == 23


def test_a_partner_reads_its_own_rows_inside_the_leads_program(network):
    assert shown(network, network.partner_user) == 11
    seen = figures.select(network.partner_user, HALF, NOW).visible
    assert set(seen.sites) == {network.hill.site_id}
    assert set(seen.organisations) == {network.partner.pk}


def test_a_lead_does_not_see_what_a_partner_has_not_submitted(network):
    counts_of(network, network.hill, 2, 40, status="draft")
    counts_of(network, network.north, 2, 3, status="draft")
    assert shown(network, network.coordinator, HALF | {"state": "all"}) == 26
    assert shown(network, network.partner_user, HALF | {"state": "all"}) == 51


def test_a_membership_of_one_site_reads_that_site(network):
    user = factories.make_user("coordinator", network.lead, site=network.south.site)
    assert shown(network, user) == 7


def test_a_membership_of_another_program_reads_nothing(network):
    other = factories.make_program(network.lead)
    factories.make_program_site(other, network.north.site)
    user = factories.make_user("coordinator", network.lead, program=other)
    assert shown(network, user) is None


def test_a_stranger_reads_nothing(network):
    stranger = factories.make_user("coordinator")
    assert figures.board(figures.select(stranger, HALF, NOW)).sections == []


def test_a_role_without_figures_reads_nothing(network):
    worker = factories.make_user("field_worker", network.lead)
    assert figures.board(figures.select(worker, HALF, NOW)).sections == []


@pytest.mark.parametrize("name", ["organisation", "program", "site", "project", "funder"])
def test_a_filter_on_what_is_not_visible_is_left_out(network, name):
    other = make_other()
    query = HALF | {name: str(other[name])}
    selection = figures.select(network.coordinator, query, NOW)
    assert selection.ignored == (name,)
    assert shown(network, network.coordinator, query) == 23


def make_other() -> dict[str, int]:
    """Objects of another organisation."""
    organisation = factories.make_organisation()
    program = factories.make_program(organisation)
    site = factories.make_program_site(program).site
    grant = factories.make_grant(factories.make_project(organisation))
    return {
        "organisation": organisation.pk, "program": program.pk, "site": site.pk,
        "project": grant.project_id, "funder": grant.funder_id,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "9" * 40, "١", "PILLAR"])
def test_any_text_in_a_filter_is_left_out(network, text):
    for name in ("program", "pillar"):
        selection = figures.select(network.coordinator, HALF | {name: text}, NOW)
        assert selection.ignored == (name,)


def test_a_report_whose_site_left_the_program_still_has_a_name(network):
    network.hill.delete()
    selection = figures.select(network.coordinator, HALF, NOW)
    figure = figures.figure(selection, f"{network.program.pk}-{network.events.pk}")
    assert figure.tile.total.amount.high == 23
    assert "Site" in " ".join(row.label for row in figures.sites(figure).rows)


def test_a_co_funder_reads_its_own_grant_and_not_the_other_funders(network):
    project = factories.make_project(network.lead)
    ours, theirs = (
        factories.make_grant(project, funder=funder)
        for funder in (network.partner, factories.make_organisation(kinds=["FUNDER"]))
    )
    for grant, value in ((ours, 100), (theirs, 60)):
        factories.make_grant_scope(grant, network.program, site=network.hill.site)
        factories.make_target(
            network.program, network.events, grant=grant, site=network.hill.site, span=YEAR,
            value=value,
        )  # fmt: skip
    user = factories.make_user("coordinator", network.partner)
    query = HALF | {"project": str(project.pk)}
    selection = figures.select(user, query, NOW)
    tile = figures.board(selection).tile(f"{network.program.pk}-{network.events.pk}")
    assert [cover.grant for cover in selection.visible.covers] == [ours]
    assert [progress.goal.grant for progress in tile.progress] == [ours]
    foreign = figures.select(user, HALF | {"funder": str(theirs.funder_id)}, NOW)
    assert foreign.ignored == ("funder",)
