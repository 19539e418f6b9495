"""What the demonstration says, before any row: both languages, true facts, believable figures."""

import dataclasses
import datetime as dt

import pytest

from accounts.roles import Role
from ngo_portal.demo import accounts, cases, families, invented, la_mist, staff
from ngo_portal.demo.calendar import Calendar
from ngo_portal.demo.counts import chance, spread
from ngo_portal.demo.shapes import typeset
from programs.months import month_after

from .demo_data import INDICATOR, NOW, PROGRAMS, REAL, figures, program, total

CALENDAR = Calendar(NOW)


def texts(thing) -> list[tuple[str, str]]:
    """Every pair of texts in the data, however deep."""
    if isinstance(thing, tuple) and len(thing) == 2 and all(isinstance(t, str) for t in thing):
        return [thing]
    if dataclasses.is_dataclass(thing):
        thing = [getattr(thing, field.name) for field in dataclasses.fields(thing)]
    if isinstance(thing, tuple | list):
        return [pair for one in thing for pair in texts(one)]
    return []


def test_every_text_is_in_both_languages():
    found = [pair for family in families.ALL for pair in texts(family)]
    assert len(found) > 150
    assert [pair for pair in found if not all(pair)] == []


def test_french_gets_its_no_break_spaces():
    assert typeset("« Oui » : 5 160 enfants") == "«\u00a0Oui\u00a0»\u00a0: 5\u202f160 enfants"


@pytest.mark.parametrize("kind", ["organisations", "places", "programs"])
def test_codes_name_one_thing(kind):
    codes = [one.code for family in families.ALL for one in getattr(family, kind)]
    assert len(codes) == len(set(codes))


def test_the_programs_are_known_by_their_names():
    names = {name for one in PROGRAMS for name in one.name}
    for known in ("(ESP)", "(NCC)", "(IPP)", "Maraudes", "PEGASE · "):
        assert any(known in name for name in names), known


def test_every_program_counts_what_the_standard_catalogue_holds():
    for one in PROGRAMS:
        assert {row.indicator for row in one.rows} <= INDICATOR.keys()
        assert sum(row.is_main for row in one.rows) <= 1
        persons = {row.indicator for row in one.rows if row.is_main}
        assert all(INDICATOR[code].unit in ("person", "household") for code in persons)


def test_real_organisations_show_nothing_to_hold_against_them():
    for family in REAL:
        codes = {one.code for one in family.programs}
        assert not [case for case in cases.CASES if case.program in codes]
        assert not [w for one in family.programs for w in one.works if w.stopped_months_ago]
        assert not [place for place in family.places if not place.is_active]
        money = [grant for project in family.projects for grant in project.grants]
        assert {grant.amount for grant in money} <= {None}
        assert all(grant.reference.startswith("DEMO-") for grant in money)


def test_the_only_amounts_of_real_organisations_are_published_ones():
    years = [y for family in REAL for org in family.organisations for y in org.years]
    assert [(y.year, y.staff, y.budget, y.currency) for y in years] == [
        (2017, 70, 414_880, "USD"),
        (2018, 73, 500_365, "USD"),
    ]
    assert all("epic.foundation" in y.source for y in years)


def test_the_awkward_cases_are_all_told():
    assert {case.kind for case in cases.CASES} >= {
        *("late", "submitted", "submitted late", "returned", "corrected", "correction open"),
        *("not_collected", "not_applicable", "withheld"),
    }
    assert any(place.is_confidential for place in invented.PLACES)
    assert any(work.stopped_months_ago for work in invented.NIGHT.works)
    assert "AGE_U" in invented.STREET


def test_the_region_wide_targets_of_pegase_bind_no_site():
    aims = {(a.indicator, a.value) for p in PROGRAMS if p.code[:6] == "PEGASE" for a in p.aims}
    assert aims == {("ARRIVALS", 5160), ("FAMILIES_NEW", 940), ("AWARENESS_PARTICIPANTS", 6800)}


