"""What the editing pages refuse: said beside the field that mends it, and never a failure."""

import pytest

from accounts.roles import Role
from programs.models import Organisation, Site
from tests.editing import own, to, typed
from tests.factories import (
    make_grant,
    make_grant_scope,
    make_program,
    make_project,
    make_site,
    make_target,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["own"]


@pytest.fixture(params=["en", "fr"])
def administrator(client, own, request):
    client.force_login(make_user(Role.ADMINISTRATOR, own, language=request.param))
    return client


def refused(client, address: str, **changes):
    """The page that answers a form which is not saved."""
    answer = client.post(address, typed(client, address, **changes))
    assert answer.status_code == 200
    return answer


def errors_of_row(page, prefix: str) -> dict:
    formsets = {one.formset.prefix: one.formset for one in page.context["inline_admin_formsets"]}
    return formsets[prefix].forms[0].errors


@pytest.mark.parametrize("share", ["0", "-1", "100.01", "250", "999.99"])
def test_a_wrong_share_of_a_grant_is_said_beside_it(administrator, own, share):
    program, grant = make_program(own), make_grant(make_project(own))
    scope = make_grant_scope(grant, program, share=40)
    page = refused(administrator, to("grant", "change", grant.pk), **{"scopes-0-share": share})
    language = page.wsgi_request.user.language
    said = {
        "en": "A share is above 0 and at most 100.",
        "fr": "Une part est supérieure à 0 et ne dépasse pas 100.",
    }
    assert errors_of_row(page, "scopes") == {"share": [said[language]]}
    scope.refresh_from_db()
    assert scope.share == 40


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "0", "currency": "EUR"}, "amount"),
        ({"amount": "10", "currency": ""}, "currency"),
        ({"amount": "10", "currency": "ABC"}, "currency"),
        ({"amount": "10", "currency": "eur"}, "currency"),
        ({"period_0": "2026-12-31", "period_1": "2026-01-01"}, "period"),
    ],
)
def test_a_wrong_grant_is_refused_beside_the_field(administrator, own, changes, field):
    grant = make_grant(make_project(own))
    page = refused(administrator, to("grant", "change", grant.pk), **changes)
    assert list(page.context["adminform"].form.errors) == [field]


def test_a_reference_that_is_there_is_refused_beside_it(administrator, own):
    grant = make_grant(make_project(own))
    other = make_grant(grant.project, grant.funder)
    address = to("grant", "change", other.pk)
    page = refused(administrator, address, reference=grant.reference)
    assert list(page.context["adminform"].form.errors) == ["reference"]


def test_two_targets_at_a_time_are_refused_beside_the_days(administrator, own):
    target = make_target(make_program(own))
    fields = {
        "program": target.program_id, "indicator": target.indicator_id, "kind": target.kind,
        "span_0": "2026-03-01", "span_1": "2026-03-31", "value": "5",
    }  # fmt: skip
    page = administrator.post(to("target", "add"), fields)
    assert list(page.context["adminform"].form.errors) == ["span"]


@pytest.mark.parametrize("model", ["organisation", "site"])
def test_no_country_is_chosen_for_whoever_does_not_choose(administrator, model):
    """The first of the alphabet stood there, and was saved unseen."""
    page = administrator.get(to(model, "add"))
    country = page.context["adminform"].form["country"]
    assert country.value() is None
    assert next(iter(country.field.choices))[0] == ""
    before = Organisation.objects.count(), Site.objects.count()
    answer = administrator.post(to(model, "add"), typed(administrator, to(model, "add")))
    assert "country" in answer.context["adminform"].form.errors
    assert (Organisation.objects.count(), Site.objects.count()) == before


def test_a_currency_of_today_and_of_an_older_grant_are_there(administrator, own):
    address = to("grant", "change", make_grant(make_project(own)).pk)
    for currency in ("EUR", "NPR", "HRK"):
        sent = typed(administrator, address, amount="10.50", currency=currency)
        assert administrator.post(address, sent).status_code == 302


def test_a_site_code_that_is_there_is_refused_beside_it(administrator, own):
    site, other = make_site(own), make_program(own)
    fields = {
        "organisation": own.pk, "code": site.code, "name_fr": "Centre", "name_en": "Centre",
        "kind": "DAY_CENTRE", "country": "FR", "zone_fr": "Nord", "zone_en": "North",
        "time_zone": "UTC", "is_active": "on",
    }  # fmt: skip
    page = administrator.post(to("site", "add"), fields)
    assert list(page.context["adminform"].form.errors) == ["code"]
    dates = {"starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    page = refused(administrator, to("program", "change", other.pk), **dates)
    assert list(page.context["adminform"].form.errors) == ["ends_on"]
