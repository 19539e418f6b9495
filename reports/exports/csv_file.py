"""CSV: tidy, the same in both languages, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import cache

from accounts.models import User
from reports.figures import Selection, board

from .counts import Counts, counts
from .file import Export, file_name, neutral, new_file, note
from .totals import HEAD, totals

TOTALS = "totals"
COUNTS_HEAD = (
    "month", "organisation", "program", "program_fr", "program_en", "site", "site_fr", "site_en",
    "indicator", "indicator_fr", "indicator_en", "unit", "measure",
)  # fmt: skip


def csv_file(selection: Selection, *, by: User, content: str = "") -> Export:
    """Every count of the question cell by cell, or its totals as on the screen."""
    if content == TOTALS:
        head, rows = HEAD, totals(board(selection))
    else:
        content = "counts"
        found = counts(selection)
        head, rows = _head(found), _rows(found)
    file = new_file()
    number = _write(file, head, rows)
    note(selection, by, kind="csv", content=content, rows=number)
    name = file_name(selection, content, "csv")
    return Export(name, "text/csv; charset=utf-8", file, number)


def _write(file, head: Iterable[str], rows: Iterable[list]) -> int:
    """UTF-8 with its mark, so that spreadsheets read accents; the number of rows."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(head)
    number = 0
    for row in rows:
        writer.writerow(row)
        number += 1
    text.detach()
    file.seek(0)
    return number


def _head(found: Counts) -> list[str]:
    codes = [dimension.code.lower() for dimension in found.dimensions]
    labels = [f"{code}{suffix}" for code in codes for suffix in ("", "_fr", "_en")]
    return [*COUNTS_HEAD, *labels, "value", "missing_reason", "state", "version"]


def _rows(found: Counts) -> Iterator[list]:
    """Words are made once for each report, indicator and cell, not for each number."""
    seen = found.selection.visible

    @cache
    def place(organisation: int, program: int, site: int) -> list[str]:
        work, where = seen.programs[program], seen.sites[site]
        names = [where.code] * 2 if where.is_confidential else [where.name_fr, where.name_en]
        return [
            seen.organisations[organisation].code,
            work.code, neutral(work.name_fr), neutral(work.name_en),
            where.code, *map(neutral, names),
        ]  # fmt: skip

    @cache
    def what(indicator: int, cell: int) -> list[str]:
        one = found.indicators[indicator]
        words = zip(*(found.texts(cell, f) for f in ("code", "name_fr", "name_en")), strict=True)
        return [
            one.code, neutral(one.name_fr), neutral(one.name_en), one.unit, one.measure,
            *[word for dimension in words for word in dimension],
        ]  # fmt: skip

    for report, indicator, cell, value, reason in found.cells():
        yield [
            report.month.isoformat(),
            *place(report.organisation_id, report.program_id, report.site_id),
            *what(indicator.pk, cell),
            value, reason, report.status, report.version,
        ]  # fmt: skip
