"""Texts in both languages, what never changes, and breakdowns made once."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from programs.models import BreakdownDimension, Category, Cell, CellCategory
from programs.violations import KEPT, explained
from tests.factories import (
    make_breakdown,
    make_indicator,
    make_organisation,
    make_partnership,
    make_program,
    make_site,
)
from tests.test_constraints_programs import rows

pytestmark = pytest.mark.django_db
__all__ = ["rows"]
TEXTS = [
    (model._meta.model_name, constraint.name)
    for model in apps.get_app_config("programs").get_models()
    for constraint in model._meta.constraints
    if constraint.name.endswith("_in_both_languages")
]
ENDING = "_in_both_languages"


@pytest.mark.parametrize(("model", "name"), TEXTS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_text_of_one_language_is_refused(rows, model, name, language):
    row = getattr(rows, model)
    field = name.removeprefix(f"{model}_").removesuffix(ENDING)
    with pytest.raises(ValidationError) as refused, explained():
        type(row).objects.filter(pk=row.pk).update(**{f"{field}_{language}": ""})
    assert refused.value.code == name
    assert refused.value.message == "Fill in both the French and the English text."


def test_a_word_for_a_unit_is_given_in_both_languages_or_in_neither():
    with pytest.raises(ValidationError) as refused, explained():
        make_indicator(counted_in_fr="nuits")
    assert refused.value.code == "indicator_counted_in_pair"
    assert make_indicator(counted_in_fr="nuits", counted_in_en="nights").unit_name == "nights"
    assert make_indicator(unit="item").unit_name == "items"


@pytest.mark.parametrize(
    ("make", "field", "value"),
    [
        (make_organisation, "code", "OTHER"),
        (make_program, "code", "OTHER"),
        (make_program, "organisation", make_organisation),
        (make_site, "code", "OTHER"),
        (make_site, "organisation", make_organisation),
        (make_indicator, "breakdown", make_breakdown),
        (make_indicator, "unit", "item"),
        (lambda: make_partnership(make_program()), "organisation", make_organisation),
    ],
)
def test_what_work_refers_to_never_changes(make, field, value):
    row = make()
    with pytest.raises(ValidationError) as refused, explained():
        type(row).objects.filter(pk=row.pk).update(**{field: value() if callable(value) else value})
    assert refused.value.message == KEPT


@pytest.mark.parametrize("model", [BreakdownDimension, Cell, CellCategory])
def test_a_breakdown_is_made_once(model):
    make_breakdown()
    row = model.objects.first()
    with pytest.raises(ValidationError) as refused, explained():
        model.objects.filter(pk=row.pk).update(breakdown=row.breakdown)
    assert refused.value.message == KEPT


def test_a_category_of_another_dimension_does_not_enter_a_cell():
    mine, other = make_breakdown("A"), make_breakdown("B")
    row = CellCategory.objects.filter(breakdown=mine).first()
    stranger = Category.objects.filter(dimension__in=other.dimensions.all()).first()
    cell = Cell.objects.create(breakdown=mine, key="NEW", position=90)
    with pytest.raises(ValidationError) as refused, explained():
        CellCategory.objects.create(
            cell=cell, breakdown=mine, dimension_id=row.dimension_id, category=stranger
        )
    assert refused.value.code == "cellcategory_category"


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("cellcategory_cell", ("cell",)),
        ("cellcategory_dimension", ("dimension", "category")),
    ],
)
def test_a_cell_takes_its_own_breakdowns_dimensions(name, fields):
    mine, other = make_breakdown("A"), make_breakdown("B")
    row = CellCategory.objects.filter(breakdown=mine).first()
    cell = Cell.objects.create(breakdown=mine, key="NEW", position=90)
    values = {"cell": cell, "dimension": row.dimension, "category": row.category}
    theirs = CellCategory.objects.filter(breakdown=other).last()
    values |= {field: getattr(theirs, field) for field in fields}
    with pytest.raises(ValidationError) as refused, explained():
        CellCategory.objects.create(breakdown=mine, **values)
    assert refused.value.code == name


@pytest.mark.parametrize(
    ("name", "second", "position"),
    [("breakdowndimension_once", False, 7), ("breakdowndimension_position", True, 0)],
)
def test_a_dimension_stands_once_in_a_breakdown(name, second, position):
    mine, other = make_breakdown("A"), make_breakdown("B")
    dimension = (other if second else mine).dimensions.first()
    with pytest.raises(ValidationError) as refused, explained():
        BreakdownDimension.objects.create(breakdown=mine, dimension=dimension, position=position)
    assert refused.value.code == name
