"""Sheets are known by the codes of their program and site, whatever these are."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beneficiaries.workbooks.layout import DATA, NOTICE
from beneficiaries.workbooks.names import sheet_names
from programs.models import Program, ProgramSite, Site

PLACES = itertools.count(1)


def place(program: str, site: str, program_id: int = 0, site_id: int = 0) -> ProgramSite:
    return ProgramSite(
        program=Program(pk=program_id or next(PLACES), code=program),
        site=Site(pk=site_id or next(PLACES), code=site),
    )


def names(*places: ProgramSite) -> list[str]:
    return list(sheet_names(places).values())


def test_a_sheet_is_named_after_its_program_and_site():
    assert names(place("NEPAL_1_PREVENTION", "KATHMANDU")) == ["NEPAL_1_PREVENTION KATHMANDU"]


def test_long_codes_are_cut_alike():
    [name] = names(place("PREVENTION_OF_TRAFFICKING", "KATHMANDU_NIGHT_CENTRE", 12, 345))
    assert name == "PREVENTION_O KATHMANDU_N~12.345"


def test_a_short_code_leaves_its_room_to_the_other():
    [name] = names(place("LEGAL", "KATHMANDU_NIGHT_CENTRE_NORTH_2", 1, 2))
    assert name == "LEGAL KATHMANDU_NIGHT_CENTR~1.2"


def test_two_programs_of_one_code_have_sheets_of_their_own():
    assert names(place("SHELTER", "NORTH", 1, 5), place("SHELTER", "NORTH", 2, 5)) == [
        "SHELTER NORTH~1.5",
        "SHELTER NORTH~2.5",
    ]


@pytest.mark.parametrize("name", [DATA, NOTICE])
def test_no_sheet_takes_the_name_of_one_of_ours(name):
    first, _space, rest = name.upper().partition(" ")
    assert names(place(first, rest, 1, 2))[0].upper() != name.upper()


codes = st.from_regex(r"[A-Z][A-Z0-9_]{0,29}", fullmatch=True)
keys = st.integers(1, 999_999)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.tuples(keys, keys), st.tuples(codes, codes), max_size=20))
def test_excel_takes_any_of_them(drawn):
    given_names = names(*(place(*code, *key) for key, code in drawn.items()))
    assert all(len(name) <= 31 for name in given_names)
    assert len({name.upper() for name in given_names}) == len(drawn)
    assert not any(set(name) & set("[]:*?/\\'") for name in given_names)
