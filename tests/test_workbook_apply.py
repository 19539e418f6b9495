"""A workbook of many sheets is applied in sets, as if one after the other."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.actions import workbook as actions
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock
from beneficiaries.workbooks.preview import preview
from programs.months import month_after

from .factories import (
    make_breakdown,
    make_filled_report,
    make_indicator,
    make_program,
    make_program_indicator,
    make_program_site,
    make_report,
    make_site,
    make_user,
)
from .workbooks import MARCH, make_upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    program = make_program(code="SHELTER")
    make_program_indicator(program, make_indicator(make_breakdown()))
    return program


@pytest.fixture
def partner(program):
    return make_user(Role.PARTNER, program.organisation)


def make_places(program, number: int) -> list:
    sites = [make_site(program.organisation) for _number in range(number)]
    return [make_program_site(program, site) for site in sites]


def applied(upload, partner) -> int:
    return actions.apply_workbook(
        upload=upload, seen=preview(upload, partner).fingerprint, by=partner
    )


def queries(upload, partner, acting) -> int:
    with acting(partner):
        seen = preview(upload, partner).fingerprint
        with CaptureQueriesContext(connection) as captured:
            cells = actions.apply_workbook(upload=upload, seen=seen, by=partner)
    assert cells == len(upload.rows)
    return len(captured)


@pytest.mark.parametrize("is_begun", [False, True])
def test_it_takes_as_many_queries_for_many_sheets_and_cells(program, partner, acting, is_begun):
    beside, place = make_places(program, 2)
    for begun in (beside, place) if is_begun else (beside,):
        make_report(begun, MARCH)
    one = queries(make_upload([place], partner), partner, acting)
    make_program_indicator(program, make_indicator(make_breakdown()))
    places = make_places(program, 6)
    for begun in places if is_begun else ():
        make_report(begun, MARCH)
    assert queries(make_upload(places, partner), partner, acting) == one
    assert one <= 25


def test_each_report_that_is_opened_has_its_line(program, partner, acting):
    first, *others = make_places(program, 3)
    make_report(first, MARCH)
    upload = make_upload([first, *others], partner)
    with acting(partner):
        applied(upload, partner)
    opened = JournalEntry.objects.filter(action="open", user_id=partner.pk)
    new = CountReport.objects.exclude(site=first.site)
    assert sorted(opened.values_list("target_id", flat=True)) == sorted(str(one.pk) for one in new)
    assert new.count() == 2


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_month_locked_at_the_last_moment_is_said_of_its_sheet(
    program, partner, acting, monkeypatch, is_begun
):
    places = make_places(program, 2)
    free = make_program_site(make_program(program.organisation, code="ART"), places[0].site)
    make_program_indicator(free.program, make_indicator(make_breakdown()))
    upload = make_upload([free, *places], partner)
    for place in places if is_begun else []:
        make_report(place, MARCH)
    step = "save_month" if is_begun else "start_reports"
    meanwhile(monkeypatch, step, lambda: lock(program, partner))
    with acting(partner), pytest.raises(ValidationError) as refused:
        applied(upload, partner)
    first = f"Sheet SHELTER {places[0].site.code}: This month is locked"
    assert first in " ".join(refused.value.messages)
    assert_nothing_is_written(upload)


@pytest.mark.parametrize(
    ("step", "begin"), [("preview", make_report), ("start_reports", make_filled_report)]
)
def test_a_report_that_somebody_begins_at_the_last_moment_is_looked_at_again(
    program, partner, acting, monkeypatch, step, begin
):
    [place] = make_places(program, 1)
    upload = make_upload([place], partner)
    meanwhile(monkeypatch, step, lambda: begin(place, MARCH))
    with acting(partner), pytest.raises(ValidationError, match="changed since you looked"):
        applied(upload, partner)
    assert_nothing_is_written(upload)


def meanwhile(monkeypatch, step: str, happens) -> None:
    """Something happens right before a step of applying."""
    does = getattr(actions, step)

    def after_it(*args, **kwargs):
        happens()
        return does(*args, **kwargs)

    monkeypatch.setattr(actions, step, after_it)


def lock(program, partner) -> None:
    PeriodLock.objects.create(
        organisation=program.organisation,
        program=program,
        span=(MARCH, month_after(MARCH)),
        reason="Sent to the funder.",
        locked_by=partner,
    )


def assert_nothing_is_written(upload) -> None:
    upload.refresh_from_db()
    assert upload.applied_at is None
    assert not BeneficiaryCount.objects.exists()
    assert not JournalEntry.objects.filter(action__in=["open", "apply_workbook"]).exists()
