"""Files that people send: the corpus is refused with words, what is kept holds nothing hidden."""

import io
import resource
import sys
import zipfile

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from PIL import Image

from programs import uploads
from programs.uploads import office
from programs.uploads import pdf as pdfs
from programs.uploads.checking import shown_name
from tests.files import (
    CANARY,
    KEPT,
    PAGE,
    REFUSED,
    TYPES,
    docx,
    pdf,
    picture,
    png_of,
    sent,
    telling_docx,
    telling_pdf,
    with_place,
)

MEMORY = 150 * 1024  # kB over what the process already used


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_act_or_harm_is_refused_with_words(what):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValidationError) as refused:
        uploads.checked(sent(*REFUSED[what]))
    assert refused.value.code != "refused"
    assert len(str(refused.value.message)) > 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEMORY


@pytest.mark.parametrize("what", KEPT)
def test_what_people_send_is_kept(what):
    safe = uploads.checked(sent(*KEPT[what]))
    assert safe.data
    assert "/" not in safe.name
    assert "\x00" not in safe.name


def test_a_refusal_speaks_the_readers_language():
    with translation.override("fr"), pytest.raises(ValidationError) as refused:
        uploads.checked(sent("page.html", b"x"))
    assert "Envoyez" in refused.value.message


def test_a_photograph_keeps_neither_place_nor_owner_and_stands_upright():
    assert CANARY in with_place()
    safe = uploads.checked(sent("photo.jpg", with_place()))
    assert CANARY not in safe.data
    with Image.open(io.BytesIO(safe.data)) as image:
        assert not image.getexif()
        assert image.size == (40, 60)
        assert "comment" not in image.info


