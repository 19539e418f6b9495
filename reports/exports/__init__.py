"""Files made of the same figures as the screen; each export is written in the journal."""

from .csv_file import csv_file
from .file import Export
from .workbook import workbook

__all__ = ["Export", "csv_file", "workbook"]
