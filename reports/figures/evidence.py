"""What stands behind one figure: the reports it is made of, and those it lacks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from beneficiaries.models import CountReport
from programs.models import Organisation, Site

from .counts import Count, Report
from .rules import Amount
from .tables import Entry, Figure


@dataclass(frozen=True)
class Evidence:
    """One month of one site: its report and number, or that none came."""

    site: Site
    organisation: Organisation
    month: dt.date
    report: Report | None
    entry: Entry
    # Cells of it without a number.
    missing: int
    is_counted: bool
    is_late: bool = False

    @property
    def status(self) -> str:
        """The state of its report, in words."""
        return str(CountReport.Status(self.report.status).label) if self.report else ""


def evidence(asked: Figure) -> list[Evidence]:
    """Every report of a figure and every one expected, the latest month first."""
    tile = asked.tile
    counts = {
        count.report.pk: count for count in asked.board.data.rows(tile.program.pk, tile.counted.pk)
    }
    reports = asked.board.data.reports + asked.board.data.corrections
    mine = [report for report in reports if report.program_id == tile.program.pk]
    rows = [_row(asked, report, counts.get(report.pk)) for report in mine]
    came = {(report.site_id, report.month) for report in mine}
    rows += [_lacking(asked, site, month) for site, month in asked.section.owed.months - came]
    return sorted(rows, key=lambda row: (-row.month.toordinal(), str(row.site)))


def openable(rows: Iterable[Evidence], user: User) -> set[int]:
    """The reports among these that `user` may open, by their key."""
    keys = [row.report.pk for row in rows if row.report]
    reports = CountReport.objects.visible_to(user).filter(pk__in=keys)
    return set(reports.values_list("pk", flat=True))


def _row(asked: Figure, report: Report, count: Count | None) -> Evidence:
    seen, tile = asked.selection.visible, asked.tile
    is_standing = report.is_approved or asked.selection.with_unapproved
    only = tile.total.month if tile.total else None
    return Evidence(
        site=seen.sites[report.site_id],
        organisation=seen.organisations[report.organisation_id],
        month=report.month,
        report=report,
        entry=_entry(asked, report, count),
        missing=count.missing if count else 0,
        is_counted=bool(
            count and count.value is not None and is_standing and only in (None, report.month)
        ),
    )


def _entry(asked: Figure, report: Report, count: Count | None) -> Entry:
    if count is None:
        return None
    if count.value is not None:
        return Amount(count.value, count.value)
    reasons = asked.board.data.missing.get((report.pk, asked.tile.counted.pk), {})
    return next(iter(reasons)) if len(reasons) == 1 else None


def _lacking(asked: Figure, site: int, month: dt.date) -> Evidence:
    seen = asked.selection.visible
    place = next(
        p for p in asked.selection.places
        if p.site_id == site and p.program_id == asked.tile.program.pk
    )  # fmt: skip
    return Evidence(
        site=seen.sites[site],
        organisation=seen.organisations[place.organisation_id],
        month=month,
        report=None,
        entry=None,
        missing=0,
        is_counted=False,
        is_late=(site, month) in asked.section.owed.late,
    )
