"""Files that people could send: what is kept, and a corpus of what never is."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

TYPES = "[Content_Types].xml"
RELATIONS = "word/_rels/document.xml.rels"
TEMPLATE = (
    '<Relationships><Relationship Id="a" TargetMode="External" Target="http://example.org/t.dotm"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
    "/></Relationships>"
)
LINK = TEMPLATE.replace("attachedTemplate", "hyperlink")
# A place in Paris, as a phone writes it.
CANARY = b"GPS-CANARY"


def sent(name: str, data: bytes, content_type: str = "application/pdf") -> SimpleUploadedFile:
    file = SimpleUploadedFile("name", data, content_type)
    file._name = name  # as a client that minds no rule would send it
    return file


# A catalogue, a list of pages, one page.
PAGE = (
    b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>\nendobj\n"
)


def pdf(body: bytes = PAGE, end: bytes = b"") -> bytes:
    return b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF\n" + end


def telling_pdf(*, packs: bool = False, is_signed: bool = False) -> bytes:
    """A page as an office program writes it: its author in six places, one of them a photograph."""
    made, name = pikepdf.new(), CANARY.decode()
    made.add_blank_page()
    made.docinfo["/Author"] = name
    with made.open_metadata() as described:
        described["dc:creator"] = [name]
    photograph = pikepdf.Stream(made, with_place(), Filter=pikepdf.Name.DCTDecode)
    page = made.pages[0]
    page.obj["/PieceInfo"] = pikepdf.Dictionary(Word=pikepdf.Dictionary(Private=name))
    page.obj["/Resources"] = pikepdf.Dictionary(XObject={"/I": made.make_indirect(photograph)})
    place = {"/Type": pikepdf.Name.Annot, "/Rect": [0, 0, 1, 1]}
    comment = place | {"/Subtype": pikepdf.Name.Text, "/Contents": "Read", "/T": name}
    page.obj["/Annots"] = [pikepdf.Dictionary(comment)]
    if is_signed:
        seal = {"/Type": pikepdf.Name.Sig, "/ByteRange": [0, 1, 2, 3], "/Contents": "seal"}
        made.Root["/AcroForm"] = pikepdf.Dictionary(Fields=[pikepdf.Dictionary(V=seal)])
    written, modes = io.BytesIO(), pikepdf.ObjectStreamMode
    made.save(written, object_stream_mode=modes.generate if packs else modes.disable)
    return written.getvalue()


def packed(objects: bytes, dictionary: bytes = b"/Type /ObjStm /Filter /FlateDecode") -> bytes:
    """Objects in a compressed stream, where a search of the file does not find them."""
    body = zlib.compress(objects)
    head = b"7 0 obj\n<< " + dictionary + b" /Length %d >>\nstream\n" % len(body)
    return pdf(head + body + b"\nendstream\nendobj\n")


def docx(**members: str | bytes) -> bytes:
    file = io.BytesIO()
    parts = {TYPES: "<Types/>", "word/document.xml": "<document/>"}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | members).items():
            archive.writestr(name, content)
    return file.getvalue()


def field(*pieces: str) -> str:
    """The text of a document with one field, whose instruction is in pieces."""
    said = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end")]
    return f'<w:document xmlns:w="w">{marks[0]}{said}{marks[1]}</w:document>'


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    return file.getvalue()


def with_place() -> bytes:
    """A photograph that says where it was taken, by whom, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    exif[0x013B] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[29] = CANARY.decode()
    return picture(exif=exif, comment=CANARY)