def text_of_pdf(data: bytes) -> bytes:
    """Everything that a PDF holds, unpacked."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Stream) and "/DCTDecode" not in repr(one.get("/Filter")):
                one.write(one.read_bytes())
        modes = pikepdf.ObjectStreamMode
        document.save(written, compress_streams=False, object_stream_mode=modes.disable)
    return written.getvalue()


@pytest.mark.parametrize("packs", [False, True])
def test_a_pdf_keeps_its_pages_and_not_its_author(packs):
    assert text_of_pdf(telling_pdf(packs=packs)).count(CANARY) >= 6
    safe = uploads.checked(sent("agreement.pdf", telling_pdf(packs=packs)))
    assert CANARY not in text_of_pdf(safe.data)
    with pikepdf.open(io.BytesIO(safe.data)) as document:
        [page] = document.pages
        assert str(page.Annots[0].Contents) == "Read"
        picture = page.Resources.XObject["/I"].read_raw_bytes()
        assert Image.open(io.BytesIO(picture)).size == (60, 40)


def test_an_older_version_of_a_pdf_goes_too():
    older = pdf() + b"3 0 obj\n<< /Was (" + CANARY + b") >>\nendobj\n"
    newer = older + PAGE + b"trailer << /Root 1 0 R >>\n%%EOF\n"
    assert CANARY not in uploads.checked(sent("agreement.pdf", newer)).data


def test_a_signed_pdf_stays_as_it_was_signed():
    signed = telling_pdf(is_signed=True)
    assert uploads.checked(sent("signed.pdf", signed)).data == signed


def test_a_pdf_that_eats_memory_or_time_stops_its_own_reader(monkeypatch):
    monkeypatch.setattr(pdfs, "CLEANER", [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(pdfs, "LONGEST_SECONDS", 0.2)
    with pytest.raises(ValidationError, match="cannot be looked through"):
        uploads.checked(sent("slow.pdf", pdf()))
    many = b"5 0 obj\n[" + b"0 " * 4_000_000 + b"]\nendobj\n"
    monkeypatch.undo()
    with pytest.raises(ValidationError):
        uploads.checked(sent("many.pdf", pdf(PAGE + many)))


def test_a_document_keeps_its_text_and_not_its_author():
    safe = uploads.checked(sent("agreement.docx", telling_docx()))
    with zipfile.ZipFile(io.BytesIO(safe.data)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not [name for name, content in held.items() if CANARY in content]
    assert not [name for name in held if name.startswith(("docProps", "customXml"))]
    assert held["_rels/.rels"] == b"<Relationships></Relationships>"
    assert held[TYPES] == b"<Types></Types>"
    assert b'<w:ins w:author="-"><w:t>Agreement</w:t></w:ins>' in held["word/document.xml"]
    assert Image.open(io.BytesIO(held["word/media/image1.jpg"])).size == (40, 60)


def test_the_relations_of_a_document_that_lead_to_its_text_stay():
    lead = '<Relationship Id="a" Type="http://x/{}" Target="{}"></Relationship>'
    both = lead.format("officeDocument", "word/document.xml") + lead.format(
        "core-properties", "docProps/core.xml"
    )
    sent_in = docx(**{"_rels/.rels": f"<Relationships>{both}</Relationships>"})
    safe = uploads.checked(sent("a.docx", sent_in))
    with zipfile.ZipFile(io.BytesIO(safe.data)) as archive:
        left = archive.read("_rels/.rels").decode()
    assert left == "<Relationships>{}</Relationships>".format(
        lead.format("officeDocument", "word/document.xml")
    )


def test_pictures_of_a_document_are_too_many_before_they_are_decoded(monkeypatch):
    monkeypatch.setattr(office, "MOST_PIXELS", 4_000)
    pictures = {f"word/media/{number}.png": picture("PNG") for number in range(2)}
    with pytest.raises(ValidationError, match="holds too much"):
        uploads.checked(sent("a.docx", docx(**pictures)))


def test_a_large_photograph_is_made_smaller():
    safe = uploads.checked(sent("photo.jpg", picture(size=(5_000, 4_000))))
    with Image.open(io.BytesIO(safe.data)) as image:
        assert max(image.size) <= 4_000


def test_a_transparent_picture_stays_transparent():
    file = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    safe = uploads.checked(sent("stamp.png", file.getvalue()))
    with Image.open(io.BytesIO(safe.data)) as image:
        assert image.mode == "RGBA"


def test_a_huge_picture_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(Image.Image, "thumbnail", lambda *args: pytest.fail("decoded"))
    with pytest.raises(ValidationError, match="million pixels"):
        uploads.checked(sent("huge.png", png_of(30_000, 30_000)))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Users\\me\\Accord.pdf", "Accord.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("é" * 150 + ".pdf", "é" * 96 + ".pdf"),
    ],
)
def test_a_shown_name_hides_nothing(given, shown):
    assert shown_name(given) == shown


@pytest.mark.django_db
def test_a_stored_file_is_sealed_under_a_name_of_ours():
    name = uploads.store(pdf() + b"canary")
    path = uploads.path_of(name)
    assert b"canary" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    assert uploads.read(name) == pdf() + b"canary"


@pytest.mark.django_db
def test_a_stored_file_that_was_altered_swapped_or_lost_is_not_served():
    one, other = uploads.store(b"one"), uploads.store(b"other")
    uploads.path_of(one).write_bytes(uploads.path_of(other).read_bytes())
    uploads.path_of(other).unlink()
    for name in (one, other):
        with pytest.raises(uploads.UnreadableError):
            uploads.read(name)


@pytest.mark.django_db
def test_files_are_sealed_again_with_a_new_key(settings, tmp_path):
    from audit.encryption import key_of, ring
    from ngo_portal.launch.vault import key_file

    keys = tmp_path / "keys"
    settings.PORTAL_KEY_FILE = str(key_file(keys))
    name = uploads.store(b"kept over the years")
    newer = tmp_path / "newer"
    both = tmp_path / "both"
    both.touch(mode=0o600)
    both.write_text(keys.read_text() + key_file(newer).read_text())
    settings.PORTAL_KEY_FILE = str(both)
    assert set(uploads.keys_found()) != {ring().current}
    assert list(uploads.seal_again()) == [1]
    assert list(uploads.keys_found()) == [ring().current]
    assert list(uploads.seal_again()) == []
    assert key_of(uploads.path_of(name).read_bytes()) == ring().current
    settings.PORTAL_KEY_FILE = str(newer)
    assert uploads.read(name) == b"kept over the years"
