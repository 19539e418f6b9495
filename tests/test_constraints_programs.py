"""The database refuses each thing that would make the catalogue contradict itself, and says why."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from programs.models import (
    Category,
    CellCategory,
    Code,
    CodeList,
    OrganisationYear,
    Partnership,
)
from programs.violations import REFUSED, explained
from tests.factories import (
    both,
    make_breakdown,
    make_dimension,
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
)

pytestmark = pytest.mark.django_db
EARLIER = (dt.date(1990, 1, 1), dt.date(1991, 1, 1))
BRIEF = (dt.date(2000, 1, 1), dt.date(2022, 1, 1))
EMPTY = (dt.date(2020, 1, 1), dt.date(2020, 1, 1))
# A primary key with another column: what composite keys point to; nothing can break it alone.
UNBREAKABLE = {
    "breakdown_id",
    "category_id_dimension",
    "cell_id_breakdown",
    "fundedproject_id_organisation",
    "grant_id_organisation",
    "indicator_id_breakdown",
    # the trigger that lets only the owner lead speaks first
    "partnership_one_lead",
    "program_id_organisation",
    "site_id_organisation",
}


@pytest.fixture
def rows():
    """One row of each model, that stand together."""
    organisation = make_organisation()
    program, site = make_program(organisation), make_site(organisation)
    place = make_program_site(program, site)
    indicator = make_indicator()
    grant = make_grant(make_project(organisation))
    code_list = CodeList.objects.create(code="SERVICES", **both(name="Services"))
    return SimpleNamespace(
        organisation=organisation,
        organisationyear=OrganisationYear.objects.create(organisation=organisation, year=2020),
        program=program,
        partnership=make_partnership(program),
        site=site,
        programsite=place,
        indicator=indicator,
        programindicator=make_program_indicator(program, indicator, is_main=True),
        breakdown=indicator.breakdown,
        dimension=make_dimension("PLACE", "IN", "U"),
        category=Category.objects.get(dimension__code="PLACE", code="IN"),
        cell=indicator.breakdown.cells.first(),
        cellcategory=CellCategory.objects.filter(breakdown=indicator.breakdown).first(),
        fundedproject=grant.project,
        grant=grant,
        grantscope=make_grant_scope(grant, program, site=site),
        target=make_target(program, indicator),
        codelist=code_list,
        code=Code.objects.create(code_list=code_list, code="LEGAL", **both(label="Legal")),
        stranger=make_organisation(),
    )


def change(model, **values):
    """Write `values` straight into the row of `model`."""

    def write(rows):
        row = getattr(rows, model)
        found = {k: v(rows) if callable(v) else v for k, v in values.items()}
        type(row).objects.filter(pk=row.pk).update(**found)

    return write


def again(model, **values):
    """Insert the row of `model` once more, with `values` changed."""

    def write(rows):
        row = getattr(rows, model)
        fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
        found = {k: v(rows) if callable(v) else v for k, v in values.items()}
        type(row).objects.create(**{**fields, "id": None, **found})

    return write


def site_of_stranger(rows):
    return make_site(rows.stranger).pk


def place_partner_then(act):
    """A site of the partner, open as long as the partnership, and then something refused."""

    def write(rows):
        partner = rows.partnership
        act(make_program_site(rows.program, make_site(partner.organisation)), partner)

    return write


REFUSALS = {
    "organisation_code_format": again("organisation", code="lower case"),
    "organisation_country_format": change("organisation", country="fr"),
    "organisation_has_a_kind": change("organisation", kinds=[]),
    "organisation_agreement_not_empty": change("organisation", agreement=EMPTY),
    "organisationyear_once": again("organisationyear"),
    "organisationyear_year": change("organisationyear", year=1700),
    "organisationyear_budget_currency": change("organisationyear", budget=10, currency=""),
    "program_code_once": again("program"),
    "program_code_format": again("program", code="9"),
    "program_ages": change("program", age_min=12, age_max=6),
    "program_dates": change("program", ends_on=dt.date(1999, 1, 1)),
    "partnership_once": again("partnership"),
    "partnership_active_not_empty": change("partnership", active=EMPTY),
    "partnership_lead_leads": change("partnership", role="lead"),
    "partnership_outlasts_its_sites": place_partner_then(
        lambda place, partner: Partnership.objects.filter(pk=partner.pk).update(active=BRIEF)
    ),
    "programsite_within_partnership": place_partner_then(
        lambda place, partner: make_program_site(
            place.program, make_site(partner.organisation), active=(dt.date(1999, 12, 31), None)
        )
    ),
    "site_code_once": again("site"),
    "site_code_format": again("site", code="a"),
    "site_country_format": change("site", country="France"[:2]),
    "programsite_partnership": lambda rows: make_program_site(rows.program, make_site()),
    "programsite_site": again(
        "programsite",
        organisation_id=lambda rows: make_partnership(rows.program, active=EARLIER).organisation_id,
        active=EARLIER,
    ),
    "programsite_no_overlap": again("programsite"),
    "programsite_active_not_empty": again("programsite", active=EMPTY),
    "fundedproject_code_once": again("fundedproject"),
    "fundedproject_code_format": again("fundedproject", code="é"),
    "fundedproject_period_not_empty": change("fundedproject", period=EMPTY),
    "grant_reference_once": again("grant"),
    "grant_project": again(
        "grant", reference="OTHER", organisation_id=lambda rows: rows.stranger.pk
    ),
    "grant_amount_above_zero": change("grant", amount=0, currency="EUR"),
    "grant_amount_has_currency": change("grant", amount=5, currency="euro"[:3]),
    "grant_period_not_empty": change("grant", period=EMPTY),
    "grantscope_grant": again(
        "grantscope", organisation_id=lambda rows: rows.partnership.organisation_id, site_id=None
    ),
    "grantscope_partnership": again(
        "grantscope", program_id=lambda rows: make_program().pk, site_id=None
    ),
    "grantscope_share": change("grantscope", share=0),
    "grantscope_no_overlap": again("grantscope"),
    "grantscope_period_not_empty": change("grantscope", period=EMPTY),
    "grantscope_site_of_program": change("grantscope", site_id=site_of_stranger),
    "target_program": again("target", organisation_id=lambda rows: rows.stranger.pk, span=EARLIER),
    "target_grant": change("target", grant_id=lambda rows: make_grant().pk),
    "programs_target_value_check": change("target", value=-1),
    "target_no_overlap": again("target"),
    "target_span_not_empty": change("target", span=EMPTY),
    "target_cell_of_indicator": change(
        "target", cell_id=lambda rows: make_breakdown("X").cells.first().pk
    ),
    "target_indicator_of_program": change(
        "target", indicator_id=lambda rows: make_indicator(rows.indicator.breakdown).pk
    ),
    "target_site_of_program": change("target", site_id=site_of_stranger),
    "dimension_code_format": again("dimension", code="sex"),
    "category_code_once": again("category"),
    "category_code_format": again("category", code="0-5"),
    "category_one_unknown": change("category", is_unknown=True),
    "category_valid_not_empty": change("category", valid=EMPTY),
    "breakdown_code_format": again("breakdown", code="sex age"),
    "cell_key_once": again("cell", position=50),
    "cell_position_once": again("cell", key="Z"),
    "cell_at_most_a_hundred": again("cell", key="Z", position=100),
    "cellcategory_once": again("cellcategory"),
    "indicator_code_format": again("indicator", code="a-b"),
    "indicator_measure_time_rule": change("indicator", time_rule="none"),
    "indicator_measure_unit": again("indicator", code="OTHER", unit="person"),
    "indicator_not_its_own_bound": change("indicator", at_most_id=lambda rows: rows.indicator.pk),
    "indicator_summed_by_adds_up": change(
        "indicator",
        summed_by_id=lambda rows: (
            make_indicator(unit="person", measure="active_in_period", time_rule="none").pk
        ),
    ),
    "programindicator_program": again(
        "programindicator",
        is_main=False,
        organisation_id=lambda rows: rows.stranger.pk,
        active=EARLIER,
    ),
    "programindicator_no_overlap": again("programindicator", is_main=False),
    "programindicator_one_main": again(
        "programindicator", indicator_id=lambda rows: make_indicator().pk
    ),
    "programindicator_active_not_empty": change("programindicator", active=EMPTY),
    "codelist_code_format": again("codelist", code="a"),
    "code_once": again("code"),
    "code_code_format": again("code", code="a"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_the_database_refuses(rows, name):
    with pytest.raises(ValidationError) as refused, explained():
        REFUSALS[name](rows)
    assert refused.value.code == name
    assert str(refused.value.message) != str(REFUSED)
    assert "%(name)s" not in str(refused.value.message)


def test_every_constraint_has_its_refusal():
    """Texts in both languages and documents are refused in test_constraints_*.py beside this."""
    names = {
        c.name for m in apps.get_app_config("programs").get_models() for c in m._meta.constraints
    }
    texts = {name for name in names if name.endswith("_in_both_languages")}
    made_once = {"breakdowndimension_once", "breakdowndimension_position"} | {
        f"cellcategory_{end}" for end in ("cell", "dimension", "category")
    }
    documents = {name for name in names if name.startswith("document_")}
    elsewhere = texts | documents | made_once | {"indicator_counted_in_pair"}
    assert names - set(REFUSALS) - UNBREAKABLE - elsewhere == set()
