"""A small network of two organisations with counts of 2024, for the tests of figures."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from . import factories

YEAR = (dt.date(2024, 1, 1), dt.date(2025, 1, 1))
NOW = dt.datetime(2024, 7, 20, 12, tzinfo=dt.UTC)


def month(number: int, year: int = 2024) -> dt.date:
    return dt.date(year, number, 1)


def make_network() -> SimpleNamespace:
    """A lead with two sites and a partner with one, all in the lead's program; no counts yet."""
    lead = factories.make_organisation("Lead")
    partner = factories.make_organisation("Partner", kinds=["OWN", "PARTNER_NGO"])
    program = factories.make_program(lead, code="NCC", due_days=10)
    factories.make_partnership(program, partner)
    breakdown = factories.make_breakdown()
    make = factories.make_indicator
    new = make(
        breakdown, code="NEW", unit="person", measure="new_in_year", **factories.both(name="New")
    )
    active = make(
        breakdown, code="ACTIVE", unit="person", measure="active_in_period", time_rule="none",
        **factories.both(name="Seen"),
    )  # fmt: skip
    stock = make(breakdown, code="STOCK", unit="person", measure="stock_at_end", time_rule="last")
    events = make(breakdown, code="EVENTS")
    for position, one in enumerate([new, active, stock, events]):
        factories.make_program_indicator(program, one, position=position, is_main=one is new)
    places = [
        factories.make_program_site(program, factories.make_site(owner, code=code))
        for owner, code in ((lead, "NORTH"), (lead, "SOUTH"), (partner, "HILL"))
    ]
    return SimpleNamespace(
        lead=lead, partner=partner, program=program, breakdown=breakdown, new=new, active=active,
        stock=stock, events=events, north=places[0], south=places[1], hill=places[2],
        coordinator=factories.make_user("coordinator", lead),
        partner_user=factories.make_user("partner", partner),
    )  # fmt: skip


def counts_of(network: SimpleNamespace, place, number: int, value: int, **fields):
    """The same number of girls for every indicator, in one month of 2024."""
    figures = [network.new, network.active, network.stock, network.events]
    values = {indicator: {"F|C": value} for indicator in figures}
    return factories.make_counts(place, month(number), values, **fields)
