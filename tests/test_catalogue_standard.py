"""The standard catalogue: complete, in both languages, loaded once."""

import re
from itertools import chain

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from accounts.roles import Role
from audit.models import JournalEntry
from programs import standard
from programs.actions import create_breakdown, enter, load_standard_catalogue
from programs.constraints import CODE
from programs.models import Breakdown, Code, Dimension, Indicator
from tests.factories import both, make_dimension, make_indicator, make_organisation, make_user

pytestmark = pytest.mark.django_db


def test_loading_twice_adds_nothing(capsys):
    call_command("load_catalogue")
    before = Indicator.objects.count(), Code.objects.count()
    assert before[0] == len(standard.INDICATORS)
    assert load_standard_catalogue(by=None) == 0
    assert (Indicator.objects.count(), Code.objects.count()) == before
    assert "rows added" in capsys.readouterr().out


def test_what_the_platform_reworded_stays():
    load_standard_catalogue()
    Indicator.objects.filter(code="NIGHTS").update(name_fr="Nuits au centre")
    Code.objects.filter(code="KAFALA").delete()
    assert load_standard_catalogue() == 1
    assert Indicator.objects.get(code="NIGHTS").name_fr == "Nuits au centre"


def test_the_cells_are_one_category_of_each_dimension():
    load_standard_catalogue()
    cells = {b.code: b.cells.count() for b in Breakdown.objects.all()}
    assert cells == {"TOTAL": 1, "SEX": 4, "SEX_AGE": 24, "AUDIENCE": 10}
    first = Breakdown.objects.get(code="SEX_AGE").cells.first()
    assert first.key == "F|AGE_0_5"
    assert first.label == "Girls, women · 0–5"
    assert Breakdown.objects.get(code="TOTAL").cells.get().label == "Total"


def test_each_dimension_has_its_unknown():
    for dimension in standard.DIMENSIONS:
        assert [c.is_unknown for c in dimension.categories].count(True) == 1


def test_what_never_adds_up_says_what_does():
    load_standard_catalogue()
    lonely = Indicator.objects.filter(time_rule="none", summed_by=None)
    assert list(lonely) == []
    stands = Indicator.objects.filter(time_rule="none").select_related("summed_by")
    assert {i.summed_by.time_rule for i in stands} == {"sum"}


def test_bounds_are_counted_by_the_same_cells():
    """ "Never above" is checked cell by cell."""
    load_standard_catalogue()
    bounded = Indicator.objects.exclude(at_most=None).select_related("at_most")
    assert [i.code for i in bounded if i.breakdown_id != i.at_most.breakdown_id] == []


def test_codes_and_both_languages():
    rows = [*standard.DIMENSIONS, *standard.BREAKDOWNS, *standard.INDICATORS, *standard.CODE_LISTS]
    inner = chain.from_iterable(getattr(r, "categories", getattr(r, "codes", ())) for r in rows)
    for row in [*rows, *inner]:
        assert re.match(CODE, row.code), row.code
        assert row.fr
        assert row.en
    for code_list in standard.CODE_LISTS:
        codes = [code.code for code in code_list.codes]
        assert len(set(codes)) == len(codes)


def test_a_breakdown_of_more_than_a_hundred_cells_is_refused():
    dimensions = [make_dimension(f"D{n}", "A", "B", "C", "D", "U") for n in range(3)]
    with pytest.raises(ValidationError, match="125 cells are too many"):
        create_breakdown(code="WIDE", name_fr="x", name_en="x", dimensions=dimensions)
    assert not Breakdown.objects.filter(code="WIDE").exists()


def test_a_dimension_without_its_unknown_makes_no_breakdown():
    dimension = Dimension.objects.create(code="EMPTY", **both(name="Empty"))
    with pytest.raises(ValidationError, match="no unknown category"):
        create_breakdown(code="B", name_fr="x", name_en="x", dimensions=[dimension])


def test_only_the_platform_makes_a_breakdown():
    with pytest.raises(PermissionDenied):
        create_breakdown(
            code="B", name_fr="x", name_en="x", dimensions=[], by=make_user(Role.ADMINISTRATOR)
        )


def test_entering_a_row_is_checked_and_written_down():
    organisation = make_organisation()
    administrator = make_user(Role.ADMINISTRATOR, organisation)
    organisation.name_fr = "Autre nom"
    enter(organisation, by=administrator, fields=["name_fr"])
    line = JournalEntry.objects.get(action="change_organisation")
    assert (line.organisation_id, line.user_id) == (organisation.pk, administrator.pk)
    assert line.details == {"fields": ["name_fr"]}
    with pytest.raises(PermissionDenied):
        enter(make_indicator(), by=administrator)
    with pytest.raises(PermissionDenied):
        enter(make_organisation(), by=administrator)


def test_a_refusal_of_the_database_is_told():
    organisation = make_organisation()
    organisation.kinds = []
    with pytest.raises(ValidationError, match="at least one kind"):
        enter(organisation, by=None)
