"""Text documents (.docx): no macro, nothing embedded, no field that acts, nothing fetched.

What is kept is written anew: without properties, with other authors than people on changes and
comments, its pictures without what a camera wrote down.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from . import picture

MOST_MEMBERS = 500
MOST_UNPACKED = 50 * 1024 * 1024
MAIN = "word/document.xml"
ENDS_OF_ACTIVE = (
    *("vbaproject.bin", "vbadata.xml", ".exe", ".dll", ".js", ".vbs"),
    *(".html", ".htm", ".xhtml", ".mht", ".mhtml", ".rtf"),
)
ACTIVE_FOLDERS = ("word/embeddings/", "word/activex/", "customui/")
HYPERLINK, OTHER_DOCUMENT = "/hyperlink", "/afchunk"
ACTIVE_TYPE = re.compile(r"macroenabled|html|rtf|rfc822|multipart|oleobject", re.IGNORECASE)
# Fields that start a program, fetch something, or put such a field together.
FIELD = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDE\w*|IMPORT|LINK|DATABASE|EMBED|MACROBUTTON|QUOTE)\b", re.IGNORECASE
)
QUOTED = re.compile(r'"[^"]*"')
FIELD_MARK = "\0"
# Written anew, pictures may weigh more than they did.
MOST_CLEAN = 20 * 1024 * 1024
MOST_PIXELS = 120_000_000
MEDIA = "word/media/"
# Properties, a picture of the first page, what a server added; and what leads there.
TELLING_PARTS = ("docprops/", "customxml/", "word/people.xml")
LEADS = re.compile(
    rb"<(?:\w+:)?(?:Relationship|Override)\b[^<>]*"
    rb"(?:/>|(?<!/)>\s*</(?:\w+:)?(?:Relationship|Override)>)"
)
TELLING = re.compile(
    rb"""(?:-properties|/thumbnail|/people|/customXml)["']"""
    rb"""|["']/(?:docProps/|customXml/|word/people\.xml)""",
    re.IGNORECASE,
)
# What shows a property in the text keeps what it last said; variables are for macros.
BOUND = re.compile(rb"<(?:\w+:)?(?:dataBinding|docVar)\b[^<>]*/>")
TAG = re.compile(rb"<\w[^<>]*>")
AUTHOR = re.compile(
    rb"\b((?:\w+:)?(?:author|initials|userId|providerId|lastEdited\w*))"
    rb"""\s*=\s*(?:"[^"]*"|'[^']*')"""
)
NOBODY = rb'\1="-"'
BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, LookupError)


def clean_docx(data: bytes) -> bytes:
    """The same text in a file that does not say who wrote it, or a ValidationError."""
    try:
        _check(data)
        cleaned = _written_anew(data)
        _check(cleaned)
    except BROKEN:
        raise ValidationError(
            _("This document is damaged. Open it, save it again as DOCX, and send that file."),
            code="damaged",
        ) from None
    return cleaned


def _check(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_members(archive.infolist())
        left = MOST_UNPACKED
        for member in archive.infolist():
            left -= _check_part(archive, member, left)


def _written_anew(data: bytes) -> bytes:
    """Part by part, under no date, without the parts that describe the document."""
    written, pixels = io.BytesIO(), 0
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as anew,
    ):
        for name in archive.namelist():
            if name.lower().startswith(TELLING_PARTS) or name.endswith(("/", ".psmdcp")):
                continue
            content = archive.read(name)
            pixels += _pixels(content)
            if pixels > MOST_PIXELS:
                raise _too_large()
            part = zipfile.ZipInfo(name)
            part.compress_type = zipfile.ZIP_DEFLATED
            anew.writestr(part, _quiet(name.lower(), content))
    if written.tell() > MOST_CLEAN:
        raise _too_large()
    return written.getvalue()


def _pixels(content: bytes) -> int:
    kind = picture.kind_of(content)
    return picture.pixels_of(content, kind) if kind else 0


def _quiet(name: str, content: bytes) -> bytes:
    """One part without what it says of people."""
    if kind := picture.kind_of(content):
        return picture.written_anew(content, kind)
    if name.endswith((".xml", ".rels")):
        if b"\0" in content[:4]:
            raise ValueError  # two bytes a letter: no office program writes that
        text = BOUND.sub(b"", LEADS.sub(_unless_telling, content))
        return TAG.sub(lambda tag: AUTHOR.sub(NOBODY, tag[0]), text)
    if name.startswith(MEDIA):
        raise ValidationError(
            _(
                "This document holds a picture that cannot be cleaned of what it says of its "
                "author (EMF, WMF, SVG…). Save it as PDF, and send that file."
            ),
            code="picture",
        )
    return content


def _unless_telling(lead: re.Match) -> bytes:
    return b"" if TELLING.search(lead[0]) else lead[0]


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
    if name.endswith((".xml", ".rels")) or content.lstrip(BEFORE_XML).startswith(b"<"):
        _check_xml(content, is_links=name.endswith(".rels"), is_types=name.startswith("[content"))
    return len(content)


class Fields:
    """The instructions of a part's fields, put together from their pieces."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.is_inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        own = _local(name)
        self.is_inside = own == "instrText"
        if own in {"fldChar", "fldSimple"}:
            said = [value for key, value in attributes.items() if _local(key) == "instr"]
            self.said += [FIELD_MARK, *said, FIELD_MARK]

    def text(self, written: str) -> None:
        if self.is_inside:
            self.said.append(written)

    def end(self, name: str) -> None:
        self.is_inside = False

    def act(self) -> bool:
        """Whether one does more than show something."""
        fields = "".join(self.said).split(FIELD_MARK)
        return any(FIELD.search(QUOTED.sub("", field)) for field in fields)


def _check_xml(content: bytes, *, is_links: bool, is_types: bool) -> None:
    fields = Fields()

    def start(name: str, attributes: dict[str, str]) -> None:
        is_active = is_types and ACTIVE_TYPE.search(attributes.get("ContentType", ""))
        if is_active or (is_links and _leads_out(attributes)):
            raise _acts()
        fields.start(name, attributes)

    def doctype(*args: object) -> None:
        raise _acts()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, fields.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = fields.text, doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError from error
    if fields.act():
        raise _acts()


def _local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def _leads_out(attributes: dict[str, str]) -> bool:
    """A link that is followed without a click, or that puts another document into this one."""
    kind = attributes.get("Type", "")
    is_far = attributes.get("TargetMode") == "External" and not kind.endswith(HYPERLINK)
    return is_far or kind.lower().endswith(OTHER_DOCUMENT)


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
