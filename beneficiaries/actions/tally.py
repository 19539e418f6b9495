"""Tally sheets: one round of a day at a site without registers, adding up into the month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal
from beneficiaries import tallies
from beneficiaries.closed import closed_places
from beneficiaries.models import CountReport, TallyCount, TallySheet
from beneficiaries.sheet import Row
from programs.models import ProgramSite
from programs.violations import explained

from .count import Entry, save_cells
from .report import open_report

Key = tuple[int, int]
# Of one line of a day's sheet: more is a mistake of typing.
MOST = 10_000


class StaleSheet(Exception):
    """Somebody else saved the sheet meanwhile: theirs, as it is now."""

    def __init__(self, sheet: TallySheet) -> None:
        super().__init__("changed by someone else")
        self.sheet = sheet


@transaction.atomic
def save_sheet(
    *,
    place: ProgramSite,
    day: dt.date,
    number: int,
    revision: int,
    values: Mapping[Key, int],
    note: str = "",
    by: User,
) -> TallySheet:
    """Write one round of a day, by (indicator id, cell id), and bring the month up to date.

    A cell that is not given is zero. Raises StaleSheet unless the sheet still is as `by` saw it
    (`revision`, 0 for a new one).
    """
    report = _month_of(place, day, by)
    rows = tallies.tallied_rows(place.program, report.month)
    _check(place, day, values, rows)
    sheet = _as_seen(place, day, number, revision)
    sheet.note, sheet.entered_by, sheet.entered_at = note.strip(), by, timezone.now()
    with explained():
        sheet.save()
        _write(sheet, values, rows)
    sheet.refresh_from_db(fields=["revision"])
    derive_from_tallies(report=report, by=by)
    details = {"day": str(day), "number": number, "total": sum(values.values())}
    journal.record("save_tally", sheet, by=by, details=details)
    return sheet


@transaction.atomic
def cancel_sheet(*, sheet: TallySheet, by: User) -> TallySheet:
    """Take a sheet out of the month; it stays, struck out, and can be restored."""
    return _set_cancelled(sheet, "cancel_tally", timezone.now(), by)


@transaction.atomic
def restore_sheet(*, sheet: TallySheet, by: User) -> TallySheet:
    """Undo the cancelling of a sheet: it counts again."""
    return _set_cancelled(sheet, "restore_tally", None, by)


def derive_from_tallies(*, report: CountReport, by: User) -> int:
    """Make the report's event counts the sums of the month's sheets; returns how many changed.

    Zeros are written too. Without any sheet the cells are emptied: nobody counted, which is
    not zero.
    """
    place = {"program": report.program, "site": report.site, "month": report.month}
    totals = tallies.sums(**place)
    has_sheets = TallySheet.objects.standing(*place.values()).exists()
    entries = {
        (row.indicator.pk, column.cell_id): Entry(
            value=totals.get((row.indicator.pk, column.cell_id), 0) if has_sheets else None
        )
        for row in tallies.tallied_rows(report.program, report.month)
        for column in row.columns
    }
    return save_cells(report=report, entries=entries, by=by, is_derived=True)


def _set_cancelled(
    sheet: TallySheet, action: str, cancelled_at: dt.datetime | None, by: User
) -> TallySheet:
    if not by.has_perm("beneficiaries.enter_counts", sheet):
        raise PermissionDenied
    report = _report_of(sheet, by)
    with explained():
        TallySheet.objects.filter(pk=sheet.pk).update(cancelled_at=cancelled_at)
    sheet.refresh_from_db()
    derive_from_tallies(report=report, by=by)
    journal.record(action, sheet, by=by, details={"day": str(sheet.day), "number": sheet.number})
    return sheet


def _month_of(place: ProgramSite, day: dt.date, by: User) -> CountReport:
    if not by.access.covers(
        "beneficiaries.enter_counts", [(place.organisation_id, place.program_id, place.site_id)]
    ):
        raise PermissionDenied
    if not place.is_tallied:
        raise ValidationError(_("This site keeps no tally sheets for this program."))
    return _report_of(
        TallySheet(
            organisation_id=place.organisation_id, program=place.program, site=place.site, day=day
        ),
        by,
    )


def _report_of(sheet: TallySheet, by: User) -> CountReport:
    """The month's report, held until the transaction ends: of two sheets saved at once the
    second one's sums see the first."""
    place = (sheet.organisation_id, sheet.program_id, sheet.site_id)
    if closed := closed_places([place], sheet.month):
        raise ValidationError(closed[place].reason, code="closed")
    report = open_report(program=sheet.program, site=sheet.site, month=sheet.month, by=by)
    return CountReport.objects.select_for_update(of=("self",)).get(pk=report.pk)


def _check(place: ProgramSite, day: dt.date, values: Mapping[Key, int], rows: list[Row]) -> None:
    if not tallies.is_open_on(place, day):
        raise ValidationError(_("The site is not open for this program on that day."), code="day")
    asked = {(row.indicator.pk, column.cell_id) for row in rows for column in row.columns}
    if not values.keys() <= asked:
        raise ValidationError(_("This program does not count this on that day."), code="asked")
    if any(not 0 <= value <= MOST for value in values.values()):
        raise ValidationError(_("A tally is a whole number from 0 to 10,000."), code="value")


def _as_seen(place: ProgramSite, day: dt.date, number: int, revision: int) -> TallySheet:
    """The sheet to write, unless somebody else made or changed it meanwhile."""
    rounds = TallySheet.objects.of_day(place.program, place.site, day).select_for_update()
    found = rounds.filter(number=number).first()
    if found is None:
        return TallySheet(
            organisation_id=place.organisation_id,
            program=place.program,
            site=place.site,
            day=day,
            number=number,
        )
    if found.cancelled_at:
        raise ValidationError(_("This sheet is cancelled: restore it first."), code="cancelled")
    if found.revision != revision:
        raise StaleSheet(found)
    return found


def _write(sheet: TallySheet, values: Mapping[Key, int], rows: list[Row]) -> None:
    """The numbers of a sheet, all of them anew; only those above zero are kept as rows."""
    breakdowns = {row.indicator.pk: row.indicator.breakdown_id for row in rows}
    sheet.counts.all().delete()
    TallyCount.objects.bulk_create(
        TallyCount(
            organisation_id=sheet.organisation_id,
            sheet=sheet,
            indicator_id=indicator_id,
            breakdown_id=breakdowns[indicator_id],
            cell_id=cell_id,
            value=value,
        )
        for (indicator_id, cell_id), value in values.items()
        if value
    )
