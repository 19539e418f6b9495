"""Where each number stands on a sheet, of a site in a program: one side writes it, one trusts it.

A sheet has three lines of title, then a table for each breakdown: one line of head a dimension,
one hidden line with the keys of the cells, one line an indicator, one empty line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from beneficiaries.sheet import Block, Column, Row

NOTICE = "Notice · Guide"
DATA = "Portal data"
TITLE_ROWS = 4
# Columns: code of the indicator, its name, its unit, then the cells, then the total.
CODE, NAME, UNIT, FIRST_CELL = 0, 1, 2, 3


@dataclass(frozen=True)
class Line:
    """An indicator on its row of the sheet."""

    at: int
    row: Row


@dataclass(frozen=True)
class Table:
    """One block of the month where it stands on a sheet."""

    block: Block
    head: int
    head_rows: int

    @property
    def keys_at(self) -> int:
        """The hidden row that holds the keys of the cells."""
        return self.head + self.head_rows

    @property
    def lines(self) -> Iterator[Line]:
        first = self.keys_at + 1
        return (Line(first + n, row) for n, row in enumerate(self.block.rows))

    @property
    def columns(self) -> Iterator[tuple[int, Column]]:
        return ((FIRST_CELL + n, column) for n, column in enumerate(self.block.columns))

    @property
    def has_total(self) -> bool:
        return len(self.block.columns) > 1

    @property
    def total_at(self) -> int:
        return FIRST_CELL + len(self.block.columns)


def tables(blocks: list[Block]) -> Iterator[Table]:
    """The blocks of a month one under the other, the same for every site of a program."""
    at = TITLE_ROWS
    for block in blocks:
        head_rows = max((len(column.categories) for column in block.columns), default=0) or 1
        yield Table(block, at, head_rows)
        at += head_rows + 1 + len(block.rows) + 1
