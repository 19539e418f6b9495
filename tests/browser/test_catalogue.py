"""The catalogue in a real browser: read on a phone, edited at a desk, under the strict policy."""

import pytest

from accounts.roles import Role
from programs.actions import load_standard_catalogue
from programs.models import Indicator, Program, Site
from tests.browser.conftest import DESK, PHONE
from tests.factories import (
    make_grant,
    make_grant_scope,
    make_membership,
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


@pytest.fixture
def program(server) -> Program:
    """A program with all that its page can show."""
    load_standard_catalogue()
    lead = make_organisation("Lead", aliases=["The lead"], agreement=("2020-01-01", None))
    program = make_program(lead, age_min=0, age_max=18)
    make_partnership(program)
    site = make_site(lead, capacity=40)
    make_program_site(program, site)
    indicator = Indicator.objects.get(code="CHILDREN_SHELTERED")
    make_program_indicator(program, indicator, is_main=True)
    grant = make_grant(make_project(lead), amount=1500, currency="EUR")
    make_grant_scope(grant, program, site=site, share=60)
    make_target(program, indicator, site=site, grant=grant, kind="level")
    return program


def reading_pages(program: Program) -> list[str]:
    rows = [
        program,
        program.organisation,
        program.program_sites.get().site,
        program.program_indicators.get().indicator,
        program.grant_scopes.get().grant.project,
    ]
    lists = ["/programs/", "/sites/", "/organisations/", "/indicators/?q=nights", "/projects/"]
    return [*lists, *(row.get_absolute_url() for row in rows)]


def editing_pages(program: Program) -> list[str]:
    root = "/catalogue/programs"
    scope = program.grant_scopes.get()
    return [
        "/catalogue/",
        f"{root}/program/",
        f"{root}/program/{program.pk}/change/",
        f"{root}/organisation/{program.organisation_id}/change/",
        f"{root}/site/add/",
        f"{root}/site/{program.program_sites.get().site_id}/change/",
        f"{root}/grant/{scope.grant_id}/change/",
        f"{root}/target/add/",
        f"{root}/indicator/{program.program_indicators.get().indicator_id}/change/",
        f"{root}/codelist/",
    ]


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESK)])
def test_the_reading_pages_stand_up_to_axe(visit, program, language, size):
    person = visit(language, size)
    person.sign_in(make_user(Role.COORDINATOR, program.organisation, language=language))
    for address in reading_pages(program):
        person.open(address)
        assert person.violations() == [], address
        assert not person.overflows(), address
    assert person.complaints == []


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESK)])
def test_the_editing_pages_stand_up_to_axe(visit, program, language, size):
    person = visit(language, size)
    person.sign_in(make_user(Role.ADMINISTRATOR, program.organisation, language=language))
    person.page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    hosts: set[str] = set()
    for address in editing_pages(program):
        person.open(address)
        assert person.violations() == [], address
        assert not person.overflows(), address
    assert person.complaints == []
    assert hosts == {person.base.removeprefix("http://")}


def test_an_administrator_adds_a_site_in_both_languages_and_opens_it_for_the_program(
    visit, program
):
    person = visit("en", DESK)
    person.sign_in(make_user(Role.ADMINISTRATOR, program.organisation))
    page = person.page
    person.open("/catalogue/programs/site/add/")
    page.fill("#id_code", "CENTRE_C")
    for tab, name, zone in (("fr", "Centre C", "Nord"), ("en", "Centre C", "North")):
        for field, text in (("name", name), ("zone", zone)):
            page.click(f'a[href="#tab_id_{field}_{tab}"]')
            page.fill(f"#id_{field}_{tab}", text)
    page.select_option("#id_kind", "NIGHT_CENTRE")
    page.select_option("#id_country", "IN")
    page.click("button[name=_save]")
    page.wait_for_url("**/programs/site/*/change/")
    site = Site.objects.get(code="CENTRE_C")
    assert (site.zone_fr, site.zone_en, site.country) == ("Nord", "North", "IN")
    person.open(f"/catalogue/programs/program/{program.pk}/change/")
    page.click("#program_sites-group .add-row a")
    page.select_option("#id_program_sites-1-site", str(site.pk))
    page.fill("#id_program_sites-1-active_0", "2026-01-01")
    page.click("button[name=_continue]")
    page.wait_for_selector("#messages .success")
    assert program.program_sites.filter(site=site).exists()
    assert person.complaints == []


def save(page) -> None:
    page.click("button[name=_continue]")
    page.wait_for_load_state()


def test_the_rows_of_the_catalogue_are_edited_on_a_phone_and_what_is_wrong_is_said(visit, program):
    """Grant, project, target, indicator, partnership: each first with what is refused."""
    person = visit("fr", PHONE)
    user = make_user(Role.ADMINISTRATOR, program.organisation, language="fr")
    make_membership(user, Role.PLATFORM_ADMINISTRATOR, program.organisation)
    person.sign_in(user)
    page, scope, target = person.page, program.grant_scopes.get(), program.targets.get()
    indicator, partner = target.indicator, program.partnerships.exclude(role="lead").get()
    inverted = "Le dernier jour ne peut pas précéder le premier."
    for model, row, field, wrong, said, right in (
        ("grant", scope.grant, "scopes-0-share", "250", "ne dépasse pas 100", "40"),
        ("fundedproject", scope.grant.project, "period_1", "2019-12-31", inverted, "2030-12-31"),
        ("target", target, "span_1", "2025-12-31", inverted, "2026-06-30"),
        ("indicator", indicator, "name_fr", "", "Ce champ est obligatoire", "Enfants à l’abri"),
        ("program", program, "partnerships-0-active_1", "1999-01-01", inverted, "2040-12-31"),
    ):
        person.open(f"/catalogue/programs/{model}/{row.pk}/change/")
        assert not person.overflows(), model
        for value in (wrong, right):
            # What the browser itself would hold back reaches the server, which must answer.
            page.eval_on_selector("main form[method=post]", "form => { form.noValidate = true }")
            page.fill(f"#id_{field}", value)
            save(page)
            if value == wrong:
                assert said in page.inner_text(".errorlist:visible"), model
                assert person.violations() == [], model
                assert not person.overflows(), model
        assert page.is_visible("#messages .success"), model
    for row in (scope, target, indicator, partner, scope.grant.project):
        row.refresh_from_db()
    assert (scope.share, indicator.name_fr) == (40, "Enfants à l’abri")
    assert str(target.span.upper) == "2026-07-01"
    assert str(partner.active.upper) == str(scope.grant.project.period.upper.replace(year=2041))
    assert person.complaints == []
