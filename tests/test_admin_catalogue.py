"""The editing pages: who opens which rows, and what is never there."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from accounts.roles import Role
from ngo_portal import access
from ngo_portal.catalogue import OWN, SHARED
from programs.models import Organisation
from tests.editing import administrator, own, platform, to
from tests.factories import (
    make_breakdown,
    make_grant,
    make_indicator,
    make_organisation,
    make_program,
    make_project,
    make_site,
    make_target,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["administrator", "own", "platform"]
MODELS = [name.lower() for name in (*OWN, *SHARED)]


def rows_of(organisation) -> dict[str, object]:
    program = make_program(organisation)
    grant = make_grant(make_project(organisation))
    return {
        "program": program,
        "site": make_site(organisation),
        "fundedproject": grant.project,
        "grant": grant,
        "target": make_target(program),
    }


def test_the_catalogue_alone_is_registered():
    """Accounts, counts, jobs and groups have no page here, whatever packages bring."""
    registered = {model._meta.model_name for model in admin.site._registry}
    assert registered == set(MODELS)


def test_every_url_of_the_catalogue_stands_under_its_right():
    named = [(route, name) for route, name in access.urls() if access.is_of_catalogue(route)]
    assert len(named) > 40
    pages = [access.page(name) for _route, name in named if name]
    assert {page.permission for page in pages} == {access.EDIT_CATALOGUE.permission}
    assert {page.methods for page in pages} <= {access.FORM, access.READ}
    others = [name for route, name in access.urls() if not access.is_of_catalogue(route)]
    assert not [name for name in others if (name or "").startswith(access.CATALOGUE_NAMESPACE)]


@pytest.mark.parametrize("name", ["programs_program_delete", "programs_program_history"])
def test_nothing_is_deleted_and_the_admins_own_log_is_closed(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"catalogue:{name}", args=[1])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.FIELD_WORKER, Role.FUNDER, Role.AUDITOR])
def test_other_roles_do_not_enter(client, role):
    client.force_login(make_user(role))
    assert client.get(reverse("catalogue:index")).status_code == 403


def test_whoever_is_not_signed_in_goes_to_the_portals_own_door(client):
    answer = client.get(reverse("catalogue:index"))
    assert answer["Location"] == "/sign-in/?next=/catalogue/"


def test_password_and_sign_out_are_the_portals(administrator):
    assert administrator.get(reverse("catalogue:logout"))["Location"] == reverse("account_logout")
    answer = administrator.get(reverse("catalogue:password_change"))
    assert answer["Location"] == reverse("account_change_password")


@pytest.mark.parametrize("model", MODELS)
def test_lists_open(administrator, model):
    assert administrator.get(to(model)).status_code == 200


@pytest.mark.parametrize("model", ["program", "site", "fundedproject", "grant", "target"])
def test_ones_own_rows_open_and_another_organisations_are_not_found(administrator, own, model):
    mine, theirs = rows_of(own)[model], rows_of(make_organisation())[model]
    assert administrator.get(to(model, "change", mine.pk)).status_code == 200
    assert administrator.get(to(model, "change", theirs.pk)).status_code == 404
    assert administrator.post(to(model, "change", theirs.pk), {}).status_code == 404
    listed = administrator.get(to(model)).context["cl"].queryset
    assert list(listed) == [mine]


@pytest.mark.parametrize("model", ["indicator", "breakdown", "dimension", "codelist"])
def test_what_all_share_is_read_by_administrators_and_edited_by_the_platform(client, own, model):
    client.force_login(make_user(Role.ADMINISTRATOR, own))
    assert client.get(to(model, "add")).status_code == 403
    client.force_login(make_user(Role.PLATFORM_ADMINISTRATOR, own))
    assert client.get(to(model, "add")).status_code == 200


def test_an_administrator_reads_an_indicator_without_a_button_to_save(administrator):
    page = administrator.get(to("indicator", "change", make_indicator().pk)).content.decode()
    assert 'name="_save"' not in page
    assert administrator.post(to("indicator", "change", make_indicator().pk)).status_code == 403


def test_choices_stay_within_ones_own_organisations(administrator, own):
    mine, theirs = rows_of(own), rows_of(make_organisation("Another association"))
    form = administrator.get(to("target", "add")).context["adminform"].form
    assert set(form.fields["program"].queryset) == {mine["program"]}
    assert set(form.fields["grant"].queryset) == {mine["grant"]}
    form = administrator.get(to("program", "add")).context["adminform"].form
    assert list(form.fields["organisation"].queryset) == [own]
    page = administrator.get(to("grant", "add")).content.decode()
    assert str(theirs["fundedproject"]) not in page
    filters = administrator.get(to("grant")).content.decode()
    assert theirs["grant"].funder.name not in filters


def test_an_administrator_adds_to_the_address_book_but_makes_no_tenant(administrator):
    fields = {
        "name_fr": "École", "name_en": "School", "code": "SCHOOL_1", "country": "FR",
        "language": "fr", "time_zone": "Europe/Paris", "is_active": "on",
    }  # fmt: skip
    refused = administrator.post(to("organisation", "add"), fields | {"kinds": ["OWN"]})
    assert refused.status_code == 200
    assert "kinds" in refused.context["adminform"].form.errors
    saved = administrator.post(to("organisation", "add"), fields | {"kinds": ["SCHOOL"]})
    assert saved.status_code == 302
    assert Organisation.objects.get(code="SCHOOL_1").kinds == ["SCHOOL"]


def test_a_tenant_of_others_is_not_in_an_administrators_list(administrator, own):
    other = make_organisation("Other tenant")
    assert administrator.get(to("organisation", "change", other.pk)).status_code == 404
    assert other not in administrator.get(to("organisation")).context["cl"].queryset


def test_the_platform_edits_every_organisation(platform):
    other = make_organisation("Other tenant")
    assert platform.get(to("organisation", "change", other.pk)).status_code == 200


@pytest.mark.parametrize("model", ["program", "site", "grant", "target", "fundedproject"])
def test_a_list_costs_the_same_for_one_row_and_for_many(
    administrator, own, model, django_assert_max_num_queries
):
    rows_of(own), rows_of(own)
    administrator.get(to(model))
    with CaptureQueriesContext(connection) as few:
        administrator.get(to(model))
    for _ in range(6):
        rows_of(own)
    with django_assert_max_num_queries(len(few)):
        administrator.get(to(model))


def test_a_breakdown_shows_its_cells_and_takes_new_names_only(platform):
    breakdown = make_breakdown()
    page = platform.get(to("breakdown", "change", breakdown.pk))
    assert "F|C" in page.content.decode()
    assert page.context["adminform"].form.fields["code"].disabled


def test_what_one_reader_is_not_offered_another_still_is(client, own, administrator):
    """Forms are made for each page: the kinds of an administrator are not the platform's."""
    administrator.get(to("organisation", "add"))
    client.force_login(make_user(Role.PLATFORM_ADMINISTRATOR, make_organisation()))
    form = client.get(to("organisation", "add")).context["adminform"].form
    assert "OWN" in dict(form.fields["kinds"].choices)


def test_nobody_closes_the_organisation_they_act_for(platform, own):
    form = platform.get(to("organisation", "change", own.pk)).context["adminform"].form
    assert form.fields["is_active"].disabled
    other = to("organisation", "change", make_organisation().pk)
    assert not platform.get(other).context["adminform"].form.fields["is_active"].disabled
