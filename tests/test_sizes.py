"""What is too large is refused before it is read, and nothing of it lies in a temporary folder."""

import io
import tempfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from ngo_portal import access
from programs import uploads
from tests.factories import make_organisation, make_user
from tests.files import PAGE, pdf

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
HEAD = b'--x\r\nContent-Disposition: form-data; name="login"; filename="a.bin"\r\n\r\n'
checked = uploads.checked
MULTIPART = "multipart/form-data; boundary=x"


class Unread(io.BytesIO):
    """A body that is never asked for."""

    def read(self, *args) -> bytes:
        pytest.fail("the body was read")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def administrator(client, organisation):
    user = make_user(Role.ADMINISTRATOR, organisation, language="fr")
    client.force_login(user)
    return user


def of(kilobytes: int) -> bytes:
    """A PDF that is kept, of this weight."""
    return pdf(PAGE + b"% " + b"a" * kilobytes * 1024 + b"\n")


def unread(client, path: str, length: int, language: str = "en"):
    sent = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length), "CONTENT_TYPE": MULTIPART}
    return client.post(path, **sent, HTTP_ACCEPT_LANGUAGE=language)


def add(client, organisation, data: bytes):
    said = {"title": "Agreement", "kind": "AGREEMENT", "language": "fr", "valid_0": "2026-01-01"}
    path = reverse("document_add", args=[organisation.pk])
    return client.post(path, {**said, "file": SimpleUploadedFile("a.pdf", data)})


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "C’est trop volumineux"), ("en", "This is too large")]
)
@pytest.mark.parametrize("path", ["/sign-in/", "/no-such-page/", "/organisations/1/documents/add/"])
def test_of_a_stranger_nothing_large_is_read(client, path, language, words):
    answer = unread(client, path, 3 * MB, language)
    assert answer.status_code == 413
    assert words in answer.content.decode()


def test_a_page_without_files_takes_no_more_than_texts(client, administrator):
    assert unread(client, "/me/", 3 * MB).status_code == 413


def test_a_page_of_files_takes_no_more_than_a_file(client, administrator, organisation):
    path = reverse("document_add", args=[organisation.pk])
    answer = unread(client, path, 13 * MB)
    assert answer.status_code == 413
    assert "ce que vous avez saisi est encore là" in answer.content.decode()


def test_no_more_is_read_than_was_announced(client, folder):
    body = HEAD + b"a" * 40 * MB
    answer = client.generic("POST", "/sign-in/", body, MULTIPART, CONTENT_LENGTH="200")
    assert answer.status_code in {200, 400}
    assert not list(folder.iterdir())


def test_a_large_file_stays_in_memory(client, administrator, organisation, folder, monkeypatch):
    seen = []

    def looking(file):
        seen.append((type(file), list(folder.iterdir())))
        return checked(file)

    monkeypatch.setattr(uploads, "checked", looking)
    assert add(client, organisation, of(6 * 1024)).status_code == 302
    assert seen == [(InMemoryUploadedFile, [])]


def test_a_file_that_is_a_little_too_large_keeps_what_was_typed(
    client, administrator, organisation
):
    answer = add(client, organisation, of(11 * 1024))
    assert answer.status_code == 200
    assert 'value="Agreement"' in answer.content.decode()


def test_pages_that_take_files_are_declared():
    forms = {
        path.name
        for path in settings.BASE_DIR.glob("*/templates/**/*.html")
        if "multipart/form-data" in path.read_text(encoding="utf-8")
    }
    assert forms == {"document_add.html", "document_replace.html", "workbook.html"}
    declared = {name for name, page in access.PAGES.items() if page.takes_files}
    assert declared == {"document_add", "document_replace", "workbook_upload"}
