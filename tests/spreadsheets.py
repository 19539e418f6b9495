"""Filled workbooks for tests: the file of the portal with some cells written over."""

from __future__ import annotations

import io
import re
import zipfile


def number(value: object) -> str:
    return f"><v>{value}</v></c>"


def text(value: str) -> str:
    return f' t="inlineStr"><is><t>{value}</t></is></c>'


def formula(expression: str, result: object = None) -> str:
    cached = "" if result is None else f"<v>{result}</v>"
    return f"><f>{expression}</f>{cached}</c>"


def failed(error: str = "#DIV/0!") -> str:
    return f' t="e"><f>1/0</f><v>{error}</v></c>'


def with_parts(data: bytes, change) -> bytes:
    """The same archive with each part passed through `change(name, content)`; None drops it."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            content = change(name, before.read(name))
            if content is not None:
                after.writestr(name, content)
    return stream.getvalue()


def filled(data: bytes, cells: dict[str, str], *, sheet: int = 2) -> bytes:
    """A workbook with cells ("D7") written over; sheet 2 is the first site."""

    def change(name: str, content: bytes) -> bytes:
        if name != f"xl/worksheets/sheet{sheet}.xml":
            return content
        page = content.decode()
        for reference, said in cells.items():
            cell = rf'<c r="{reference}"( s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)'
            page, found = re.subn(
                cell, lambda m, r=reference, s=said: f'<c r="{r}"{m[1] or ""}{s}', page, count=1
            )
            assert found, f"{reference} is not on the sheet"
        return page.encode()

    return with_parts(data, change)


def with_cell_at_the_end(data: bytes, reference: str = "XFD1048576") -> bytes:
    """One more cell, as far as `reference`."""
    row = re.sub("[A-Z]", "", reference)
    stray = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'
    return with_parts(
        data,
        lambda name, content: (
            content.replace(b"</sheetData>", stray.encode()) if "sheet2" in name else content
        ),
    )
