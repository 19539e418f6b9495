"""Who sees which rows of the catalogue: own, led, worked in, funded; nothing else."""

from types import SimpleNamespace

import pytest

from accounts.roles import Role
from programs.models import (
    FundedProject,
    Grant,
    GrantScope,
    Organisation,
    Partnership,
    Program,
    ProgramSite,
    Site,
    Target,
)
from programs.rights import may_edit
from tests.factories import (
    make_grant,
    make_grant_scope,
    make_organisation,
    make_partnership,
    make_program,
    make_program_site,
    make_project,
    make_site,
    make_target,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A lead with two programs, two partners in one of them, two funders, and a stranger."""
    lead, partner, other = (make_organisation(n) for n in ("Lead", "Partner", "Other partner"))
    joint, alone = make_program(lead), make_program(lead)
    for organisation in (partner, other):
        make_partnership(joint, organisation)
    sites = [make_site(o) for o in (lead, partner, other)]
    for site in sites:
        make_program_site(joint, site)
    project = make_project(lead)
    grants = [make_grant(project), make_grant(project)]
    for grant in grants:
        make_grant_scope(grant, joint)
    return SimpleNamespace(
        lead=lead, partner=partner, other=other, joint=joint, alone=alone, sites=sites,
        project=project, grants=grants, stranger=make_program(),
        targets=[make_target(joint), make_target(joint, site=sites[1])],
    )  # fmt: skip


def seen(model, user) -> set[int]:
    return set(model.objects.visible_to(user).values_list("pk", flat=True))


def pks(*rows) -> set[int]:
    return {row.pk for row in rows}


def test_the_lead_sees_its_programs_and_all_that_happens_in_them(world):
    user = make_user(Role.COORDINATOR, world.lead)
    assert seen(Program, user) == pks(world.joint, world.alone)
    assert seen(Site, user) == pks(*world.sites)
    assert seen(ProgramSite, user) == set(world.joint.program_sites.values_list("pk", flat=True))
    assert Partnership.objects.visible_to(user).filter(program=world.joint).count() == 3
    assert seen(Target, user) == pks(*world.targets)
    assert seen(Grant, user) == pks(*world.grants)
    funders = [grant.funder for grant in world.grants]
    assert seen(Organisation, user) == pks(world.lead, world.partner, world.other, *funders)


def test_a_partner_sees_its_own_rows_inside_the_leads_program(world):
    user = make_user(Role.PARTNER, world.partner)
    assert seen(Program, user) == pks(world.joint)
    assert seen(Site, user) == pks(world.sites[1])
    assert seen(Organisation, user) == pks(world.lead, world.partner)
    roles = set(Partnership.objects.visible_to(user).values_list("organisation", flat=True))
    assert roles == pks(world.lead, world.partner)
    assert seen(Target, user) == pks(world.targets[1])
    assert seen(FundedProject, user) == seen(Grant, user) == seen(GrantScope, user) == set()


def test_a_funder_sees_its_own_grant_and_no_other(world):
    user = make_user(Role.FUNDER, world.grants[0].funder)
    assert seen(FundedProject, user) == pks(world.project)
    assert seen(Grant, user) == pks(world.grants[0])
    assert seen(GrantScope, user) == pks(world.grants[0].scopes.get())
    assert seen(Program, user) == seen(Site, user) == set()
    assert user.access.filter("programs.view_catalogue", organisation="organisation") is not None


def test_a_membership_of_one_program_reaches_that_program_alone(world):
    user = make_user(Role.COORDINATOR, world.lead, program=world.alone)
    assert seen(Program, user) == pks(world.alone)
    assert seen(Site, user) == set()
    assert seen(Target, user) == set()


def test_a_membership_of_one_site_reaches_that_site_and_its_programs(world):
    user = make_user(Role.FIELD_WORKER, world.lead, site=world.sites[0])
    assert seen(Program, user) == pks(world.joint)
    assert seen(Site, user) == pks(world.sites[0])


def test_a_stranger_sees_nothing_of_it(world):
    user = make_user(Role.COORDINATOR, world.stranger.organisation)
    assert seen(Program, user) == pks(world.stranger)
    assert seen(Site, user) == seen(Target, user) == seen(Grant, user) == set()
    assert seen(Organisation, user) == pks(world.stranger.organisation)


def test_without_a_membership_nothing_is_seen(world):
    user = make_user(None)
    for model in (Program, Site, Organisation, FundedProject, Grant, Target, Partnership):
        assert seen(model, user) == set()


def test_a_confidential_site_says_its_name_where_people_work_or_coordinate(world):
    theirs = world.sites[1]
    theirs.is_confidential = True
    worker = make_user(Role.PARTNER, world.partner)
    coordinator = make_user(Role.COORDINATOR, world.lead)
    administrator = make_user(Role.ADMINISTRATOR, world.lead)
    elsewhere = make_user(Role.PARTNER, world.partner, site=make_site(world.partner))
    assert theirs.label_for(worker) == theirs.label_for(coordinator) == theirs.name
    assert theirs.label_for(administrator) == theirs.label_for(elsewhere) == theirs.code
    assert theirs.zone_for(administrator) == ""
    assert str(theirs) == theirs.code


def test_a_search_does_not_betray_a_confidential_name(world):
    Site.objects.filter(pk=world.sites[0].pk).update(is_confidential=True, name_en="Rose house")
    assert list(Site.objects.matching(q="rose")) == []
    assert list(Site.objects.matching(q=world.sites[0].code)) == [world.sites[0]]


def test_the_address_book_is_edited_where_nobody_has_an_account(world):
    administrator = make_user(Role.ADMINISTRATOR, world.lead)
    school = make_organisation(kinds=["SCHOOL"])
    with_people = make_organisation(kinds=["PARTNER_NGO"])
    make_user(Role.PARTNER, with_people)
    editable = set(Organisation.objects.editable_by(administrator))
    assert {world.lead, school} <= editable
    assert not {world.partner, with_people} & editable
    assert set(Organisation.objects.editable_by(make_user(Role.COORDINATOR))) == set()


def test_an_address_that_another_organisation_uses_is_not_edited(world):
    """A funder or a school that others work with is read, if at all."""
    administrator = make_user(Role.ADMINISTRATOR, world.lead)
    own_funder, court = world.grants[0].funder, make_organisation(kinds=["COURT_PROSECUTION"])
    make_partnership(world.joint, court)
    their_funder = make_grant(make_project()).funder
    their_school = make_organisation(kinds=["SCHOOL"])
    make_partnership(world.stranger, their_school)
    shared = make_organisation(kinds=["FUNDER"])
    make_grant(world.project, shared), make_grant(make_project(), shared)
    editable = set(Organisation.objects.editable_by(administrator))
    assert {own_funder, court} <= editable
    assert not {their_funder, their_school, shared} & editable
    assert not may_edit(administrator, their_funder)
