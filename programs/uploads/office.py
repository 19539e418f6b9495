"""Text documents (.docx): no macro, nothing embedded, nothing fetched from elsewhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_MEMBERS = 500
MOST_UNPACKED = 50 * 1024 * 1024
MAIN = "word/document.xml"
ENDS_OF_ACTIVE = ("vbaproject.bin", "vbadata.xml", ".exe", ".dll", ".js", ".vbs", ".html", ".htm")
ACTIVE_FOLDERS = ("word/embeddings/", "word/activex/", "customui/")
HYPERLINK = "/hyperlink"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError)


def check_docx(data: bytes) -> bytes:
    """The file itself, or a ValidationError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive.infolist())
            left = MOST_UNPACKED
            for member in archive.infolist():
                left -= _check_part(archive, member, left)
    except BROKEN:
        raise ValidationError(
            _("This document is damaged. Open it, save it again as DOCX, and send that file."),
            code="damaged",
        ) from None
    return data


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower().replace("\\", "/") for member in members]
    is_document = MAIN in names and len(set(names)) == len(names)
    if not is_document or any(member.flag_bits & 1 for member in members):
        raise ValueError
    acts = any(
        name.endswith(ENDS_OF_ACTIVE) or name.startswith(ACTIVE_FOLDERS) or ".." in name
        for name in names
    )
    if acts:
        raise _acts()
    if len(members) > MOST_MEMBERS:
        raise _too_large()


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """Unpack one part within bounds, whatever it claims, and look at its links."""
    with archive.open(member) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise _too_large()
    name = member.filename.lower()
    if name.endswith((".xml", ".rels")):
        _check_xml(content, is_links=name.endswith(".rels"), is_types=name.startswith("[content"))
    return len(content)


def _check_xml(content: bytes, *, is_links: bool, is_types: bool) -> None:
    def start(name: str, attributes: dict[str, str]) -> None:
        is_far = attributes.get("TargetMode") == "External"
        if is_links and is_far and not attributes.get("Type", "").endswith(HYPERLINK):
            raise _acts()
        if is_types and "macroenabled" in attributes.get("ContentType", "").lower():
            raise _acts()

    def doctype(*args: object) -> None:
        raise _acts()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError from error


def _acts() -> ValidationError:
    return ValidationError(
        _(
            "This document holds macros, embedded objects or links to a distant template. "
            "Save it as PDF, and send that file."
        ),
        code="acts",
    )


def _too_large() -> ValidationError:
    return ValidationError(
        _("This document holds too much. Save it as PDF, and send that file."), code="too_large"
    )
