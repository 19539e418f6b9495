"""The page of a month: the sheet of a report beside the months before, as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from . import history
from .actions.count import Key, StaleCell
from .checks import Finding, findings, unusual
from .earlier import Earlier, Unusual, earlier
from .models import BeneficiaryCount, CountReport
from .sheet import Block, Column, Row, Sheet, filled
from .typed import Typed, shown

Said = tuple[int | None, str]


@dataclass(frozen=True)
class Box:
    """One cell of the page: its text, and what is to know about it."""

    indicator_id: int
    column: Column
    # The cell that opens its group of columns.
    group_id: int
    count: BeneficiaryCount | None
    text: str
    mistake: str = ""
    stale: StaleCell | None = None
    # What it said in the version one compares with, when that differs.
    before: BeneficiaryCount | None = None

    @property
    def opens_group(self) -> bool:
        return self.group_id == self.column.cell_id

    @property
    def name(self) -> str:
        return f"{self.indicator_id}-{self.column.cell_id}"

    @property
    def labels(self) -> str:
        """The ids of what names it: its row, its group of columns, its column."""
        group = f" g-{self.group_id}" if self.column.group else ""
        return f"h-{self.indicator_id}{group} k-{self.column.cell_id}"

    @property
    def revision(self) -> int:
        """What the cell is now: saving once more after a conflict keeps what one typed."""
        return self.count.revision if self.count else 0

    @property
    def text_before(self) -> str:
        return shown(self.before)

    @property
    def theirs(self) -> str:
        return shown(self.stale.count) if self.stale else ""


@dataclass(frozen=True)
class Line:
    """One indicator of the page."""

    row: Row
    boxes: list[Box]
    last_month: int | None
    year_ago: int | None
    unusual: Unusual | None
    note: str

    @property
    def note_revision(self) -> int:
        return self.row.note.revision if self.row.note else 0

    @property
    def difference(self) -> int | None:
        """The total against last month's."""
        if self.row.total is None or self.last_month is None:
            return None
        return self.row.total - self.last_month

    @property
    def decrease(self) -> int:
        return -(self.difference or 0)


@dataclass(frozen=True)
class Table:
    """The lines that share a breakdown."""

    block: Block
    lines: list[Line]


@dataclass
class Grid:
    """Everything the page shows; `typed` and `stale` when it is shown again."""

    sheet: Sheet
    before: Earlier
    typed: Typed = field(default_factory=Typed)
    stale: Mapping[Key, StaleCell] = field(default_factory=dict)
    compared: Mapping[Key, Said] | None = None
    # Nobody asks yet why a total is low.
    is_unfinished: bool = False

    @cached_property
    def tables(self) -> list[Table]:
        return [Table(b, [self._line(row, b) for row in b.rows]) for b in self.sheet.blocks]

    @cached_property
    def findings(self) -> list[Finding]:
        return findings(self.sheet, self.before)

    @property
    def lines(self) -> list[Line]:
        return [line for table in self.tables for line in table.lines]

    @property
    def unusual(self) -> list[Line]:
        """Lines to explain, or explained."""
        return [line for line in self.lines if line.unusual or line.row.note or line.note]

    @property
    def changed(self) -> list[Box]:
        """Cells that differ from the version one compares with."""
        return [box for line in self.lines for box in line.boxes if box.before is not None]

    @property
    def mended(self) -> list[tuple[Line, Box]]:
        """Cells that were not saved: mistakes, and what somebody else changed."""
        return [
            (line, box) for line in self.lines for box in line.boxes if box.mistake or box.stale
        ]

    @property
    def has_derived(self) -> bool:
        return any(box.count and box.count.is_derived for line in self.lines for box in line.boxes)

    def _line(self, row: Row, block: Block) -> Line:
        key = row.indicator.pk
        return Line(
            row=row,
            boxes=[self._box(row, c, block.group_of[c.cell_id]) for c in row.columns],
            last_month=self.before.last_month(key),
            year_ago=self.before.year_ago(key),
            unusual=unusual(row, self.before),
            note=self.typed.notes.get(key, row.note.text if row.note else ""),
        )

    def _box(self, row: Row, column: Column, group_id: int) -> Box:
        key = (row.indicator.pk, column.cell_id)
        count = row.counts.get(column.cell_id)
        mistake, stale = self.typed.mistakes.get(key, ""), self.stale.get(key)
        text = self.typed.texts[key] if mistake or stale else shown(count)
        before = self._before(key, count)
        return Box(key[0], column, group_id, count, text, mistake, stale, before)

    def _before(self, key: Key, count: BeneficiaryCount | None) -> BeneficiaryCount | None:
        if self.compared is None:
            return None
        value, reason = self.compared.get(key, (None, ""))
        then = BeneficiaryCount(value=value, missing_reason=reason)
        return then if shown(then) != shown(count) else None


def grid_of(
    report: CountReport,
    *,
    typed: Typed | None = None,
    stale: Mapping[Key, StaleCell] | None = None,
    tried: bool = False,
) -> Grid:
    """The page of a report: the sheet's four queries, one for the months before, and one for the
    version it is compared with where there is one.

    Before its month is over a low total asks for no reason, unless somebody `tried` to submit it.
    """
    is_unfinished = report.is_editable and not report.is_over and not tried
    return Grid(
        sheet=filled(report),
        before=earlier(report, is_unfinished=is_unfinished),
        typed=typed or Typed(),
        stale=stale or {},
        compared=_compared(report),
        is_unfinished=is_unfinished,
    )


def _compared(report: CountReport) -> dict[Key, Said] | None:
    """What was returned, or the version that is corrected; None for a first submission."""
    if report.returned_revisions is not None:
        return history.returned(report)
    if report.supersedes_id is None:
        return None
    counts = BeneficiaryCount.objects.filter(report=report.supersedes_id)
    return {(c.indicator_id, c.cell_id): (c.value, c.missing_reason) for c in counts}
