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
from beneficiaries.workbooks.names import Place
from beneficiaries.workbooks.preview import SiteChanges, preview
from beneficiaries.workbooks.reading import Reading, read
from beneficiaries.workbooks.seal import Seal
from programs.violations import explained

from .count import Entry, save_cells
from .report import open_report


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
    reports = _open_and_hold(preview(upload, by).to_apply, upload.month, by)
    found = preview(upload, by)
    if found.fingerprint != seen:
        raise ValidationError(
            _("Counts changed since you looked. Look at the changes again, then apply them."),
            code="changed",
        )
    cells = sum(_apply(one, reports[one.sheet.place], by) for one in found.to_apply)
    upload.applied_at = timezone.now()
    upload.save(update_fields=["applied_at"])
    sites = sorted({one.site.pk for one in found.to_apply})
    journal.record("apply_workbook", upload, by=by, shown=sites, details={"cells": cells})
    return cells


def _open_and_hold(found: list[SiteChanges], month: dt.date, by: User) -> dict[Place, CountReport]:
    """The reports to write: nobody types in them between the last look and the writing."""
    reports = {}
    for one in found:
        with _named(one.sheet.name):
            reports[one.sheet.place] = open_report(
                program=one.program, site=one.site, month=month, by=by
            )
    CountReport.objects.filter(pk__in=[report.pk for report in reports.values()]).hold()
    return reports


def _apply(one: SiteChanges, report: CountReport, by: User) -> int:
    entries = {
        (change.indicator.pk, change.column.cell_id): Entry(*change.says) for change in one.changes
    }
    with _named(one.sheet.name):
        return save_cells(report=report, entries=entries, by=by)


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
