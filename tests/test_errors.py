"""What cannot be answered is said in both languages, the reader's first, with a number."""

import re

import pytest
from django.conf import settings
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path
from psycopg import errors as postgresql

from ngo_portal import access, errors, urls
from ngo_portal.access import Page, Scope
from tests.factories import make_organisation, make_user

pytestmark = pytest.mark.django_db
OPEN = Page(("GET", "POST"), scope=Scope.EVERYONE)
FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr"}


@pytest.fixture
def probe(monkeypatch, client):
    """Serve a view at /probe/ for the time of a test."""

    def serve(view):
        here = path("probe/", view, name="probe")
        monkeypatch.setattr(urls, "urlpatterns", [here, *urls.urlpatterns])
        monkeypatch.setitem(access.PAGES, "probe", OPEN)
        clear_url_caches()
        client.raise_request_exception = False
        return client

    yield serve
    clear_url_caches()


def in_languages(answer) -> list[tuple[str, str]]:
    """The sections of a page, each with its language, in their order."""
    return re.findall(r'<section lang="(..)">(.*?)</section>', answer.content.decode(), re.DOTALL)


def failing(cause: Exception):
    def view(request):
        raise OperationalError("gone") from cause

    return view


@pytest.mark.parametrize(
    ("address", "status", "french", "english"),
    [
        ("/nowhere/", 404, "Il n’y a rien ici", "Nothing is here"),
        ("/counts/?month=%00", 400, "n’a pas pu être lue", "could not be read"),
        ("/nowhere/%00/", 400, "n’a pas pu être lue", "could not be read"),
    ],
)
def test_a_refusal_speaks_both_languages(client, address, status, french, english):
    said = {"fr": french, "en": english}
    for first, second in (("fr", "en"), ("en", "fr")):
        answer = client.get(address, HTTP_ACCEPT_LANGUAGE=first)
        assert answer.status_code == status
        sections = in_languages(answer)
        assert [language for language, _text in sections] == [first, second]
        for language, text in sections:
            assert said[language] in text
            assert answer["X-Request-ID"] in text


TEMPLATES = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503", "503_journal"]


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_refusal_needs_anything_to_be_read_in_the_other_language(rf, name):
    """Neither a session nor the database, and nothing of it sends the form again."""
    answer = errors.page(rf.post("/", {"note": "Came late"}, **FRENCH), 500, name, missing="role")
    french, english = [
        re.findall(r"<(?:h\d|p)>\s*(\S.*?)</", text, re.DOTALL)
        for _lang, text in in_languages(answer)
    ]
    assert len(french) == len(english) == 3
    assert all(one and one != other for one, other in zip(french, english, strict=True))
    assert "<form" not in answer.content.decode()


def test_every_refusal_is_looked_at():
    folder = settings.BASE_DIR / "ngo_portal" / "templates"
    assert sorted(TEMPLATES) == sorted(page.stem for page in folder.glob("[45]*.html"))


def test_a_cookie_with_a_sign_no_database_keeps_is_refused(client):
    client.cookies["session"] = "abcdefghij\x00klmnopqrstuv"
    assert client.get("/sign-in/").status_code == 400


@pytest.mark.parametrize(
    "cookie", ['session="; =;;"', "csrf=\xff\xfe", "language=../../x; session=é"]
)
def test_a_broken_cookie_is_ignored(client, cookie):
    assert client.get("/sign-in/", HTTP_COOKIE=cookie).status_code in {200, 400}


def test_a_method_that_does_not_exist_here_has_a_page(client):
    client.force_login(make_user("coordinator", make_organisation(), language="fr"))
    answer = client.put("/counts/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert "Cette page ne fonctionne pas ainsi" in answer.content.decode()


def test_too_much_text_is_refused_with_words(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client.force_login(make_user("coordinator", make_organisation()))
    answer = client.post("/me/", {"display_name": "a" * 2000})
    assert answer.status_code == 413
    assert "what you typed is still there" in answer.content.decode()


def test_too_many_fields_are_refused(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    client.force_login(make_user("coordinator", make_organisation()))
    assert client.post("/me/", {str(n): n for n in range(9)}).status_code == 400


def test_a_form_cut_short_is_refused(client):
    body = b'--x\r\nContent-Disposition: form-data; name="display_name"\r\n\r\nHalf'
    answer = client.post("/sign-in/", body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in {200, 400}
    answer = client.post("/sign-in/", body, content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400


def test_an_expired_form_is_said_so():
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", **FRENCH)
    assert answer.status_code == 403
    assert "Ce formulaire a expiré" in answer.content.decode()


def test_a_database_that_is_away_keeps_what_was_typed(probe):
    client = probe(failing(postgresql.AdminShutdown()))
    answer = client.post("/probe/?a=1", {"note": 'Came "late" <b>', "form_key": "k"})
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "indisponible pour un instant" in text
    assert 'name="note" value="Came &quot;late&quot; &lt;b&gt;"' in text
    assert 'action="/probe/?a=1"' in text


@pytest.mark.parametrize("name", ["password", "new_password1", "passphrase"])
def test_a_password_is_not_written_back(probe, name):
    answer = probe(failing(postgresql.AdminShutdown())).post("/probe/", {name: "open sesame"})
    assert answer.status_code == 503
    assert "open sesame" not in answer.content.decode()


@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        (postgresql.LockNotAvailable(), 409, "saving the same thing"),
        (postgresql.DeadlockDetected(), 409, "saving the same thing"),
        (postgresql.QueryCanceled(), 503, "took too long"),
        (postgresql.TooManyConnections(), 503, "out of reach for a moment"),
    ],
)
def test_a_busy_database_is_said_as_such(probe, cause, status, words):
    answer = probe(failing(cause)).get("/probe/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert answer["Retry-After"]


def test_a_broken_page_says_nothing_of_why(probe):
    def view(request):
        raise ValueError("Asha Kumari")

    answer = probe(view).get("/probe/")
    assert answer.status_code == 500
    assert "Asha" not in answer.content.decode()


def test_an_answer_with_words_keeps_them(probe):
    answer = probe(lambda request: HttpResponse("Use the other.", status=405)).get("/probe/")
    assert answer.content == b"Use the other."
