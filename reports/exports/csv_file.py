"""CSV: tidy, the same in both languages, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from functools import cache

from reports.figures import Board

from .counts import Counts
from .file import Mark, neutral
from .totals import HEAD, totals

COUNTS_HEAD = (
    "month", "organisation", "program", "program_fr", "program_en", "site", "site_fr", "site_en",
    "indicator", "indicator_fr", "indicator_en", "unit", "measure",
)  # fmt: skip


def counts_csv(found: Counts, mark: Mark) -> bytes:
    """Every count of the question, cell by cell."""
    return _written(_head(found), _rows(found), mark)


def totals_csv(board: Board, mark: Mark) -> bytes:
    """The totals of the question as on the screen."""
    return _written(HEAD, totals(board), mark)


def _written(head: Iterable[str], rows: Iterable[list], mark: Mark) -> bytes:
    """UTF-8 with its mark, so that spreadsheets read accents; each row says its export."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*head, "export"])
    width = len(head)
    for row in rows:
        writer.writerow([*row, *[""] * (width - len(row)), mark.number])
    return text.getvalue().encode("utf-8-sig")


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