def test_la_mist_made_66_rounds_with_22_lawyers_and_7_mediators_over_2021_to_2024():
    first, last = dt.date(2021, 1, 1), dt.date(2024, 12, 1)
    for indicator, known in (
        ("ROUNDS", 66),
        ("VOLUNTEER_LAWYERS_NEW", 22),
        ("PEER_MEDIATORS_NEW", 7),
    ):
        assert total(la_mist.MARAUDES, indicator, first, last, CALENDAR) == known


def test_closed_work_keeps_its_true_months():
    for code, first, last in (
        ("PEERS", (2022, 1), (2023, 12)),
        ("MPEIO", (2022, 1), (2023, 12)),
        ("EMPOWERMENT", (2022, 1), (2024, 12)),
    ):
        one = program(code)
        months = CALENDAR.months_of(one, one.works[0])
        assert (months[0], months[-1]) == (dt.date(*first, 1), dt.date(*last, 1))


def test_ongoing_work_shows_two_years_and_the_current_month():
    ncc = program("NCC")
    months = CALENDAR.months_of(ncc, ncc.works[0])
    assert (months[0], months[-1], len(months)) == (dt.date(2024, 11, 1), dt.date(2026, 11, 1), 25)


def test_the_same_day_gives_the_same_figures_on_every_machine():
    ncc = program("NCC")
    month = dt.date(2026, 3, 1)
    found = figures(ncc, ncc.works[0], month, CALENDAR)
    assert found == figures(ncc, ncc.works[0], month, CALENDAR)
    assert [sum(cells.values()) for cells in found.values()] == [91, 3, 1822, 6639, 31]


def test_some_counts_never_exceed_others():
    for one in PROGRAMS:
        for work in one.works:
            for month in CALENDAR.months_of(one, work)[-13:]:
                found = figures(one, work, month, CALENDAR)
                for code, cells in found.items():
                    bound = found.get(INDICATOR[code].at_most)
                    assert bound is None or sum(cells.values()) <= sum(bound.values()), code


def test_a_total_is_spread_whole():
    cells = spread(101, ["F|A", "M|A", "U|A"], {"F": 3, "M": 1, "A": 1}, chance("a test"))
    assert sum(cells.values()) == 101
    assert cells["F|A"] > cells["M|A"] > cells["U|A"] == 0


@pytest.mark.parametrize("months_later", range(0, 14, 2))
def test_real_organisations_keep_the_pace_of_their_targets(months_later):
    today = month_after(dt.date(2026, 3, 1), months_later)
    calendar = Calendar(dt.datetime(today.year, today.month, 20, tzinfo=dt.UTC))
    year = (dt.date(today.year, 1, 1), dt.date(today.year + 1, 1, 1))
    for family in REAL:
        for one in family.programs:
            for aim in one.aims:
                since, until = aim.span or year
                expected = aim.value * (today - since).days / (until - since).days
                last = month_after(today, -1)
                assert total(one, aim.indicator, since, last, calendar) >= expected, one.code


def test_every_site_is_entered_by_one_and_reviewed_by_another():
    for one in PROGRAMS:
        for work in one.works:
            assert staff.enters(one, work) != staff.reviews(one)


def test_each_role_has_an_account_and_each_organisation_an_administrator():
    everybody = [a for family in families.ALL for a in accounts.accounts_of(family)]
    assert {a.role for a in everybody} | {Role.PLATFORM_ADMINISTRATOR} == set(Role.values)
    administered = {a.organisation for a in everybody if a.role == Role.ADMINISTRATOR}
    assert administered == {a.organisation for a in everybody}
    emails = [accounts.email_of(a) for a in everybody]
    assert len(emails) == len(set(emails))
    assert all(email.endswith(".example") for email in emails)
    assert len(accounts.PASSWORD) >= 12


def test_every_organisation_that_works_in_a_program_has_an_account_besides_its_administrator():
    """Public agencies refer people and receive them: they enter nothing, and have none."""
    works = {
        code
        for one in PROGRAMS
        for code in (one.lead, *(p.organisation for p in one.partners if p.role != "agency"))
    }
    able = {
        account.organisation
        for family in families.ALL
        for account in family.accounts
        if account.role != Role.ADMINISTRATOR
    }
    assert len(works) > 10
    assert works - able == set()
    assert {org for org in works if not accounts.organisations()[org].domain} == set()
