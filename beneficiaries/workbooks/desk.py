"""Where workbooks are asked for and sent: by organisation, program and month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from beneficiaries.closed import Closed, closed_sites
from beneficiaries.models import WorkbookUpload
from programs.models import Organisation, Program, ProgramSite, Site
from programs.months import month_after

UPLOADS_SHOWN = 5


def this_month() -> dt.date:
    return timezone.localdate().replace(day=1)


def places_of(user, *, program_id: int, organisation_id: int, month: dt.date) -> list[ProgramSite]:
    """The sites of an organisation in a program where `user` enters the month, by code."""
    places = ProgramSite.objects.reached_by(user, "beneficiaries.enter_counts").active_in(month)
    rows = places.filter(program=program_id, organisation=organisation_id).order_by("site__code")
    return list(rows.select_related("program", "organisation", "site"))


@dataclass(frozen=True)
class Choice:
    """An organisation in a program whose workbook one may ask for, and the last months."""

    program: Program
    organisation: Organisation
    months: tuple[dt.date, ...]


def choices_of(user) -> list[Choice]:
    """One line for each program and organisation where `user` enters counts: one query."""
    months = (month_after(this_month(), -1), this_month())
    places = (
        ProgramSite.objects.reached_by(user, "beneficiaries.enter_counts")
        .filter(active__overlap=(months[0], None))
        .select_related("program", "organisation")
        .order_by("program__code", "organisation__code")
    )
    choices = {
        (place.program_id, place.organisation_id): Choice(place.program, place.organisation, months)
        for place in places
    }
    return list(choices.values())


@dataclass
class Desk:
    """One workbook: its sites with their state, the months around it, what was sent before."""

    program: Program
    organisation: Organisation
    month: dt.date
    sites: list[tuple[Site, Closed | None]]
    uploads: list[WorkbookUpload]

    @property
    def before(self) -> dt.date:
        return month_after(self.month, -1)

    @property
    def after(self) -> dt.date | None:
        return month_after(self.month) if self.month < this_month() else None


def desk_of(user, *, program_id: int, organisation_id: int, month: dt.date) -> Desk | None:
    """Where a month's workbook is asked for and sent; None when `user` enters nothing there."""
    where = {"program_id": program_id, "organisation_id": organisation_id, "month": month}
    places = places_of(user, **where)
    if not places or month > this_month():
        return None
    program, organisation = places[0].program, places[0].organisation
    sites = {place.site_id: place.site for place in places}
    closed = closed_sites(organisation=organisation, program=program, month=month, site_ids=sites)
    uploads = WorkbookUpload.objects.visible_to(user).filter(**where)
    return Desk(
        program=program,
        organisation=organisation,
        month=month,
        sites=[(site, closed.get(pk)) for pk, site in sites.items()],
        uploads=list(uploads[:UPLOADS_SHOWN]),
    )
