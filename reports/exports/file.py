"""What an export is, and how a text is made harmless in a spreadsheet."""

from __future__ import annotations

import tempfile
import unicodedata
from dataclasses import dataclass
from typing import IO

from accounts.models import User
from audit import journal
from reports.figures import Selection

# Files up to this size stay in memory.
IN_MEMORY = 4 * 1024 * 1024
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
INVISIBLE = ("C", "Z")


@dataclass(frozen=True)
class Export:
    """A finished file: nothing of it is read from the database any more."""

    name: str
    content_type: str
    content: IO[bytes]
    rows: int


def new_file() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


def neutral(text: object) -> str:
    """A text that no spreadsheet takes for a formula, invisible characters before it or not."""
    found = str(text)
    visible = found.lstrip()
    while visible and unicodedata.category(visible[0])[0] in INVISIBLE:
        visible = visible[1:]
    is_formula = found.startswith(FORMULA_SIGNS) or visible.startswith(FORMULA_SIGNS)
    return f"'{found}" if is_formula else found


def file_name(selection: Selection, content: str, ending: str) -> str:
    """A name that says months and nothing about whom: `counts_2025-11_2026-10.csv`."""
    period = selection.period
    return f"{content}_{period.start:%Y-%m}_{period.last_month:%Y-%m}.{ending}"


def note(selection: Selection, by: User, *, kind: str, content: str, rows: int) -> None:
    """Write the export in the journal: who, what question, how many rows."""
    organisations = selection.visible.organisations
    journal.record(
        "export_figures",
        by=by,
        organisation_id=next(iter(organisations)) if len(organisations) == 1 else None,
        details={
            "kind": kind,
            "content": content,
            "rows": rows,
            "from": f"{selection.period.start:%Y-%m}",
            "to": f"{selection.period.last_month:%Y-%m}",
            "filters": dict(selection.chosen),
            "with_unapproved": selection.with_unapproved,
        },
    )
