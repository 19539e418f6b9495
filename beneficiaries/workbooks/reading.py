"""A workbook that comes back: which numbers its sender changed, and what to mend in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from .checking import MOST_ROWS, Checked, Look, NotAWorkbook, checked, reference
from .layout import DATA
from .seal import Place, Seal, SealedSheet, opened
from .values import EMPTY, Mistake, Written, written

Rows = list[list[object]]


@dataclass(frozen=True)
class Change:
    """A number that is not what it was when the workbook was downloaded."""

    sheet: SealedSheet
    place: Place
    says: Written

    @property
    def cell(self) -> str:
        return reference(self.place.row, self.place.column)


@dataclass
class Reading:
    """What a workbook is about, its changes, and its mistakes in the reader's language."""

    seal: Seal
    changes: list[Change] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


def read(data: bytes) -> Reading:
    """Read a file of the portal; NotAWorkbook when it is none, or cannot be opened."""
    file = checked(data)
    try:
        with CalamineWorkbook.from_filelike(file.copy) as workbook:
            reading = Reading(_seal(workbook))
            for sheet in reading.seal.sheets:
                if sheet.places:
                    _read_sheet(workbook, file, sheet, reading)
    except CalamineError as error:
        raise NotAWorkbook(
            _("The file is damaged or incomplete. Open it, save it again, and send that file.")
        ) from error
    return reading


def _seal(workbook: CalamineWorkbook) -> Seal:
    if DATA not in workbook.sheet_names:
        raise NotAWorkbook(
            _("This is not a workbook of the portal. Fill in the one you download here.")
        )
    rows = _rows(workbook, DATA)
    return opened("".join(str(row[0]) for row in rows if row))


def _rows(workbook: CalamineWorkbook, name: str) -> Rows:
    sheet = workbook.get_sheet_by_name(name)
    return sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS)


def _read_sheet(
    workbook: CalamineWorkbook, file: Checked, sheet: SealedSheet, reading: Reading
) -> None:
    if sheet.name not in workbook.sheet_names:
        reading.mistakes.append(
            _("The sheet %(sheet)s is missing. Download a fresh workbook.") % {"sheet": sheet.name}
        )
        return
    rows = _rows(workbook, sheet.name)
    for position, label in sheet.landmarks.items():
        if str(_at(rows, *position)).strip() != label:
            reading.mistakes.append(
                _(
                    "Sheet %(sheet)s, cell %(cell)s: “%(label)s” should stand here. Lines or "
                    "columns were moved: download a fresh workbook."
                )
                % {"sheet": sheet.name, "cell": reference(*position), "label": label}
            )
            return
    for change in _changes(rows, file.look(sheet.name), sheet, reading.mistakes):
        reading.changes.append(change)


def _changes(rows: Rows, look: Look, sheet: SealedSheet, mistakes: list[str]) -> Iterator[Change]:
    for place in sheet.places:
        try:
            says = _written(rows, look, place)
        except Mistake as mistake:
            mistakes.append(
                _("Sheet %(sheet)s, cell %(cell)s: %(mistake)s.")
                % {
                    "sheet": sheet.name,
                    "cell": reference(place.row, place.column),
                    "mistake": mistake,
                }
            )
        else:
            # An empty cell says nothing: what is in the portal stays.
            if says not in (EMPTY, place.was):
                yield Change(sheet, place, says)


def _written(rows: Rows, look: Look, place: Place) -> Written:
    position = (place.row, place.column)
    if position in look.broken:
        raise Mistake(_("its formula shows an error"))
    if position in look.unfinished:
        raise Mistake(_("its formula has no result; open the file, save it and send it again"))
    return written(_at(rows, *position))


def _at(rows: Rows, row: int, column: int) -> object:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
