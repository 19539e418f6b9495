"""PDF: written anew without what tells of its author, unless it can run, fetch or carry something.

The names of what acts are looked for everywhere, written plainly or with escapes (#4a), and in
every compressed stream. What cannot be looked through (a password, an unusual compression) is
refused: a document does not need it. This is no antivirus. A signed one is kept as it was sent:
its signature says who signed, and any change would make it worth nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zlib

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import cleaner

CLEANER = [sys.executable, "-I", cleaner.__file__]
LONGEST_SECONDS = 30
# Written anew, with its lists of objects unpacked, it may be larger than it was sent.
MOST_CLEAN = 20 * 1024 * 1024

ACTS = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|Rendition|GoToE|GoToR|SubmitForm|ImportData|XFA\b)"
)
LOCKED = re.compile(rb"/Encrypt\b")
ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
# A stream that holds objects, by its type or by what it says of the first of them.
PACKED = re.compile(rb"/ObjStm\b|/First\s+\d+\s*(?:/|>>)")
# It is packed once with Flate, without predictors, and says so plainly: else it hides its names.
BEGINNING = re.compile(rb"\b\d+\s+\d+\s+obj\b")
FLATE = re.compile(rb"/Filter\s*(?:\[\s*/FlateDecode\s*\]|/FlateDecode\b)\s*(?:/|>>)")
FILTER = re.compile(rb"/(?:Filter|F)\b")
UNREADABLE = re.compile(
    rb"/(?:ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|Crypt|Predictor|DecodeParms)\b"
)
END = b"%%EOF"
AFTER_END = 64
MOST_STREAM = 64 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_STREAMS = 50_000
PIECE = 1024 * 1024
LONGEST_NAME = 32


def clean_pdf(data: bytes) -> bytes:
    """The same pages without what describes them, or a ValidationError."""
    _check(data)
    cleaned = _cleaned(data)
    if cleaned != data:
        _check(cleaned)  # as another program read it
    return cleaned


def _cleaned(data: bytes) -> bytes:
    """By a program of its own, which may fall over: it reads what anybody may have made up."""
    try:
        done = subprocess.run(  # noqa: S603
            CLEANER, input=data, capture_output=True, timeout=LONGEST_SECONDS, env={}
        )
    except subprocess.TimeoutExpired:
        raise _too_much() from None
    if done.returncode == cleaner.SIGNED:
        return data
    if done.returncode == cleaner.DAMAGED:
        raise _damaged()
    if done.returncode or len(done.stdout) > MOST_CLEAN:
        raise _too_much()
    return done.stdout


def _damaged() -> ValidationError:
    return ValidationError(
        _("This PDF is damaged or incomplete. Print it to PDF again, and send that file."),
        code="damaged",
    )


def _check(data: bytes) -> None:
    """Refuse what acts, and what cannot be looked through."""
    end = data.rfind(END)
    if end < 0 or len(data) - end - len(END) > AFTER_END:
        raise _damaged()
    _look_at(data)
    left, start = MOST_UNPACKED, 0
    for number, match in enumerate(STREAM.finditer(data)):
        size, is_whole = _look_into(memoryview(data)[match.end() :], left)
        left -= size
        # From the stream before: nothing written in between can pass for a beginning or an end.
        is_hidden = _holds_objects(data[start : match.start()]) and not is_whole
        if is_hidden or number > MOST_STREAMS:
            raise _too_much()
        start = match.end()
    if _holds_objects(data[start:]):
        raise _too_much()


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


def _holds_objects(before: bytes) -> bool:
    """Whether the stream after this text holds objects; refused when it does so in another way."""
    text = _plain(before)
    found = PACKED.search(text)
    if not found:
        return False
    beginnings = [match.start() for match in BEGINNING.finditer(text, 0, found.start())]
    dictionary = text[beginnings[-1] if beginnings else 0 :]
    is_plain = FLATE.search(dictionary) and len(FILTER.findall(dictionary)) == 1
    if not is_plain or UNREADABLE.search(text):
        raise _too_much()
    return True


def _look_into(view: memoryview, left: int) -> tuple[int, bool]:
    """Look through one stream, a piece at a time: how much it holds, and whether it was whole."""
    unpacker, size, tail = zlib.decompressobj(), 0, b""
    for start in range(0, len(view), PIECE):
        rest = view[start : start + PIECE]
        while rest and not unpacker.eof:
            try:
                piece = unpacker.decompress(rest, PIECE)
            except zlib.error:
                return size, False
            rest = unpacker.unconsumed_tail
            size += len(piece)
            if size > min(MOST_STREAM, left):
                raise _too_much()
            _look_at(tail + piece)
            tail = piece[-LONGEST_NAME:]
        if unpacker.eof:
            return size, True
    return size, False


def _too_much() -> ValidationError:
    return ValidationError(
        _("This PDF cannot be looked through. Print it to PDF again, and send that file."),
        code="unreadable",
    )
