"""Whether a file may be kept, and as what."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass

import puremagic
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from .office import clean_docx
from .pdf import clean_pdf
from .picture import written_anew

MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 100
LONGEST_SENT = 200
HEAD = 4096
ACTIVE = re.compile(rb"<(html|script|!doctype|iframe)\b", re.IGNORECASE)
# Too short to be looked for beyond the head: they stand in any large file by chance.
ACTIVE_AT_THE_HEAD = re.compile(rb"<(svg|\?php|body)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Kind:
    """A type of file that is kept: how it starts, how it is checked and cleaned."""

    content_type: str
    start: bytes
    # Returns what is kept: the same content in a file that says nothing of its author.
    cleaned: Callable[[bytes], bytes]


KINDS = {
    "pdf": Kind("application/pdf", b"%PDF-", clean_pdf),
    "jpg": Kind("image/jpeg", b"\xff\xd8\xff", lambda data: written_anew(data, "JPEG")),
    "png": Kind("image/png", b"\x89PNG\r\n\x1a\n", lambda data: written_anew(data, "PNG")),
    "docx": Kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
        clean_docx,
    ),
}
SAME = {"jpeg": "jpg"}


@dataclass(frozen=True)
class Safe:
    """A file that may be kept: its content, its type, a name to show."""

    data: bytes
    content_type: str
    name: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def checked(file: UploadedFile) -> Safe:
    """The file as it may be kept; a ValidationError in the reader's language says why not."""
    name, extension = checked_name(file, KINDS)
    kind = KINDS[extension]
    data = file.read(MOST_BYTES + 1)
    _check_type(data, extension)
    return Safe(kind.cleaned(data), kind.content_type, name)


def checked_name(
    file: UploadedFile, extensions: Collection[str], most: int = MOST_BYTES
) -> tuple[str, str]:
    """A name to show, and its extension: the front check of every upload, whatever its kind."""
    name = shown_name(file.name or "")
    extension = name.rpartition(".")[2].lower()
    extension = SAME.get(extension, extension)
    if extension not in extensions or len(file.name) > LONGEST_SENT:
        raise ValidationError(
            _("This kind of file is not taken. Send one of these: %(kinds)s.")
            % {"kinds": ", ".join(f".{each}" for each in extensions)},
            code="kind",
        )
    if file.size > most:
        raise ValidationError(too_heavy(most), code="size")
    return name, extension


def too_heavy(most: int = MOST_BYTES) -> str:
    return _("The file is larger than %(most)s MB. Send a lighter one.") % {"most": most // 1024**2}


def shown_name(sent: str) -> str:
    """A name without folders, without signs that hide or turn around others, not too long."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    plain = "".join(
        c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C"
    )
    stem, dot, extension = plain.strip(" .").rpartition(".")
    return f"{stem[: LONGEST_NAME - len(extension) - 1]}{dot}{extension[:10]}"


def _check_type(data: bytes, extension: str) -> None:
    """Refuse what is not what its name says, and what is two things at once."""
    head = data[:HEAD]
    is_two = (
        ACTIVE.search(data)
        or ACTIVE_AT_THE_HEAD.search(head)
        or (extension != "docx" and zipfile.is_zipfile(io.BytesIO(data)))
    )
    if is_two or not data.startswith(KINDS[extension].start) or not _is_known_as(head, extension):
        raise ValidationError(
            _("The content of this file is not what its name says. Save it again as %(kind)s.")
            % {"kind": extension.upper()},
            code="content",
        )


def _is_known_as(head: bytes, extension: str) -> bool:
    """A second opinion: a zip for a DOCX, whose parts are looked at afterwards."""
    try:
        found = {match.extension.lstrip(".") for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return False
    return bool(found & {extension, *(["zip"] if extension == "docx" else []), *_also(extension)})


def _also(extension: str) -> list[str]:
    return [also for also, same in SAME.items() if same == extension]
