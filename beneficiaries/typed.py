"""What somebody typed on the page of a month, read cell by cell; nothing typed is ever lost."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from programs.models import Indicator

from .actions.count import Entry, Key
from .models import BeneficiaryCount, CountReport
from .sheet import Row, Sheet
from .workbooks.values import Mistake, mark, written

LONGEST_TEXT = 2000
# What stands in a cell instead of a number, as it is typed and as it is said.
CELL_MARKS = [
    (mark, BeneficiaryCount.MissingReason(reason).label)
    for mark, reason in BeneficiaryCount.MARKS.items()
]
BLOCK_BORDER = re.compile(r"\r\n|\r|\n")


def read(text: str) -> Entry:
    """A typed number (digits of any script), nc, na, … or nothing; ValidationError otherwise."""
    plain = "".join(
        str(unicodedata.decimal(letter, letter)) for letter in text if letter != "\N{MINUS SIGN}"
    )
    if "\N{MINUS SIGN}" in text:
        plain = f"-{plain}"
    try:
        value, reason = written(plain)
    except Mistake as mistake:
        raise ValidationError(
            _(
                "“%(text)s” is not understood: type a whole number from 0 to 100 000, "
                "or one of the marks nc, na, … instead."
            ),
            params={"text": text[:40].replace("\0", " ")},
            code="not_a_count",
        ) from mistake
    return Entry(value=value, missing_reason=reason)


def read_place(posted: Mapping[str, str]) -> dict[str, int]:
    """Which cell is meant; one that is nowhere for anything else."""
    return {f"{name}_id": read_revision(posted.get(name, "")) for name in ("indicator", "cell")}


def read_entry(
    posted: Mapping[str, str], *, report: CountReport, indicator_id: int, cell_id: int
) -> Entry:
    """The entry of one cell; a comment alone keeps the number that is there."""
    comment = read_text(posted["comment"]) if "comment" in posted else None
    if "value" in posted:
        entry = read(posted["value"])
        return Entry(entry.value, entry.missing_reason, comment)
    counts = BeneficiaryCount.objects.filter(report=report, indicator=indicator_id, cell=cell_id)
    if (count := counts.first()) is None:
        raise ValidationError(_("Give a number, or say why it is missing, before the comment."))
    return Entry(count.value, count.missing_reason, comment)


def shown(count: BeneficiaryCount | None) -> str:
    """How a count stands in its cell."""
    return "" if count is None else str(mark(count.value, count.missing_reason))


def read_text(text: str) -> str:
    """A comment as it may be kept; ValidationError for one too long or with control characters."""
    return forms.CharField(required=False, max_length=LONGEST_TEXT).clean(text)


@dataclass
class Typed:
    """A whole page as it came: texts, the entries they mean, what is wrong, what was seen."""

    texts: dict[Key, str] = field(default_factory=dict)
    entries: dict[Key, Entry] = field(default_factory=dict)
    revisions: dict[Key, int] = field(default_factory=dict)
    mistakes: dict[Key, str] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    note_revisions: dict[int, int] = field(default_factory=dict)


def read_page(posted: Mapping[str, str], sheet: Sheet) -> Typed:
    """Read the fields c-INDICATOR-CELL, r-INDICATOR-CELL (revision seen), note-INDICATOR and
    note-revision-INDICATOR."""
    typed = Typed()
    for key in sheet.keys:
        name = f"{key[0]}-{key[1]}"
        if (text := posted.get(f"c-{name}")) is None:
            continue
        typed.texts[key] = text
        typed.revisions[key] = read_revision(posted.get(f"r-{name}", ""))
        try:
            typed.entries[key] = read(text)
        except ValidationError as mistake:
            typed.mistakes[key] = mistake.messages[0]
    for indicator_id in sheet.by_indicator:
        if (text := posted.get(f"note-{indicator_id}")) is not None:
            typed.notes[indicator_id] = text
            seen = posted.get(f"note-revision-{indicator_id}", "")
            typed.note_revisions[indicator_id] = read_revision(seen)
    return typed


def read_revision(text: str) -> int:
    """The revision a page was made with; 0 for none, or for anything that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@dataclass
class Pasted:
    """A block of a spreadsheet laid on the grid; what cannot be written keeps its text."""

    sheet: Sheet
    entries: dict[Key, Entry] = field(default_factory=dict)
    # Where, what it says, what is wrong.
    mistakes: list[tuple[Key, str, str]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    derived: list[Key] = field(default_factory=list)

    @property
    def named(self) -> list[tuple[str, str, str]]:
        """The mistakes with the names of their cells."""
        return [
            (self.sheet.by_indicator[key[0]].name_of(self.sheet.keys[key]), *rest)
            for key, *rest in self.mistakes
        ]

    @property
    def preview(self) -> list[tuple[Indicator, str, str, str]]:
        """Indicator, cell, what it says now, what it becomes."""
        found = []
        for (indicator_id, cell_id), entry in self.entries.items():
            row = self.sheet.by_indicator[indicator_id]
            label = self.sheet.keys[indicator_id, cell_id].label
            becomes = str(mark(entry.value, entry.missing_reason))
            found.append((row.indicator, label, self._now((indicator_id, cell_id)), becomes))
        return found

    @property
    def fingerprint(self) -> str:
        """Changes when what would be written changes, or what stands there now."""
        content = [
            (*key, self._now(key), entry.value, entry.missing_reason)
            for key, entry in self.entries.items()
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def _now(self, key: Key) -> str:
        indicator_id, cell_id = key
        return shown(self.sheet.by_indicator[indicator_id].counts.get(cell_id))


def read_block(text: str, sheet: Sheet, *, start: Key) -> Pasted:
    """Lay lines and tabs of `text` over the rows and cells of the start's table.

    A blank clears nothing.
    """
    pasted = Pasted(sheet)
    block = next(b for b in sheet.blocks if any(r.indicator.pk == start[0] for r in b.rows))
    first_row = next(i for i, r in enumerate(block.rows) if r.indicator.pk == start[0])
    first_column = next(i for i, c in enumerate(block.columns) if c.cell_id == start[1])
    for down, line in enumerate(BLOCK_BORDER.split(text.rstrip("\r\n"))):
        for along, piece in enumerate(line.split("\t")):
            row, column = first_row + down, first_column + along
            if row >= len(block.rows) or column >= len(block.columns):
                pasted.outside += [piece.strip()] if piece.strip() else []
                continue
            _lay(pasted, piece.strip(), block.rows[row], block.columns[column].cell_id)
    return pasted


def _lay(pasted: Pasted, piece: str, row: Row, cell_id: int) -> None:
    key = (row.indicator.pk, cell_id)
    count = row.counts.get(cell_id)
    if not piece:
        return
    if count is not None and count.is_derived:
        pasted.derived.append(key)
        return
    try:
        pasted.entries[key] = read(piece)
    except ValidationError as mistake:
        pasted.mistakes.append((key, piece, mistake.messages[0]))
