"""Workbooks that come back: read, kept for a look, applied at once or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal
from beneficiaries.models import CountReport, WorkbookUpload
from beneficiaries.workbooks.book import Book, to_fill
from beneficiaries.workbooks.checking import NotAWorkbook
from beneficiaries.workbooks.desk import places_of
from beneficiaries.workbooks.preview import SiteChanges, preview
from beneficiaries.workbooks.reading import Reading, read
from beneficiaries.workbooks.seal import Seal
from programs.violations import explained

from .count import Entry, save_cells, save_month
from .report import open_report, start_reports


class Mistakes(Exception):
    """Cells to mend before a workbook can be applied, as sentences; nothing was kept."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(f"{len(sentences)} mistakes")
        self.sentences = sentences


def make_workbook(*, organisation_id: int, month: dt.date, by: User) -> Book:
    """The book of all that `by` may still enter there, journalled: numbers leave with it."""
    places = places_of(by, organisation_id=organisation_id, month=month)
    if not places:
        raise PermissionDenied
    book = to_fill(places, month)
    if not book.sheets:
        raise ValidationError(
            _(
                "Nothing is left to fill in for this month. Numbers that are submitted or approved "
                "leave as an export."
            ),
            code="closed",
        )
    journal.record(
        "download_workbook",
        book.organisation,
        by=by,
        organisation_id=organisation_id,
        shown=sorted({sheet.site.pk for sheet in book.sheets}),
        details={"month": str(month)},
    )
    return book


@transaction.atomic
def receive_workbook(
    *, data: bytes, organisation_id: int, month: dt.date, by: User
) -> WorkbookUpload:
    """Read a workbook and keep what it changes; the same file is kept once.

    Raises NotAWorkbook, or Mistakes with every cell to mend.
    """
    where = {"organisation_id": organisation_id, "month": month}
    if not places_of(by, **where):
        raise PermissionDenied
    reading = read(data)
    _check_seal(reading.seal, **where)
    if reading.mistakes:
        raise Mistakes(reading.mistakes)
    with explained():
        upload, _is_new = WorkbookUpload.objects.get_or_create(
            user=by, sha256=hashlib.sha256(data).hexdigest(), defaults=where
        )
        if not upload.applied_at:
            upload.rows, upload.read_at = _rows(reading), timezone.now()
            upload.save(update_fields=["rows", "read_at"])
    journal.record("upload_workbook", upload, by=by, details={"month": str(month)})
    return upload


@transaction.atomic
def apply_workbook(*, upload: WorkbookUpload, seen: str, by: User) -> int:
    """Write the changes that `by` saw (the preview's fingerprint), all or none, once.

    Returns how many cells changed; 0 for a workbook that was applied before.
    """
    if upload.user_id != by.pk:
        raise PermissionDenied
    upload = WorkbookUpload.objects.select_for_update().get(pk=upload.pk)
    if upload.applied_at:
        return 0
    held = _hold(upload)
    found = preview(upload, by)
    there = {one.sheet.report.pk for one in found.to_apply if one.sheet.report}
    # A report that somebody opened since is not held: they may type in it.
    if found.fingerprint != seen or not there <= held:
        raise _changed()
    _start(found.to_apply, upload.month, by)
    cells = _write(found.to_apply, upload.month, by)
    upload.applied_at = timezone.now()
    upload.save(update_fields=["applied_at"])
    sites = sorted({one.site.pk for one in found.to_apply})
    journal.record("apply_workbook", upload, by=by, shown=sites, details={"cells": cells})
    return cells


def _hold(upload: WorkbookUpload) -> set[int]:
    """Nobody types in the reports of a workbook between the last look and the writing."""
    reports = CountReport.objects.open().filter(
        organisation=upload.organisation_id,
        program__in={program_id for _name, program_id, *_row in upload.rows},
        site__in={site_id for _name, _program_id, site_id, *_row in upload.rows},
        month=upload.month,
    )
    return reports.hold()


def _start(found: list[SiteChanges], month: dt.date, by: User) -> None:
    """Open the reports that are not there yet."""
    missing = [one for one in found if one.sheet.report is None]
    if not missing:
        return
    for one in missing:
        one.sheet.report = CountReport(
            organisation_id=one.site.organisation_id,
            program=one.program,
            site=one.site,
            month=month,
        )
    try:
        start_reports([one.sheet.report for one in missing], by=by)
    except ValidationError as error:
        for one in missing:
            with _named(one.sheet.name):
                open_report(program=one.program, site=one.site, month=month, by=by)
        # None is refused: somebody else opened one meanwhile, and may have typed in it.
        raise _changed() from error


def _write(found: list[SiteChanges], month: dt.date, by: User) -> int:
    entries = {
        one.sheet.report: {
            (change.indicator.pk, change.column.cell_id): Entry(*change.says)
            for change in one.changes
        }
        for one in found
    }
    try:
        return save_month(month=month, entries=entries, by=by)
    except ValidationError:
        for one in found:
            with _named(one.sheet.name):
                save_cells(report=one.sheet.report, entries=entries[one.sheet.report], by=by)
        raise


def _changed() -> ValidationError:
    return ValidationError(
        _("Counts changed since you looked. Look at the changes again, then apply them."),
        code="changed",
    )


@contextmanager
def _named(sheet: str) -> Iterator[None]:
    """Say on which sheet something is refused."""
    try:
        yield
    except ValidationError as error:
        raise ValidationError(
            _("Sheet %(sheet)s: %(mistake)s"),
            code="sheet",
            params={"sheet": sheet, "mistake": " ".join(error.messages)},
        ) from error


def _check_seal(seal: Seal, *, organisation_id: int, month: dt.date) -> None:
    if seal.organisation_id != organisation_id:
        raise NotAWorkbook(
            _("This workbook is of another organisation. Send the one of this page.")
        )
    if seal.month != month:
        raise NotAWorkbook(
            _("This workbook is of another month (%(month)s). Send it on the page of that month.")
            % {"month": f"{seal.month:%m/%Y}"}
        )


def _rows(reading: Reading) -> list[list]:
    return [
        [
            change.sheet.name,
            change.sheet.program_id,
            change.sheet.site_id,
            change.place.indicator_id,
            change.place.cell_id,
            *change.says,
            *change.place.was,
            change.cell,
        ]
        for change in reading.changes
    ]
