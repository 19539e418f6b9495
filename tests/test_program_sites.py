"""When a site is open for a program: its months, and the dates of a partner."""

import datetime as dt

import pytest

from programs.models import ProgramSite
from programs.months import month_after

from .factories import make_partnership, make_program, make_program_site, make_site

pytestmark = pytest.mark.django_db
EARLIER = (dt.date(1990, 1, 1), dt.date(1991, 1, 1))
BRIEF = (dt.date(2000, 1, 1), dt.date(2022, 1, 1))
MONTHS = [dt.date(2026, month, 1) for month in range(1, 7)]


@pytest.mark.parametrize(
    ("runs", "active", "open_months"),
    [
        ((dt.date(2025, 1, 1), None), (dt.date(2025, 1, 1), None), [1, 2, 3, 4, 5, 6]),
        ((dt.date(2025, 1, 1), None), (None, dt.date(2026, 2, 1)), [1]),
        ((dt.date(2025, 1, 1), None), (None, dt.date(2026, 2, 2)), [1, 2]),
        ((dt.date(2025, 1, 1), None), (dt.date(2026, 3, 31), dt.date(2026, 4, 1)), [3]),
        ((dt.date(2025, 1, 1), dt.date(2026, 2, 1)), (dt.date(2025, 1, 1), None), [1, 2]),
        ((dt.date(2026, 4, 30), dt.date(2026, 5, 31)), (None, None), [4, 5]),
    ],
)
def test_a_site_is_open_in_the_same_months_for_both(runs, active, open_months):
    starts_on, ends_on = runs
    program = make_program(starts_on=starts_on, ends_on=ends_on)
    place = make_program_site(program, active=active)
    place.refresh_from_db()
    assert [month.month for month in MONTHS if place.is_active_in(month)] == open_months
    active_in = ProgramSite.objects.active_in
    assert [month.month for month in MONTHS if active_in(month).exists()] == open_months
    for last in range(1, 6):
        assert active_in(MONTHS[0], MONTHS[last]).exists() == (open_months[0] <= last + 1)
        assert active_in(MONTHS[last], month_after(MONTHS[5])).exists() == (
            open_months[-1] >= last + 1
        )


def test_a_partner_ends_its_site_before_its_partnership():
    program = make_program()
    partner = make_partnership(program)
    place = make_program_site(program, make_site(partner.organisation))
    for row in (place, partner):
        row.active = BRIEF
        row.save()
    partner.refresh_from_db()
    assert partner.active.upper == BRIEF[1]


def test_the_dates_of_the_lead_are_those_of_the_program():
    program = make_program()
    make_program_site(program, make_site(program.organisation), active=EARLIER)
