"""Targets of parts and of the whole: they coexist, and what does not sum is said."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from programs.models import Target
from programs.models.target import disagreements
from programs.violations import explained
from tests.factories import make_indicator, make_program, make_target

pytestmark = pytest.mark.django_db


@pytest.fixture
def aim():
    """Makes targets of one program and indicator, by years."""
    program, indicator = make_program(), make_indicator()

    def make(kind: str, first: int, after: int, value: int, **fields) -> Target:
        span = (dt.date(first, 1, 1), dt.date(after, 1, 1))
        return make_target(program, indicator, kind=kind, span=span, value=value, **fields)

    return make


def told() -> list[tuple[int, int]]:
    return [(one.whole.value, one.parts) for one in disagreements(Target.objects.all())]


def test_years_that_sum_to_the_whole_agree(aim):
    aim("incremental", 2024, 2025, 300)
    aim("incremental", 2025, 2026, 200)
    aim("cumulative", 2024, 2026, 500)
    assert told() == []


def test_years_that_do_not_sum_to_the_whole_are_told(aim):
    aim("incremental", 2024, 2025, 300)
    aim("incremental", 2025, 2026, 100)
    aim("cumulative", 2024, 2026, 500)
    assert told() == [(500, 400)]


def test_a_whole_that_is_not_divided_yet_agrees_until_it_is_exceeded(aim):
    aim("cumulative", 2024, 2026, 500)
    assert told() == []
    part = aim("incremental", 2024, 2025, 300)
    assert told() == []
    Target.objects.filter(pk=part.pk).update(value=501)
    assert told() == [(500, 501)]


def test_the_steps_of_a_cumulative_target_count_from_the_first(aim):
    aim("cumulative", 2024, 2025, 300)
    aim("cumulative", 2025, 2026, 500)
    aim("incremental", 2024, 2025, 300)
    last = aim("incremental", 2025, 2026, 200)
    assert told() == []
    Target.objects.filter(pk=last.pk).update(value=100)
    assert told() == [(500, 400)]


def test_another_indicator_is_no_part(aim):
    aim("cumulative", 2024, 2026, 500)
    make_target(make_program(), kind="incremental", value=900)
    assert told() == []


def test_two_targets_of_a_kind_do_not_overlap(aim):
    aim("incremental", 2024, 2025, 300)
    with pytest.raises(ValidationError, match="already a target"), explained():
        aim("incremental", 2024, 2026, 300)