def png_of(width: int, height: int) -> bytes:
    """The head of a PNG that claims a size; a few bytes whatever it claims."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sealed = kind + body
        return struct.pack(">I", len(body)) + sealed + struct.pack(">I", zlib.crc32(sealed))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def bomb(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes * 1024 * 1024), 9)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return file.getvalue()


def telling_docx() -> bytes:
    """A document as an office program writes it: its author in properties, changes, a picture."""
    name = CANARY.decode()
    kinds = ("core-properties", "extended-properties", "custom-properties", "thumbnail")
    types = "".join(f'<Override PartName="/docProps/{one}.xml" ContentType="x"/>' for one in kinds)
    leads = "".join(
        f'<Relationship Id="{one}" Type="http://example.org/{one}" Target="docProps/{one}.xml"/>'
        for one in kinds
    )
    text = (
        f'<w:document xmlns:w="w"><w:dataBinding w:xpath="/creator"/><w:ins w:author="{name}">'
        f"<w:t>Agreement</w:t></w:ins><w:del w:author='{name}' w:date=\"2026\"/></w:document>"
    )
    comment = f'<w:comment xmlns:w="w" w:initials="{name}" w:author = "{name}">Read</w:comment>'
    person = f'<w15:person xmlns:w15="w" w15:author="{name}" w15:userId="{name}"/>'
    return docx(
        **{TYPES: f"<Types>{types}</Types>"},
        **{"_rels/.rels": f"<Relationships>{leads}</Relationships>"},
        **{f"docProps/{one}.xml": f"<p><creator>{name}</creator></p>" for one in kinds},
        **{"customXml/item1.xml": f"<p>{name}</p>", "word/people.xml": person},
        **{"word/document.xml": text, "word/comments.xml": comment},
        **{"word/settings.xml": f'<s><w:docVar xmlns:w="w" w:val="{name}"/></s>'},
        **{"word/media/image1.jpg": with_place()},
    )


HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><document>&b;</document>"
BIG_STREAM = b"8 0 obj\n<< /Filter /FlateDecode >>\nstream\n%s\nendstream\nendobj\n"

# What never is kept: its name, its content.
REFUSED: dict[str, tuple[str, bytes]] = {
    "a page": ("page.html", HTML),
    "a page named as a picture": ("page.jpg", HTML),
    "a page named as a PDF": ("page.pdf", HTML),
    "a drawing": ("drawing.svg", SVG),
    "a drawing named as a picture": ("drawing.png", SVG),
    "a program": ("agreement.pdf.exe", b"MZ" + bytes(100)),
    "a program named as a PDF": ("agreement.pdf", b"MZ" + bytes(100)),
    "no extension": ("agreement", pdf()),
    "an empty name": ("", pdf()),
    "a name of signs alone": ("\x00\u202e/..", pdf()),
    "a name turned around": ("agreement\u202efdp.exe", pdf()),
    "a name too long": ("a" * 300 + ".pdf", pdf()),
    "a NUL that hides an extension": ("page.pdf\x00.html", pdf()),
    "a PDF that is a zip too": ("both.pdf", pdf(end=zipped())),
    "a PDF that is a page too": ("both.pdf", pdf(b"<html><script>alert(1)</script>")),
    "a PDF with more after its end": ("more.pdf", pdf(end=bytes(5000))),
    "a PDF after something else": ("late.pdf", b"GIF89a" + pdf()),
    "a PDF cut short": ("cut.pdf", pdf()[:30]),
    "a PDF that runs": ("runs.pdf", pdf(b"1 0 obj << /S /JavaScript /JS (x) >> endobj ")),
    "a PDF that runs, escaped": ("runs.pdf", pdf(b"1 0 obj << /S /J#61vaScript >> endobj ")),
    "a PDF that launches": ("runs.pdf", pdf(b"1 0 obj << /S /Launch /F (a.exe) >> endobj ")),
    "a PDF that carries files": ("carries.pdf", pdf(b"1 0 obj << /EmbeddedFiles 2 0 R >> endobj ")),
    "a PDF that sends": ("sends.pdf", pdf(b"1 0 obj << /S /SubmitForm >> endobj ")),
    "a PDF with a form of scripts": ("form.pdf", pdf(b"1 0 obj << /XFA 2 0 R >> endobj ")),
    "a PDF that runs, packed": ("packed.pdf", packed(b"1 0 << /S /JavaScript >>")),
    "a document with a picture that cannot be cleaned": (
        "drawing.docx",
        docx(**{"word/media/image1.emf": b"\x01\0\0\0" + bytes(100)}),
    ),
    "a PDF packed twice": (
        "packed.pdf",
        packed(b"1 0 <<>>", b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]"),
    ),
    "a PDF packed with Flate twice": (
        "packed.pdf",
        packed(
            zlib.compress(b"1 0 << /S /JavaScript >>"),
            b"/Type /ObjStm /Filter [/FlateDecode /FlateDecode]",
        ),
    ),
    "a PDF packed under a short name": (
        "packed.pdf",
        packed(b"1 0 <<>>", b"/Type /ObjStm /Filter [/AHx /FlateDecode]"),
    ),
    "a PDF that says far before how it is packed": (
        "packed.pdf",
        packed(
            b"1 0 <<>>",
            b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] /A (" + b"a" * 600 + b")",
        ),
    ),
    "a PDF that packs objects without a type": (
        "packed.pdf",
        packed(b"1 0 <<>>", b"/N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]"),
    ),
    "a PDF locked": ("locked.pdf", pdf(b"1 0 obj << /Encrypt 2 0 R >> endobj ")),
    "a PDF that unpacks without end": ("bomb.pdf", pdf(BIG_STREAM % bomb(80))),
    "a document with macros": ("macro.docx", docx(**{"word/vbaProject.bin": b"\xd0\xcf"})),
    "a document of macros": ("macro.docm", docx()),
    "a document that embeds": ("embeds.docx", docx(**{"word/embeddings/a.bin": b"x"})),
    "a document that fetches": ("fetches.docx", docx(**{RELATIONS: TEMPLATE})),
    "a document that starts a program": (
        "field.docx",
        docx(**{"word/document.xml": field("DDE", "AUTO c:\\\\a.exe")}),
    ),
    "a document that fetches a picture": (
        "field.docx",
        docx(**{"word/document.xml": field('INCLUDEPICTURE "http://example.org/a.png"')}),
    ),
    "a document with a simple field that acts": (
        "field.docx",
        docx(**{"word/footer1.xml": '<p xmlns:w="w"><w:fldSimple w:instr=" DDE a b"/></p>'}),
    ),
    "a document with another one in it": (
        "chunk.docx",
        docx(**{"word/afchunk.mht": "MIME-Version: 1.0"}),
    ),
    "a document of entities": ("laughs.docx", docx(**{"word/document.xml": LAUGHS})),
    "a document that unpacks without end": (
        "bomb.docx",
        docx(**{"word/media/a.bmp": bytes(60 * 1024 * 1024)}),
    ),
    "a document that climbs": ("climbs.docx", docx(**{"../../etc/passwd": "x"})),
    "a zip named as a document": ("zip.docx", zipped()),
    "a spreadsheet": ("sheet.xlsx", docx(**{"xl/workbook.xml": "<workbook/>"})),
    "an old document": ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(600)),
    "a picture of 900 million pixels": ("huge.png", png_of(30_000, 30_000)),
    "a picture of 40 million pixels": ("large.png", png_of(8_000, 5_000)),
    "a picture without pixels": ("none.png", png_of(0, 0)),
    "a picture cut short": ("cut.jpg", picture()[:200]),
    "a picture named as another": ("picture.png", picture("JPEG")),
    "a picture that is a zip too": ("both.jpg", picture() + zipped()),
    "more than 10 MB": ("heavy.pdf", pdf(b"%" * (10 * 1024 * 1024))),
    "nothing": ("nothing.pdf", b""),
}
KEPT: dict[str, tuple[str, bytes]] = {
    "a PDF": ("Accord 2026 – Préfecture.PDF", pdf()),
    "a PDF that names its author": ("author.pdf", telling_pdf()),
    "a PDF whose objects and index are packed": ("packed.pdf", telling_pdf(packs=True)),
    "a document": ("protocol.docx", docx()),
    "a document that names its author": ("author.docx", telling_docx()),
    "a document with a link": ("link.docx", docx(**{RELATIONS: LINK})),
    "a document with fields that show": (
        "fields.docx",
        docx(**{"word/document.xml": field("PAGE", ' HYPERLINK "http://dde.example.org/"')}),
    ),
    "a photograph": ("photo.jpeg", with_place()),
    "a scan": ("scan.png", picture("PNG")),
    "a name with folders": ("../../static/page.pdf", pdf()),
    "a name with a NUL": ("agree\x00ment.pdf", pdf()),
}
