"""PDF: kept as it was sent (it may be signed), unless it can run, fetch or carry something.

The names of what acts are looked for everywhere, written plainly or with escapes (#4a), and in
every compressed stream. What cannot be looked through (a password, an unusual compression) is
refused: a document does not need it. This is no antivirus.
"""

from __future__ import annotations

import re
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

ACTS = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|GoToE|GoToR|SubmitForm|ImportData|XFA\b)"
)
LOCKED = re.compile(rb"/Encrypt\b")
ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
STREAM = re.compile(rb"\bstream\r?\n")
# Objects packed with anything but Flate, or with its predictors, would hide their names.
PACKED = re.compile(rb"/ObjStm\b")
UNREADABLE = re.compile(
    rb"/(ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|Crypt|Predictor)\b"
)
DICTIONARY = 400
END = b"%%EOF"
AFTER_END = 64
MOST_STREAM = 64 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
PIECE = 1024 * 1024
LONGEST_NAME = 32


def check_pdf(data: bytes) -> bytes:
    """The file itself, or a ValidationError."""
    end = data.rfind(END)
    if end < 0 or len(data) - end - len(END) > AFTER_END:
        raise ValidationError(
            _("This PDF is damaged or incomplete. Print it to PDF again, and send that file."),
            code="damaged",
        )
    _look_at(data)
    left = MOST_UNPACKED
    for match in STREAM.finditer(data):
        left -= _look_into(data, match, left)
    return data


def _plain(text: bytes) -> bytes:
    """Names without their escapes: /J#61vaScript is /JavaScript."""
    return ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text)


def _look_at(text: bytes) -> None:
    plain = _plain(text)
    if LOCKED.search(plain):
        raise ValidationError(
            _("This PDF is locked. Save it without a password, and send that file."), code="locked"
        )
    if ACTS.search(plain):
        raise ValidationError(
            _("This PDF holds a script, a form or an attached file. Print it to PDF, send that."),
            code="acts",
        )


def _look_into(data: bytes, match: re.Match[bytes], left: int) -> int:
    """Look through one stream, a piece at a time; returns how much it holds."""
    before = _plain(data[max(0, match.start() - DICTIONARY) : match.start()])
    dictionary = before[before.rfind(b" obj") + 1 :]
    if PACKED.search(dictionary) and UNREADABLE.search(dictionary):
        raise _too_much()
    unpacker, rest, size, tail = zlib.decompressobj(), data[match.end() :], 0, b""
    while rest and not unpacker.eof:
        try:
            piece = unpacker.decompress(rest, PIECE)
        except zlib.error:
            break
        rest = unpacker.unconsumed_tail
        size += len(piece)
        if size > min(MOST_STREAM, left):
            raise _too_much()
        _look_at(tail + piece)
        tail = piece[-LONGEST_NAME:]
        if not piece:
            break
    return size


def _too_much() -> ValidationError:
    return ValidationError(
        _("This PDF cannot be looked through. Print it to PDF again, and send that file."),
        code="unreadable",
    )
