"""Workbooks: the month of a partner as an XLSX file, written and read back."""
