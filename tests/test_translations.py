"""Everything a person can read exists in French: re-extracted, complete, none fuzzy."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.core.validators import EmailValidator
from django.utils.translation import override

ROOT = Path(__file__).resolve().parent.parent
FRENCH = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
# High punctuation takes a no-break space before it in French; « » take one inside.
WANTS_A_SPACE = re.compile(r"[^\s\u00a0\u202f][;!?»](?:\s|$)|[ ][:;!?»]|«[^\u00a0\u202f]")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def texts(value: str | tuple | list) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def messages() -> list[Message]:
    return [message for message in catalogue(FRENCH) if message.id]


def test_every_message_is_translated():
    left = [m.id for m in messages() if not all(texts(m.string)) or m.fuzzy]
    assert left == []


def test_placeholders_survive_translation():
    wrong = [
        m.id
        for m in messages()
        if not {p for t in texts(m.string) for p in PLACEHOLDER.findall(t)}
        <= {p for t in texts(m.id) for p in PLACEHOLDER.findall(t)}
    ]
    assert wrong == []


def test_french_punctuation_keeps_its_spaces():
    wrong = [t for m in messages() for t in texts(m.string) if WANTS_A_SPACE.search(t)]
    assert wrong == []


def test_no_older_text_is_left_in_a_comment():
    """`#|` belongs to a fuzzy message; Babel, writing the file anew, makes `# |` of it."""
    lines = FRENCH.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(("#|", "# |", "#~"))] == []


def test_an_address_of_mail_is_called_as_in_the_glossary():
    """Django's own French says « courriel »."""
    with override("fr"):
        assert str(EmailValidator.message) == "Saisissez une adresse e-mail valide."
        left = [t for m in messages() for t in texts(m.string) if "courriel" in t.lower()]
    assert left == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_nothing_in_the_code_is_missing_from_the_catalogue(tmp_path):
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in listed.splitlines():
        if name.endswith((".py", ".html", ".txt")) and not name.startswith("tests/"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "locale").mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "fr", "--no-location", "--no-wrap"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    found = catalogue(tmp_path / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    known = catalogue(FRENCH)
    missing = [m.id for m in found if m.id and known.get(m.id, m.context) is None]
    left_over = [m.id for m in known if m.id and found.get(m.id, m.context) is None]
    assert missing == []
    assert left_over == []
