"""Who reaches what: every page of the resolver × every role, at home, abroad, as a partner."""

from collections import Counter

import pytest
from django.urls import NoReverseMatch, reverse

from accounts.models import Invitation, Membership
from accounts.roles import Role
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock, TallySheet
from ngo_portal import access
from reports.models import Export
from tests.factories import make_organisation, make_user
from tests.scene import make_scene

pytestmark = pytest.mark.django_db

# Pages that are about nobody's row in particular.
GENERAL = sorted(
    name
    for name, page in access.PAGES.items()
    if not page.is_open and name not in {"account_logout"}
)
OPENED = {200, 204, 302, 400, 422}
# A role may hold the right and this object still refuse it: only who submitted takes back, and
# a cell is saved only where its number is named; a sign-in method is its owner's alone;
# emergency access is ended by who has it or reviews it.
BY_OBJECT = {
    "count_report_take_back": {403},
    "count_cell_save": {404},
    "passkey_rename": {404},
    "factor_remove": {404},
    "elevation_end": {404},
}

NAMED_BY_THE_PLATFORM = {"organisation", "program", "site", "document_add"}


def methods(name: str) -> list[str]:
    return [method.lower() for method in access.PAGES[name].methods if method != "HEAD"]


def status(client, name: str, address: str, method: str = "") -> int:
    """What a page answers to a method, its first declared one unless told."""
    answer = getattr(client, method or methods(name)[0])(address)
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def expected(name: str, role: str, otherwise: int) -> int:
    return otherwise if role in access.PAGES[name].roles else 403


def state() -> list:
    """Everything that a stranger could have changed."""
    tables = [
        *(BeneficiaryCount, CountReport, Export, Invitation, Membership, PeriodLock, TallySheet),
    ]
    return [list(table.objects.order_by("pk").values()) for table in tables]


def without_object() -> list[tuple[str, str]]:
    found = []
    for name in GENERAL:
        try:
            found.append((name, reverse(name)))
        except NoReverseMatch:
            continue
    return found


def test_the_scene_has_an_address_for_every_page_about_a_row():
    scene = make_scene()
    covered = {name for name, _ in scene.addresses(scene.colleague)}
    listed = {name for name, _ in without_object()}
    assert set(GENERAL) - covered - listed == {"indicator", "dashboard_chart"}


@pytest.mark.parametrize("role", Role.values)
def test_a_role_of_another_organisation_finds_nothing(client, role):
    scene = make_scene()
    stranger = make_user(role, make_organisation())
    client.force_login(stranger)
    addresses, before = scene.addresses(stranger), state()
    wrong = {}
    for name, address in addresses:
        # The platform names every organisation; it opens those that nobody administers yet.
        if role == Role.PLATFORM_ADMINISTRATOR and name in NAMED_BY_THE_PLATFORM:
            continue
        for method in methods(name):
            found = status(client, name, address, method)
            if found != expected(name, role, 404):
                wrong[method, address] = (name, found)
    assert wrong == {}
    assert state() == before


@pytest.mark.parametrize("role", Role.values)
def test_a_role_at_home_opens_what_the_registry_says(client, role):
    scene = make_scene()
    person = make_user(role, scene.organisation)
    client.force_login(person)
    wrong = {}
    for name, address in [*without_object(), *scene.addresses(person)]:
        found = status(client, name, address)
        may = role in access.PAGES[name].roles
        is_fine = found in OPENED | BY_OBJECT.get(name, set()) if may else found == 403
        if not is_fine:
            wrong[address] = (name, found)
    assert wrong == {}


def test_nobody_reaches_a_closed_page_without_signing_in(client):
    scene = make_scene()
    answers = Counter(
        status(client, name, address)
        for name, address in [*without_object(), *scene.addresses(scene.colleague)]
    )
    assert set(answers) == {302}


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FIELD_WORKER, Role.PARTNER])
def test_a_partner_sees_only_its_own_rows_in_the_leads_program(client, role):
    lead = make_scene()
    partner = make_scene(make_organisation(), lead.program)
    person = make_user(role, partner.organisation)
    client.force_login(person)
    shown = {
        "figure_evidence": 200,  # the indicator of the shared program, over its own sites alone
        "organisation": 200,
        "program": 200,
    }
    wrong = {}
    addresses, before = lead.addresses(person), state()
    for name, address in addresses:
        for method in methods(name):
            found = status(client, name, address, method)
            if found != expected(name, role, shown.get(name, 404)):
                wrong[method, address] = (name, found)
    assert wrong == {}
    assert state() == before


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.FIELD_WORKER])
def test_the_catalogue_of_another_organisation_is_not_edited(client, role):
    scene = make_scene()
    client.force_login(make_user(role, make_organisation()))
    found = {
        model: client.get(f"/catalogue/programs/{model}/{row.pk}/change/").status_code
        for model, row in {
            "organisation": scene.organisation,
            "program": scene.program,
            "site": scene.place.site,
            "fundedproject": scene.project,
            "grant": scene.project.grants.first(),
        }.items()
    }
    assert set(found.values()) == {404 if role == Role.ADMINISTRATOR else 403}


def test_a_lead_sees_a_partners_report_only_once_submitted(client):
    lead = make_scene()
    partner = make_scene(make_organisation(), lead.program)
    client.force_login(make_user(Role.COORDINATOR, lead.organisation))
    found = {
        report.status: client.get(reverse("count_report", args=[report.pk])).status_code
        for report in (partner.draft, partner.submitted, partner.approved)
    }
    assert found == {"draft": 404, "submitted": 200, "approved": 200}


def test_a_missing_row_and_a_foreign_one_answer_alike(client):
    scene = make_scene()
    client.force_login(make_user(Role.COORDINATOR, make_organisation()))
    foreign = client.get(reverse("count_report", args=[scene.draft.pk]))
    missing = client.get(reverse("count_report", args=[scene.draft.pk + 1_000_000]))
    assert foreign.status_code == missing.status_code == 404

    def plain(answer) -> str:
        return answer.content.decode().replace(answer["X-Request-ID"], "")

    assert plain(foreign) == plain(missing)
