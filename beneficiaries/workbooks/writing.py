"""The workbook of a month as an XLSX file: protected, with the numbers that are known."""

from __future__ import annotations

import io

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from beneficiaries.models import BeneficiaryCount

from .book import Book, SiteSheet, in_both
from .layout import CODE, DATA, FIRST_CELL, NAME, NOTICE, UNIT, Line, Table, tables
from .months import month_name
from .notice import write_notice
from .seal import seal
from .values import mark

# Text is text: nothing that a person wrote becomes a formula or a link.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
INK, SOFT, LINE, GREY, ACCENT = "#18252D", "#51626C", "#DCDFD9", "#EEF0EC", "#0E6470"


def write(book: Book) -> bytes:
    """The file, with the texts of the reader's language first and the other language after."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as workbook:
        workbook.set_properties({"title": book.name, "author": "", "company": ""})
        writer = _Writer(workbook, book)
        write_notice(workbook.add_worksheet(NOTICE), book, writer.formats)
        for sheet in book.sheets:
            writer.write_site(sheet)
        writer.write_data()
    return stream.getvalue()


class _Writer:
    """Writes the sheets of one book with one set of formats."""

    def __init__(self, workbook: xlsxwriter.Workbook, book: Book) -> None:
        self.workbook, self.book = workbook, book
        base = {"font_color": INK, "valign": "vcenter"}
        box = base | {"border": 1, "border_color": LINE}
        number = box | {"num_format": "#,##0", "align": "right"}
        styles = {
            "text": base,
            "title": base | {"bold": True, "font_size": 14},
            "strong": base | {"bold": True},
            "link": base | {"font_color": ACCENT, "underline": True, "text_wrap": True},
            "soft": base | {"font_color": SOFT},
            "wrap": base | {"text_wrap": True, "valign": "top"},
            "attention": base | {"bold": True, "font_color": "#8F5200"},
            "head": box | {"bold": True, "align": "center", "text_wrap": True, "bg_color": GREY},
            "name": box | {"text_wrap": True},
            "code": box | {"font_color": SOFT, "font_size": 8},
            "entry": number | {"locked": False, "bg_color": "#FFFFFF", "border_color": ACCENT},
            "closed": number | {"bg_color": GREY, "font_color": SOFT},
            "total": number | {"bold": True, "bg_color": GREY},
        }
        self.formats = {name: workbook.add_format(style) for name, style in styles.items()}

    def write_site(self, sheet: SiteSheet) -> None:
        page = self.workbook.add_worksheet(sheet.name)
        page.set_column(CODE, CODE, 12)
        page.set_column(NAME, NAME, 40)
        page.set_column(UNIT, UNIT, 12)
        page.set_column(FIRST_CELL, FIRST_CELL + 100, 10)
        page.freeze_panes(0, FIRST_CELL)
        page.hide_gridlines(2)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        self._title(page, sheet)
        for table in tables(sheet.blocks):
            self._head(page, table)
            for line in table.lines:
                self._line(page, sheet, table, line)
            self._validate(page, table)
        page.protect("", {"format_columns": True, "format_rows": True})

    def write_data(self) -> None:
        """The hidden sheet: what the numbers are about, signed."""
        page = self.workbook.add_worksheet(DATA)
        for row, part in enumerate(seal(self.book)):
            page.write_string(row, 0, part)
        page.protect()
        page.very_hidden()

    def _title(self, page, sheet: SiteSheet) -> None:
        month = in_both(lambda: month_name(self.book.month))
        program = in_both(lambda: sheet.program.name)
        names = [month, program, in_both(lambda: self.book.organisation.name)]
        page.write_string(0, 0, in_both(lambda: str(sheet.site)), self.formats["title"])
        page.write_string(1, 0, " · ".join(names), self.formats["soft"])
        if sheet.closed:
            reason = in_both(lambda: sheet.closed.reason)
            page.write_string(2, 0, reason, self.formats["attention"])
        else:
            advice = in_both(lambda: _("Fill in the white cells; the grey ones fill themselves."))
            page.write_string(2, 0, advice, self.formats["soft"])

    def _head(self, page, table: Table) -> None:
        last, head = table.keys_at - 1, self.formats["head"]
        titles = {
            CODE: lambda: _("Code"),
            NAME: lambda: _("Indicator"),
            UNIT: lambda: _("Unit"),
        }
        if table.has_total:
            titles[table.total_at] = lambda: _("Total")
        for at, title in titles.items():
            for row in range(table.head, last):
                page.write_blank(row, at, None, head)
            page.write_string(last, at, in_both(title, "\n"), head)
        for at, column in table.columns:
            for row, category in enumerate(column.categories, start=table.head):
                page.write_string(row, at, in_both(lambda c=category: c.name, "\n"), head)
            if not column.categories:
                page.write_string(
                    last, at, in_both(lambda: pgettext("how many", "Number"), "\n"), head
                )
            page.write_string(table.keys_at, at, column.key)
        for row in range(table.head, table.keys_at):
            page.set_row(row, 32)
        page.set_row(table.keys_at, None, None, {"hidden": True})

    def _line(self, page, sheet: SiteSheet, table: Table, line: Line) -> None:
        indicator, numbers = line.row.indicator, []
        page.set_row(line.at, 32)
        page.write_string(line.at, CODE, indicator.code, self.formats["code"])
        page.write_string(
            line.at, NAME, in_both(lambda: indicator.name, "\n"), self.formats["name"]
        )
        unit = in_both(lambda: indicator.unit_name, "\n")
        page.write_string(line.at, UNIT, unit, self.formats["name"])
        for at, column in table.columns:
            key = (indicator.pk, column.cell_id)
            count = sheet.counts.get(key)
            style = self.formats["entry" if sheet.is_open(key) else "closed"]
            content = mark(count.value, count.missing_reason) if count else ""
            if isinstance(content, int):
                numbers.append(content)
                page.write_number(line.at, at, content, style)
            elif content:
                page.write_string(line.at, at, content, style)
            else:
                page.write_blank(line.at, at, None, style)
        if table.has_total:
            cells = xl_range(line.at, FIRST_CELL, line.at, table.total_at - 1)
            style = self.formats["total"]
            page.write_formula(line.at, table.total_at, f"=SUM({cells})", style, sum(numbers))

    def _validate(self, page, table: Table) -> None:
        """Whole numbers or the marks of what is missing; the program says so at once."""
        lines = list(table.lines)
        if not lines or not table.block.columns:
            return
        cell = xl_rowcol_to_cell(lines[0].at, FIRST_CELL)
        marks = ",".join(f'LOWER({cell})="{one}"' for one in BeneficiaryCount.MARKS)
        whole = f"AND({cell}>=0,{cell}<={BeneficiaryCount.MAX_VALUE},INT({cell})={cell})"
        page.data_validation(
            lines[0].at,
            FIRST_CELL,
            lines[-1].at,
            table.total_at - 1,
            {
                "validate": "custom",
                "value": f"=IF(ISNUMBER({cell}),{whole},OR({marks}))",
                "error_title": in_both(lambda: _("Not a count")),
                "error_message": in_both(
                    lambda: _("A whole number from 0 to 100 000, or nc, na or …"), "\n"
                ),
            },
        )
