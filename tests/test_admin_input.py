"""Whatever comes in a form of the editing pages is answered: nothing, or nonsense."""

import pytest
from django.contrib import admin

from programs.models import CodeList

from .editing import editor_of_all, own, to, typed
from .factories import (
    both,
    make_grant,
    make_grant_scope,
    make_indicator,
    make_partnership,
    make_program,
    make_program_site,
    make_project,
    make_target,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["own"]


@pytest.fixture
def rows(own):
    """One row of each model of the catalogue, of one's own organisation where it has one."""
    program, grant = make_program(own), make_grant(make_project(own))
    indicator = make_indicator()
    make_partnership(program), make_program_site(program), make_grant_scope(grant, program)
    return {
        "organisation": own,
        "program": program,
        "site": make_program_site(program).site,
        "fundedproject": grant.project,
        "grant": grant,
        "target": make_target(program, indicator),
        "indicator": indicator,
        "breakdown": indicator.breakdown,
        "dimension": indicator.breakdown.dimensions.first(),
        "codelist": CodeList.objects.create(code="SERVICES", **both(name="Services")),
    }


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize("model", [model._meta.model_name for model in admin.site._registry])
def test_an_empty_form_says_what_is_missing(client, own, model, value):
    client.force_login(editor_of_all(own))
    address = to(model, "add")
    data = dict.fromkeys(typed(client, address), value) if value is not None else {}
    assert client.post(address, data).context["errors"]


@pytest.mark.parametrize("value", ["nonsense", "9" * 30, "9999-12-31"])
@pytest.mark.parametrize("model", [model._meta.model_name for model in admin.site._registry])
def test_nonsense_never_breaks_a_page(client, own, rows, model, value):
    client.force_login(editor_of_all(own))
    for address in (to(model, "add"), to(model, "change", rows[model].pk)):
        data = {
            name: kept if name.endswith(("_FORMS", "read_revision", "-id")) else value
            for name, kept in typed(client, address).items()
        }
        assert client.post(address, data).status_code in (200, 302)
