"""What may be taken out: three contents, how many rows each has, and its files."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.figures import Board, Selection, board, sentences

from .codebook import HEAD, lines
from .counts import Counts, counts
from .csv_file import counts_csv, totals_csv
from .file import File, Mark
from .totals import totals
from .workbook import workbook


class Content(models.TextChoices):
    WORKBOOK = "workbook", gettext_lazy("Workbook (XLSX): totals, counts and codebook")
    COUNTS = "counts", gettext_lazy("Counts, cell by cell (CSV)")
    TOTALS = "totals", gettext_lazy("Totals as shown on the dashboard (CSV)")


@dataclass(frozen=True)
class Source:
    """The figures of one question, each read from the database once."""

    selection: Selection
    content: str

    @cached_property
    def board(self) -> Board:
        return board(self.selection)

    @cached_property
    def counts(self) -> Counts:
        return counts(self.selection)

    @cached_property
    def rows(self) -> int:
        """How many rows leave: counts cell by cell, or lines of totals; a workbook has both."""
        if self.content == Content.COUNTS:
            return self.counts.number()
        lines_of_totals = sum(1 for _line in totals(self.board))
        if self.content == Content.TOTALS:
            return lines_of_totals
        return self.counts.number() + lines_of_totals

    @property
    def report_ids(self) -> list[int]:
        """The count reports behind it, for the journal."""
        return [report.pk for report in self.counts.reports]

    @property
    def holds(self) -> dict[str, list]:
        """What it is made of, by keys: whoever takes it must still read all of that."""
        return self.selection.made_of | {"reports": self.report_ids}

    def files(self, mark: Mark) -> list[File]:
        """What the archive holds. Names say nothing: an archive shows them to whoever has it."""
        about = File("about.txt", _about(self, mark))
        if self.content == Content.WORKBOOK:
            return [about, File("export.xlsx", workbook(self.board, self.counts, mark))]
        if self.content == Content.COUNTS:
            table = counts_csv(self.counts, mark)
        else:
            table = totals_csv(self.board, mark)
        codebook = _codebook_csv(self, mark)
        return [about, File("export.csv", table), File("codebook.csv", codebook)]


def _about(source: Source, mark: Mark) -> bytes:
    """What a person who finds the file should know, in the requester's language."""
    texts = [
        mark.line,
        " · ".join(sentences(source.selection)),
        _("These figures are for this purpose alone. Delete this file when it is served."),
    ]
    return ("\r\n".join(texts) + "\r\n").encode("utf-8-sig")


def _codebook_csv(source: Source, mark: Mark) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    writer.writerows(lines(source.board, source.counts, mark))
    return text.getvalue().encode("utf-8-sig")
