"""Counts of a report, many at once (`cell.py`: one by one); nobody's number is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from beneficiaries import history, sheet
from beneficiaries.models import BeneficiaryCount, CountNote, CountReport
from programs.models import Indicator
from programs.violations import explained

from .report import StaleText

Key = tuple[int, int]
# What the cells of a row may say at once.
ZERO = "zero"
ROW_MARKS = [(ZERO, gettext_lazy("Empty cells are 0")), *BeneficiaryCount.MissingReason.choices]
# Written by one statement: it takes 65 535 values, ten a row.
MOST_ROWS = 5_000


@dataclass(frozen=True)
class Entry:
    """What is typed in a cell: a number, or why it is missing, or nothing; perhaps a comment."""

    value: int | None = None
    missing_reason: str = ""
    # None leaves the comment as it is.
    comment: str | None = None

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.missing_reason

    def says(self, count: BeneficiaryCount | None) -> bool:
        """Whether the cell already holds this."""
        if count is None:
            return self.is_empty
        same = (count.value, count.missing_reason) == (self.value, self.missing_reason)
        return same and self.comment in (None, count.comment)


class StaleCell(Exception):
    """Somebody else wrote the cell meanwhile: their count (or none), who, and when."""

    def __init__(
        self, *, count: BeneficiaryCount | None, author: User | None, at: dt.datetime | None
    ) -> None:
        super().__init__("changed by someone else")
        self.count, self.author, self.at = count, author, at


def save_cells(
    *, report: CountReport, entries: Mapping[Key, Entry], by: User, is_derived: bool = False
) -> int:
    """Write many cells, keyed by (indicator id, cell id); returns how many changed.

    Empty entries clear their cell. Numbers that come from the tally sheets (`is_derived`) are
    changed only by the tally sheets. The number of queries does not depend on the cells.
    """
    return save_month(month=report.month, entries={report: entries}, by=by, is_derived=is_derived)


@transaction.atomic
def save_month(
    *,
    month: dt.date,
    entries: Mapping[CountReport, Mapping[Key, Entry]],
    by: User,
    is_derived: bool = False,
) -> int:
    """`save_cells` of several reports of one month, all or none, in as many queries as of one."""
    asked = sheet.asked_of({report.program_id for report in entries}, month)
    for report, own in entries.items():
        _check(report, own, asked[report.program_id], by)
    _hold(*entries)
    kept = _kept(entries)
    written, cleared = [], []
    for report, own in entries.items():
        rows = asked[report.program_id].by_indicator
        for key, entry in _changed(own, kept[report.pk], is_derived=is_derived).items():
            count = kept[report.pk].get(key)
            if entry.is_empty:
                cleared.append(count.pk)
            else:
                row = _count(report, rows[key[0]].indicator, key[1], entry, count)
                row.is_derived = is_derived
                written.append(row)
    _write(written, cleared=cleared)
    return len(written) + len(cleared)


def _check(report: CountReport, entries: Mapping[Key, Entry], asked: sheet.Sheet, by: User) -> None:
    may_enter(report, by)
    for entry in entries.values():
        check_value(entry)
    if not entries.keys() <= asked.keys.keys():
        raise not_asked()


def _kept(reports: Iterable[CountReport]) -> dict[int, dict[Key, BeneficiaryCount]]:
    """The counts of some reports as they are now, by report and cell."""
    kept: dict[int, dict[Key, BeneficiaryCount]] = {report.pk: {} for report in reports}
    for count in BeneficiaryCount.objects.filter(report__in=kept):
        kept[count.report_id][count.indicator_id, count.cell_id] = count
    return kept


def _changed(
    entries: Mapping[Key, Entry], kept: Mapping[Key, BeneficiaryCount], *, is_derived: bool
) -> dict[Key, Entry]:
    """The entries that say something else than what is kept; numbers typed over a tally refused."""
    changed = {
        key: entry
        for key, entry in entries.items()
        if not entry.says(kept.get(key))
        or (is_derived and key in kept and not kept[key].is_derived)
    }
    if not is_derived and any(key in kept and kept[key].is_derived for key in changed):
        raise derived()
    return changed


def _write(written: list[BeneficiaryCount], *, cleared: list[int]) -> None:
    with explained():
        BeneficiaryCount.objects.bulk_create(
            written,
            batch_size=MOST_ROWS,
            update_conflicts=True,
            unique_fields=["report", "indicator", "cell"],
            update_fields=["value", "missing_reason", "comment", "is_derived"],
        )
        if cleared:
            BeneficiaryCount.objects.filter(pk__in=cleared).delete()


def mark_row(*, report: CountReport, indicator: Indicator, mark: str, by: User) -> int:
    """Write 0 in the empty cells of a row, or say why its numbers are missing (ROW_MARKS).

    Typed numbers stay, and what was said missing is not made 0. Returns how many changed.
    """
    if mark not in dict(ROW_MARKS):
        raise ValidationError(_("Choose why these numbers are missing."), code="missing_reason")
    entry = Entry(value=0) if mark == ZERO else Entry(missing_reason=mark)
    return _fill_row(report, indicator, entry, by)


@transaction.atomic
def _fill_row(report: CountReport, indicator: Indicator, entry: Entry, by: User) -> int:
    may_enter(report, by)
    _hold(report)
    row = sheet.filled(report).by_indicator.get(indicator.pk)
    if row is None:
        raise not_asked()
    waiting = [
        column.cell_id
        for column in row.columns
        if (count := row.counts.get(column.cell_id)) is None
        or (entry.missing_reason and count.value is None and not count.is_derived)
    ]
    entries = {(indicator.pk, cell_id): entry for cell_id in waiting}
    return save_cells(report=report, entries=entries, by=by)


@transaction.atomic
def explain(
    *, report: CountReport, indicator: Indicator, text: str, by: User, revision: int = 0
) -> CountNote | None:
    """Say why an indicator is unusual this month; an empty text takes the explanation away.

    Raises StaleText when somebody else wrote since `by` saw it (`revision`, 0 for none); what
    `by` left as it was changes nothing.
    """
    may_enter(report, by)
    if not sheet.asks_for(program_id=report.program_id, month=report.month, indicator=indicator):
        raise not_asked()
    _hold(report)
    text = text.strip()
    note = CountNote.objects.filter(report=report, indicator=indicator).first()
    if text == (note.text if note else ""):
        return note
    if revision != (note.revision if note else 0):
        if text == history.text_of(report, indicator, revision):
            return note
        raise StaleText(text=note.text if note else "", revision=note.revision if note else 0)
    return _write_note(report, indicator, note, text)


def _write_note(
    report: CountReport, indicator: Indicator, note: CountNote | None, text: str
) -> CountNote | None:
    with explained():
        if note and not text:
            note.delete()
            return None
        note = note or CountNote(
            organisation_id=report.organisation_id, report=report, indicator=indicator
        )
        note.text = text
        note.save()
    note.refresh_from_db(fields=["revision"])
    return note


def _hold(*reports: CountReport) -> None:
    CountReport.objects.filter(pk__in=[report.pk for report in reports]).hold()


def may_enter(report: CountReport, by: User) -> None:
    if not by.has_perm("beneficiaries.enter_counts", report):
        raise PermissionDenied


def check_value(entry: Entry) -> None:
    """A number that the column could not even hold is refused before the database."""
    if entry.value is not None and not 0 <= entry.value <= BeneficiaryCount.MAX_VALUE:
        raise ValidationError(
            _("A count is a whole number from 0 to 100 000."), code="beneficiarycount_value"
        )


def _count(
    report: CountReport,
    indicator: Indicator,
    cell_id: int,
    entry: Entry,
    kept: BeneficiaryCount | None,
) -> BeneficiaryCount:
    """The row of an entry, with the comment of before unless it brings one."""
    comment = entry.comment
    if comment is None:
        comment = kept.comment if kept else ""
    return BeneficiaryCount(
        organisation_id=report.organisation_id,
        report=report,
        indicator=indicator,
        breakdown_id=indicator.breakdown_id,
        cell_id=cell_id,
        value=entry.value,
        missing_reason=entry.missing_reason,
        comment=comment,
    )


def not_asked() -> ValidationError:
    return ValidationError(
        _("This program does not report this indicator in this month."), code="not_asked"
    )


def derived() -> ValidationError:
    return ValidationError(
        _("This number comes from the tally sheets: change it there."), code="derived"
    )
