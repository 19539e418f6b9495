"""The grid of a month as a person meets it: its report, cells, what they wear, keys."""

import datetime as dt

import pytest

from accounts.roles import Role
from tests.factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_report,
    make_user,
)

MONTH = dt.date(2026, 1, 1)


@pytest.fixture
def report(server):
    place = make_program_site()
    breakdown = make_breakdown()
    for position in range(2):
        make_program_indicator(place.program, make_indicator(breakdown), position=position)
    return make_report(place, MONTH)


@pytest.fixture
def desk(report, visit):
    person = visit("en")
    person.user = make_user(Role.FIELD_WORKER, report.organisation)
    person.sign_in(person.user)
    person.open(report.get_absolute_url())
    return person


def cells(person):
    return person.page.locator(".count-grid input[inputmode]")


def state(person, number, name):
    """Wait until the cell wears the class of a state."""
    cell = cells(person).nth(number).get_attribute("id")
    person.page.wait_for_selector(f"td.{name} > #{cell}")


def typed(person, *keys):
    """Press the keys that have a name, type the rest."""
    for key in keys:
        press = person.page.keyboard.press if key[0].isupper() else person.page.keyboard.type
        press(key)


def write(person, number, text):
    """Type in a cell and leave it; wait until it is saved."""
    cells(person).nth(number).fill(text)
    cells(person).nth(number).blur()
    state(person, number, "saved")


def mark_rows(person, mark="zero"):
    """From the menu of each row: all its empty cells at once."""
    for row in person.page.locator(".count-grid tbody tr").all():
        row.locator(".row-menu summary").click()
        row.locator(f".row-menu button[value={mark}]").click()
        row.locator(".row-menu:not([open])").wait_for(state="attached")


def ids(person):
    return [cell.get_attribute("id") for cell in cells(person).all()]
