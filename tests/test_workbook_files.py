"""Files that come back: what is read of them, and everything that is refused."""

import datetime as dt
import io
import re
import struct
import zipfile

import pytest
import python_calamine
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from beneficiaries.workbooks import checking, desk
from beneficiaries.workbooks.book import book_of
from beneficiaries.workbooks.checking import NotAWorkbook, position, reference
from beneficiaries.workbooks.reading import read
from beneficiaries.workbooks.values import Mistake, written
from beneficiaries.workbooks.writing import write

from . import spreadsheets
from .factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def data(acting) -> bytes:
    """The workbook of two sites and one indicator: entry cells D8 to L8."""
    place = make_program_site(site=None)
    make_program_indicator(place.program, make_indicator(make_breakdown()))
    make_program_site(place.program, make_site(place.organisation))
    user = make_user(Role.PARTNER, place.organisation)
    with acting(user):
        places = desk.places_of(user, organisation_id=place.organisation_id, month=MARCH)
        return write(book_of(places, MARCH))


def says(data: bytes, **cells: str) -> dict[str, tuple]:
    reading = read(spreadsheets.filled(data, cells))
    assert reading.mistakes == []
    return {change.cell: change.says for change in reading.changes}


def mistakes(data: bytes, **cells: str) -> list[str]:
    return read(spreadsheets.filled(data, cells)).mistakes


def test_an_unchanged_workbook_changes_nothing(data):
    reading = read(data)
    assert (reading.changes, reading.mistakes) == ([], [])
    assert reading.seal.month == MARCH


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (spreadsheets.number(12), (12, "")),
        (spreadsheets.number("12.0"), (12, "")),
        (spreadsheets.number("1.2E1"), (12, "")),
        (spreadsheets.number(0), (0, "")),
        (spreadsheets.number(100000), (100_000, "")),
        (spreadsheets.text("12"), (12, "")),
        (spreadsheets.text(" 1\u202f234\u00a0"), (1234, "")),
        (spreadsheets.text("12,0"), (12, "")),
        (spreadsheets.formula("5+7", 12), (12, "")),
        (spreadsheets.text("nc"), (None, "not_collected")),
        (spreadsheets.text("NA"), (None, "not_applicable")),
        (spreadsheets.text("…"), (None, "withheld")),
    ],
)
def test_what_people_write_is_understood(data, cell, expected):
    assert says(data, D8=cell) == {"D8": expected}


@pytest.mark.parametrize(
    ("cell", "english", "french_part"),
    [
        (spreadsheets.text("abc"), "“abc” is not a whole number", "D8"),
        (spreadsheets.number("12.5"), "“12.5” is not a whole number", "12,5"),
        (spreadsheets.text("1,000"), "“1,000” is not a whole number", "D8"),
        (spreadsheets.number(-3), "-3 is not between 0 and 100\u202f000", "-3"),
        (spreadsheets.number(100001), "100\u202f001 is not between", "100\u202f001"),
        (spreadsheets.failed(), "its formula shows an error", "D8"),
        (spreadsheets.formula("5+7"), "its formula has no result", "D8"),
        (' t="b"><v>1</v></c>', "“True” is not a whole number", "D8"),
    ],
)
def test_a_mistake_names_its_sheet_and_cell_in_both_languages(data, cell, english, french_part):
    sheet = python_calamine.load_workbook(io.BytesIO(data)).sheet_names[1]
    with translation.override("en"):
        [said] = mistakes(data, D8=cell)
    assert said.startswith(f"Sheet {sheet}, cell D8: {english}")
    with translation.override("fr"):
        [said] = mistakes(data, D8=cell)
    assert sheet in said
    assert french_part in said


def test_several_mistakes_are_told_at_once(data):
    found = mistakes(data, D8=spreadsheets.text("abc"), F8=spreadsheets.number("0.5"))
    assert [("D8" in one, "F8" in one) for one in found] == [(True, False), (False, True)]


def test_an_empty_cell_says_nothing(data):
    assert says(data, D8=spreadsheets.text("  ")) == {}


def test_lines_that_were_moved_are_seen(data):
    [said] = mistakes(data, A8=spreadsheets.text("OTHER"))
    assert "cell A8" in said


