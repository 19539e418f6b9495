"""Where workbooks are asked for and sent: by organisation and month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import product

from beneficiaries.board import months_until, this_month
from beneficiaries.closed import closed_months, current_reports
from beneficiaries.models import WorkbookUpload
from beneficiaries.models.lock import Place
from programs.models import Organisation, Program, ProgramSite
from programs.models.site import ProgramSiteQuerySet
from programs.months import month_after

from .book import SiteSheet, by_program, sheets_of

UPLOADS_SHOWN = 5
MONTHS_OFFERED = 3


def places_of(user, *, month: dt.date, organisation_id: int | None = None) -> list[ProgramSite]:
    """Where `user` enters the month (of one organisation or of all), by program and site."""
    rows = _entered_by(user).active_in(month)
    if organisation_id:
        rows = rows.filter(organisation=organisation_id)
    # A site that closed and opened again within the month is one sheet.
    return list({(place.program_id, place.site_id): place for place in rows}.values())


def _entered_by(user) -> ProgramSiteQuerySet:
    places = ProgramSite.objects.reached_by(user, "beneficiaries.enter_counts")
    return places.select_related("program", "organisation", "site").order_by(
        "organisation__code", "program__code", "program_id", "site__code"
    )


@dataclass
class Choice:
    """An organisation whose workbooks one may ask for: months, and sheets to fill in each."""

    organisation: Organisation
    programs: dict[int, Program] = field(default_factory=dict)
    months: dict[dt.date, int] = field(default_factory=dict)


def choices_of(user) -> list[Choice]:
    """By organisation where `user` enters counts, the last months: four queries at most."""
    months = months_until(this_month(), MONTHS_OFFERED)
    places: dict[Place, list[ProgramSite]] = {}
    for row in _entered_by(user).active_in(months[-1], months[0]):
        key = (row.organisation_id, row.program_id, row.site_id)
        places.setdefault(key, []).append(row)
    closed = closed_months(places, months, current_reports(places, months))
    choices: dict[int, Choice] = {}
    for month, (key, periods) in product(months, places.items()):
        if any(place.is_active_in(month) for place in periods):
            organisation, program = periods[0].organisation, periods[0].program
            choice = choices.setdefault(organisation.pk, Choice(organisation))
            choice.programs[program.pk] = program
            choice.months[month] = choice.months.get(month, 0) + ((key, month) not in closed)
    return sorted(choices.values(), key=lambda choice: choice.organisation.code)


@dataclass
class Desk:
    """One workbook: its sites with their state, the months around it, what was sent before."""

    organisation: Organisation
    month: dt.date
    sheets: list[SiteSheet]
    uploads: list[WorkbookUpload]

    @property
    def programs(self) -> list[tuple[Program, list[SiteSheet]]]:
        return by_program(self.sheets)

    @property
    def is_open(self) -> bool:
        """Whether a sheet is left to fill in."""
        return any(sheet.closed is None for sheet in self.sheets)

    @property
    def before(self) -> dt.date:
        return month_after(self.month, -1)

    @property
    def after(self) -> dt.date | None:
        return month_after(self.month) if self.month < this_month() else None


def desk_of(user, *, organisation_id: int, month: dt.date) -> Desk | None:
    """Where a month's workbook is asked for and sent; None when `user` enters nothing there."""
    where = {"organisation_id": organisation_id, "month": month}
    places = places_of(user, **where)
    if not places or month > this_month():
        return None
    uploads = WorkbookUpload.objects.visible_to(user).filter(**where)
    return Desk(
        organisation=places[0].organisation,
        month=month,
        sheets=sheets_of(places, month),
        uploads=list(uploads[:UPLOADS_SHOWN]),
    )
