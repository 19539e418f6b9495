"""The page of a target: only what the program counts, at the sites that run it."""

import pytest

from accounts.roles import Role
from programs.models import Target
from tests.editing import own, to, typed
from tests.factories import (
    make_breakdown,
    make_grant,
    make_grant_scope,
    make_indicator,
    make_program,
    make_program_indicator,
    make_program_site,
    make_project,
    make_site,
    make_target,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["own"]
SAID = {
    "indicator": {"en": "does not count this indicator", "fr": "ne compte pas cet indicateur"},
    "site": {"en": "does not run this program", "fr": "n’est pas ouvert pour ce programme"},
    "cell": {"en": "not of the breakdown", "fr": "n’est pas dans la ventilation"},
}


@pytest.fixture(params=["en", "fr"])
def administrator(client, own, request):
    client.force_login(make_user(Role.ADMINISTRATOR, own, language=request.param))
    return client


@pytest.fixture
def target(own):
    return make_target(make_program(own))


def offered(page, name: str) -> set[int]:
    field = page.context["adminform"].form.fields[name]
    return {value.value for value, _label in field.choices if value}


def elsewhere(own) -> dict:
    """What another program of the same association counts, and where."""
    program = make_program(own)
    return {
        "indicator": make_program_indicator(program).indicator,
        "site": make_program_site(program, make_site(own)).site,
        "cell": make_breakdown("OTHER").cells.first(),
    }


@pytest.mark.parametrize("name", SAID)
def test_what_is_not_of_the_program_is_refused_beside_the_field(administrator, own, target, name):
    strange = elsewhere(own)[name]
    address = to("target", "change", target.pk)
    answer = administrator.post(
        address, typed(administrator, address, **{name: strange.pk, "value": 7})
    )
    form = answer.context["adminform"].form
    assert list(form.errors) == [name]
    assert SAID[name][answer.wsgi_request.user.language] in answer.content.decode()
    assert form[name].value() == str(strange.pk)
    assert Target.objects.get(pk=target.pk).value == 100


def test_a_refused_target_is_mended_by_what_is_offered(administrator, own, target):
    """The program may be changed: its own indicators are there after the refusal."""
    other = make_program_indicator(make_program(own))
    address = to("target", "change", target.pk)
    sent = typed(administrator, address, program=other.program_id)
    page = administrator.post(address, sent)
    assert offered(page, "indicator") == {target.indicator_id, other.indicator_id}
    sent["indicator"] = other.indicator_id
    assert administrator.post(address, sent).status_code == 302


def test_a_known_program_offers_its_indicators_and_sites_alone(administrator, own, target):
    elsewhere(own)
    mine = make_program_site(target.program, make_site(own)).site
    for page in (
        administrator.get(to("target", "change", target.pk)),
        administrator.get(to("target", "add"), {"program": target.program_id}),
    ):
        assert offered(page, "indicator") == {target.indicator_id}
        assert offered(page, "site") == {mine.pk}
    page = administrator.get(to("target", "add"), {"program": "x"})
    assert len(offered(page, "indicator")) == 2


def test_an_indicator_of_another_time_may_have_a_target(administrator, own):
    """Counted until 2020: a target of that time can still be entered."""
    counted = make_program_indicator(
        make_program(own), make_indicator(), active=("2010-01-01", "2020-01-01")
    )
    fields = {
        "program": counted.program_id, "indicator": counted.indicator_id, "kind": "incremental",
        "span_0": "2019-01-01", "span_1": "2019-12-31", "value": "5",
    }  # fmt: skip
    assert administrator.post(to("target", "add"), fields).status_code == 302


def test_a_grant_covers_a_site_that_runs_the_program(administrator, own):
    strange, grant = elsewhere(own)["site"], make_grant(make_project(own))
    scope = make_grant_scope(grant, make_program(own))
    address = to("grant", "change", grant.pk)
    page = administrator.post(
        address, typed(administrator, address, **{"scopes-0-site": strange.pk})
    )
    rows = page.context["inline_admin_formsets"][0].formset.forms
    assert list(rows[0].errors) == ["site"]
    scope.refresh_from_db()
    assert scope.site is None