def test_a_missing_sheet_is_named(data):
    sheet = python_calamine.load_workbook(io.BytesIO(data)).sheet_names[1]

    def renamed(name: str, content: bytes) -> bytes:
        return content.replace(sheet.encode(), b"Other") if name == "xl/workbook.xml" else content

    [said] = read(spreadsheets.with_parts(data, renamed)).mistakes
    assert sheet in said


def empty_workbook() -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        workbook.add_worksheet().write(0, 0, 1)
    return stream.getvalue()


def bomb() -> bytes:
    """A few kilobytes that unpack to a hundred megabytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 100_000_000)
    return stream.getvalue()


def lying_bomb(data: bytes) -> bytes:
    """The same, with a declared size of ten bytes."""
    packed = bomb()
    return packed.replace(struct.pack("<L", 100_000_000), struct.pack("<L", 10))


REFUSED = {
    "text": lambda data: b"site;count\nA;12\n",
    "empty": lambda data: b"",
    "truncated": lambda data: data[: len(data) // 2],
    "damaged": lambda data: data[:2000] + bytes(200) + data[2200:],
    "encrypted": lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000),
    "any other workbook": lambda data: empty_workbook(),
    "an archive of something else": lambda data: spreadsheets.with_parts(
        data, lambda name, content: None if name == "xl/workbook.xml" else content
    ),
    "macros": lambda data: with_member(data, "xl/vbaProject.bin", b"macro"),
    "a cell at the end of the sheet": spreadsheets.with_cell_at_the_end,
    "a cell far right": lambda data: spreadsheets.with_cell_at_the_end(data, "XFD9"),
    "a cell far down": lambda data: spreadsheets.with_cell_at_the_end(data, "A1048576"),
    "a bomb": lambda data: bomb(),
    "a bomb that hides its size": lying_bomb,
    "a part that promises too much": lambda data: spreadsheets.with_parts(
        data, lambda name, content: re.sub(rb'ount="\d+"', b'ount="4294967295"', content)
    ),
    "an unknown encoding": lambda data: spreadsheets.with_parts(
        data, lambda name, content: content.replace(b"UTF-8", b"OTHER-8")
    ),
    "too many parts": lambda data: with_members(data, 400),
    "entities": lambda data: with_doctype(data),
    "too heavy": lambda data: data + bytes(checking.MOST_BYTES),
    "a broken sheet": lambda data: spreadsheets.with_parts(
        data, lambda name, content: content[:-20] if "sheet2" in name else content
    ),
    "a cell without a name": lambda data: spreadsheets.with_cell_at_the_end(data, "ÀÉ7"),
}


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def with_members(data: bytes, count: int) -> bytes:
    for number in range(count):
        data = with_member(data, f"xl/media/{number}.xml", b"<a/>") if number < 1 else data
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(1, count):
            archive.writestr(f"xl/media/{number}.xml", b"<a/>")
    return stream.getvalue()


def with_doctype(data: bytes) -> bytes:
    evil = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><worksheet'
    return spreadsheets.with_parts(
        data,
        lambda name, content: (
            content.replace(b"<worksheet", evil, 1) if "sheet2" in name else content
        ),
    )


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(data, kind):
    with pytest.raises(NotAWorkbook) as refused:
        read(REFUSED[kind](data))
    assert str(refused.value).endswith(".")


def test_another_key_does_not_open_a_workbook(data, settings):
    settings.SECRET_KEY = "another portal's key, long enough to be one"
    with pytest.raises(NotAWorkbook, match="not made by this portal"):
        read(data)


def test_rows_that_only_have_a_height_are_no_danger(data):
    """LibreOffice ends its sheets with such a row."""
    tail = b'<row r="1048576" ht="12.8"/></sheetData>'
    kept = spreadsheets.with_parts(data, lambda n, c: c.replace(b"</sheetData>", tail))
    assert read(kept).mistakes == []


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans()))
def test_any_content_is_a_number_a_reason_or_a_mistake(content):
    try:
        value, reason = written(content)
    except Mistake:
        return
    assert value is None or 0 <= value <= 100_000
    assert value is None or reason == ""


@given(st.integers(0, 1_048_575), st.integers(0, 16_383))
def test_names_of_cells_go_both_ways(row, column):
    assert position(reference(row, column)) == (row, column)
