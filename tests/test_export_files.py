"""What the archive yields without its passphrase, and what a spreadsheet makes of its texts."""

import csv
import io
import shutil
import subprocess
import zipfile

import pytest
import pyzipper
import xlsxwriter
from python_calamine import CalamineWorkbook

from programs.models import Site
from reports.exports import File, new_passphrase, pack
from reports.exports.file import neutral
from reports.exports.workbook import OPTIONS
from tests.exported import downloaded, made, opened, passphrase, rows_of, taken
from tests.network import counts_of, make_network

SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
BEFORE = ["", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\ufeff", "\ufeff ", "\x0b", "\x1f"]
CORPUS = [
    *[f"{before}{sign}1+1" for sign in SIGNS for before in BEFORE],
    *["=cmd|'/C calc'!A0", '=HYPERLINK("http://example.org","x")', "@SUM(1+9)*cmd|' /C calc'!A0"],
    *["Zone;=1+1", "Zone; =1+1;", "Zone\t=1+1", "Zone\r=1+1", "Zone\n+1+1", 'Zone";=1+1;"'],
    *["+33 1 23 45 67 89", "-", "=", "%0A=1+1", "|=1+1"],
]
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture
def network(client):
    found = make_network()
    counts_of(found, found.north, 1, 4321)
    client.force_login(found.coordinator)
    return found


def test_without_the_passphrase_the_archive_yields_nothing(client, db, network):
    export = made(client)
    secret = passphrase(client, export)
    archive = downloaded(client, export)
    inside = opened(archive, secret)
    assert b"4321" in inside["export.csv"]
    words = [
        network.lead.code,
        network.north.site.code,
        network.program.code,
        export.number,
        "4321",
    ]
    assert [word for word in words if word.encode() in archive] == []
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert packed.namelist() == ["about.txt", "export.csv", "codebook.csv"]
        assert {entry.CRC for entry in packed.infolist()} == {0}  # it would tell of the content
    for wrong in ("", secret.lower(), secret[:-1], secret.replace("-", ""), new_passphrase()):
        with pytest.raises((RuntimeError, pyzipper.BadZipFile)):
            opened(archive, wrong)


def test_it_is_sealed_with_aes_256(tmp_path):
    path = tmp_path / "one.zip"
    pack([File("about.txt", b"hello")], "AAAAA", path)
    with pyzipper.AESZipFile(path) as packed:
        (entry,) = packed.infolist()
    assert (entry.wz_aes_strength, entry.wz_aes_version) == (3, 2)


def test_passphrases_are_long_and_never_alike():
    made = {new_passphrase() for _number in range(500)}
    assert len(made) == 500
    assert {len(text) for text in made} == {29}


def test_an_altered_archive_is_refused(tmp_path):
    path = tmp_path / "one.zip"
    pack([File("export.csv", b"month,value\r\n" * 50)], "AAAAA", path)
    content = bytearray(path.read_bytes())
    content[70] ^= 1
    with pytest.raises((RuntimeError, pyzipper.BadZipFile)):
        opened(bytes(content), "AAAAA")


@pytest.mark.skipif(not shutil.which("7z"), reason="7-Zip is not installed")
def test_seven_zip_opens_it(tmp_path):
    pack([File("export.csv", b"month,value\r\n")], "AAAAA-BBBBB", tmp_path / "one.zip")
    for secret, code in (("AAAAA-BBBBB", 0), ("AAAAA-CCCCC", 2)):
        command = ["7z", "t", f"-p{secret}", str(tmp_path / "one.zip")]
        assert subprocess.run(command, capture_output=True).returncode == code


@pytest.mark.parametrize("text", CORPUS)
def test_no_piece_of_a_text_begins_a_formula(text):
    """However a spreadsheet splits a line: at semicolons, tabs or ends of lines."""
    found = neutral(text)
    pieces = [found]
    for separator in ";\t\r\n":
        pieces = [part for piece in pieces for part in piece.split(separator)]
    for piece in pieces:
        assert not piece.strip(' \t\r\n\u00a0\u200b\ufeff\x0b\x1f"').startswith(tuple(SIGNS))
    assert found.replace("'", "") == text.replace("'", "")
    assert neutral(found) == found


@pytest.mark.django_db
def test_texts_come_back_as_they_were_written(client, network):
    """A name with every sign that could end a cell, a line or a quote."""
    texts = [text for text in CORPUS if text.isprintable() or set(text) & set("\t\r\n")]
    name = "".join(texts)[:200]
    Site.objects.filter(pk=network.north.site_id).update(name_en=name, name_fr=name)
    rows = rows_of(taken(client, "counts")["export.csv"])
    assert {row["site_en"] for row in rows} == {neutral(name)}


def sheet_of(texts: list[str]) -> bytes:
    """A workbook made as ours are, with a text of the corpus in each row."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        sheet = book.add_worksheet()
        for row, text in enumerate(texts):
            sheet.write_string(row, 0, neutral(text))
    return file.getvalue()


def table_of(texts: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([[neutral(each), "end"] for each in texts])
    return text.getvalue().encode("utf-8-sig")


def test_a_spreadsheet_library_finds_every_text_and_no_formula():
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(sheet_of(CORPUS))).get_sheet_by_index(0)
    read = [row[0] for row in sheet.to_python()]
    assert read == [neutral(text) for text in CORPUS]
    with zipfile.ZipFile(io.BytesIO(sheet_of(CORPUS))) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.skipif(not OFFICE, reason="LIBREOFFICE IS NOT INSTALLED: no file was opened in it.")
@pytest.mark.parametrize("separator", ["44", "59"])
def test_libreoffice_finds_no_formula(tmp_path, separator):
    """Both files opened and saved by LibreOffice, the CSV split at commas, then at semicolons."""
    (tmp_path / "book.xlsx").write_bytes(sheet_of(CORPUS))
    (tmp_path / "table.csv").write_bytes(table_of(CORPUS))
    home = f"-env:UserInstallation=file://{tmp_path / 'office'}"
    filters = [f"--infilter=CSV:{separator},34,76,1,,0,false,true,false"]
    for name, more in (("book.xlsx", []), ("table.csv", filters)):
        command = [OFFICE, home, "--headless", *more, "--convert-to", "fods", name]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
        found = (tmp_path / name).with_suffix(".fods").read_text(encoding="utf-8")
        assert "table:table-cell" in found
        assert found.count("table:formula") == 0


@pytest.mark.skipif(not OFFICE, reason="LIBREOFFICE IS NOT INSTALLED: the control did not run.")
def test_libreoffice_would_have_found_one(tmp_path):
    """The control: texts that are not made harmless become formulas."""
    (tmp_path / "table.csv").write_text("=1+1,end\r\n", encoding="utf-8")
    home = f"-env:UserInstallation=file://{tmp_path / 'office'}"
    command = [OFFICE, home, "--headless", "--infilter=CSV:44,34,76,1,,0,false,true,false"]
    command += ["--convert-to", "fods", "table.csv"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert "table:formula" in (tmp_path / "table.fods").read_text(encoding="utf-8")
