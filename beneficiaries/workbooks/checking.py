"""Whether a file that somebody sent may be opened at all.

The reader of spreadsheets lays a sheet out from its first to its last cell: one value in the
last cell a sheet may have would ask for 500 GB. So every part of the file is unpacked within
bounds and looked at first, and the reader is given a copy that holds nothing but these parts.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from django.utils.translation import gettext as _

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 12 * 1024 * 1024
MOST_MEMBERS = 300
MOST_ROWS = 2_000
MOST_COLUMNS = 300
MOST_ITEMS = 100_000
COUNTS = ("count", "uniqueCount")
# What stands at the start of a zip file, and of the older and the encrypted files of Excel.
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
Position = tuple[int, int]
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(LookupError, RuntimeError, ValueError),
)


class NotAWorkbook(Exception):
    """The file cannot be read; says why, and what to do."""


@dataclass
class Checked:
    """A file that is safe to open, and what the reader of spreadsheets does not tell."""

    copy: io.BytesIO
    looks: dict[str, Look] = field(default_factory=dict)

    def look(self, sheet: str) -> Look:
        """The part of the file that holds a sheet, by its name."""
        relations = self.looks["xl/_rels/workbook.xml.rels"].relations
        target = relations.get(self.looks["xl/workbook.xml"].sheets.get(sheet, ""), "")
        part = target[1:] if target.startswith("/") else posixpath.join("xl", target)
        return self.looks.get(part, Look())


def checked(data: bytes) -> Checked:
    """A copy of a workbook, within bounds; NotAWorkbook when it is something else."""
    if len(data) > MOST_BYTES:
        raise NotAWorkbook(too_heavy())
    if data.startswith(OLE):
        raise NotAWorkbook(
            _("The file has a password or an old format. Save it without a password, as .xlsx.")
        )
    if not data.startswith(ZIP):
        raise NotAWorkbook(_("This is not a workbook: send a file that ends in .xlsx."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _copy(archive)
    except BROKEN as error:
        raise NotAWorkbook(
            _("The file is damaged or incomplete. Open it, save it again, and send that file.")
        ) from error


def _copy(archive: zipfile.ZipFile) -> Checked:
    members = archive.infolist()
    names = {member.filename for member in members}
    if any(name.endswith("vbaProject.bin") for name in names):
        raise NotAWorkbook(_("The file holds macros. Save it as .xlsx, without macros."))
    if "xl/workbook.xml" not in names:
        raise NotAWorkbook(_("This is not a workbook: send a file that ends in .xlsx."))
    if len(members) > MOST_MEMBERS or len(names) < len(members):
        raise NotAWorkbook(_too_large())
    result, left = Checked(io.BytesIO()), MOST_UNPACKED
    with zipfile.ZipFile(result.copy, "w") as copy:
        for member in members:
            if not _is_read(member.filename):
                continue
            content = _unpacked(archive, member, left)
            left -= len(content)
            result.looks[member.filename] = _look_through(content)
            copy.writestr(member.filename, content)
    result.copy.seek(0)
    return result


def _is_read(name: str) -> bool:
    inside = name.startswith(("xl/", "_rels/")) or name == "[Content_Types].xml"
    return inside and name.endswith((".xml", ".rels"))


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    """The content of one part, however small it claims to be."""
    with archive.open(member) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise NotAWorkbook(_too_large())
    return content


def _look_through(content: bytes) -> Look:
    look = Look()
    try:
        look.through(content)
    except expat.ExpatError as error:
        raise ValueError from error
    return look


def too_heavy() -> str:
    return _("The file is larger than 2 MB. Send the workbook as you downloaded it.")


def _too_large() -> str:
    return _("The file holds more than a workbook of the portal. Download a fresh one.")


class Look:
    """The elements of one part: how far its cells go, which have no value, names of sheets."""

    def __init__(self) -> None:
        self.row = self.column = -1
        self.is_error = self.has_formula = self.has_value = False
        # Cells that show an error (#REF!…), formulas that were saved without a result.
        self.broken: set[Position] = set()
        self.unfinished: set[Position] = set()
        self.sheets: dict[str, str] = {}
        self.relations: dict[str, str] = {}

    def through(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype
        parser.Parse(content, True)

    def doctype(self, *args: object) -> None:
        raise NotAWorkbook(_too_large())

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        # The reader makes room for as many as a part says that it holds.
        if any(int(attributes.get(key, 0)) > MOST_ITEMS for key in COUNTS):
            raise NotAWorkbook(_too_large())
        if element == "row":
            self.row = int(attributes.get("r", self.row + 2)) - 1
            self.column = -1
        elif element == "c":
            self._enter_cell(attributes)
        elif element in ("v", "is", "f"):
            self._enter_value(is_formula=element == "f")
        elif element == "sheet":
            links = [v for key, v in attributes.items() if key.endswith(":id")]
            self.sheets[attributes.get("name", "")] = links[0] if links else ""
        elif element == "Relationship":
            self.relations[attributes.get("Id", "")] = attributes.get("Target", "")

    def _enter_cell(self, attributes: dict[str, str]) -> None:
        self.is_error = attributes.get("t") == "e"
        self.has_formula = self.has_value = False
        self.column += 1
        if "r" in attributes:
            self.row, self.column = position(attributes["r"])

    def _enter_value(self, *, is_formula: bool) -> None:
        self.has_formula |= is_formula
        self.has_value |= not is_formula
        if self.row >= MOST_ROWS or self.column >= MOST_COLUMNS:
            raise NotAWorkbook(_too_large())

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] != "c":
            return
        if self.is_error:
            self.broken.add((self.row, self.column))
        elif self.has_formula and not self.has_value:
            self.unfinished.add((self.row, self.column))


def position(reference: str) -> Position:
    """Row and column, from zero, of a cell such as "D7"."""
    match = REFERENCE.fullmatch(reference)
    if not match:
        raise ValueError(reference)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def reference(row: int, column: int) -> str:
    """The name of a cell, such as "D7"."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"
