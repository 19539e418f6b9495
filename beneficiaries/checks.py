"""What is to mend before a report is submitted."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Indicator

from .earlier import Earlier, Unusual, earlier
from .models import CountReport
from .sheet import Column, Row, Sheet, filled


@dataclass(frozen=True)
class Finding:
    """One thing to mend: which row, perhaps which cell, in a sentence."""

    code: str
    indicator: Indicator
    message: str
    column: Column | None = None

    @property
    def anchor(self) -> str:
        """The id of the field to mend on the page of the report."""
        if self.code == "unexplained":
            return f"note-{self.indicator.pk}"
        if self.column is None:
            return f"row-{self.indicator.pk}"
        return f"cell-{self.indicator.pk}-{self.column.cell_id}"


class NotReady(ValidationError):
    """A report that cannot be submitted yet; `findings` says why."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__([ValidationError(f.message, code=f.code) for f in findings])


def findings_of(report: CountReport) -> list[Finding]:
    """Everything that keeps a report from being submitted, in the order of its rows."""
    return findings(filled(report), earlier(report))


def findings(sheet: Sheet, before: Earlier) -> list[Finding]:
    found: list[Finding] = []
    for row in sheet.rows:
        found += [*_missing(row), *_above(row, sheet), *_unexplained(row, before)]
    return found


def unusual(row: Row, before: Earlier) -> Unusual | None:
    """Whether the total of a complete row leaves the usual: an unfinished one always would."""
    return None if row.empty else before.unusual(row.indicator.pk, row.total)


def _missing(row: Row) -> list[Finding]:
    """Each cell holds a number or a reason."""
    empty = row.empty
    if not empty:
        return []
    if len(empty) == 1:
        message = _("%(cell)s: give a number, or say why it is missing.") % {
            "cell": row.name_of(empty[0])
        }
    else:
        message = ngettext(
            "%(indicator)s: %(n)s cell is empty.",
            "%(indicator)s: %(n)s cells are empty.",
            len(empty),
        ) % {"indicator": row.indicator, "n": len(empty)}
    return [Finding("missing", row.indicator, message, empty[0])]


def _above(row: Row, sheet: Sheet) -> list[Finding]:
    """Some counts never exceed another: persons never exceed contacts."""
    bound = sheet.by_indicator.get(row.indicator.at_most_id or 0)
    if bound is None or row.total is None or bound.total is None or row.total <= bound.total:
        return []
    message = _(
        "%(indicator)s (%(total)s) cannot be more than %(bound)s (%(most)s): check both rows."
    ) % {
        "indicator": row.indicator,
        "total": _figure(row.total),
        "bound": bound.indicator,
        "most": _figure(bound.total),
    }
    return [Finding("above", row.indicator, message)]


def _unexplained(row: Row, before: Earlier) -> list[Finding]:
    """A total far from the usual is explained."""
    strange = unusual(row, before)
    if strange is None or row.note is not None:
        return []
    message = _(
        "%(indicator)s: %(total)s is far from the usual %(usual)s. Correct it or say why."
    ) % {
        "indicator": row.indicator,
        "total": _figure(strange.total),
        "usual": _figure(strange.usual),
    }
    return [Finding("unexplained", row.indicator, message)]


def _figure(number: int) -> str:
    """Thin spaces every three digits, as on every page."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
