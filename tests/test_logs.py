"""Log lines hold no value of anybody."""

import io
import logging
import sys
import time

import pytest
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, IntegrityError, connection
from django.test import RequestFactory

from accounts.models import User
from ngo_portal.logs import RequestNumber, Scrubbed, scrub


def written(message: str, *args, error: BaseException | None = None, **extra) -> str:
    """What stands in the log for one record."""
    record = logging.LogRecord("portal", logging.ERROR, "", 0, message, args, None)
    record.__dict__ |= extra
    if error:
        record.exc_info = (type(error), error, error.__traceback__)
    RequestNumber().filter(record)
    return Scrubbed("%(request_id)s %(message)s").format(record)


def caught(function) -> BaseException:
    try:
        function()
    except Exception:
        return sys.exc_info()[1]
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Sent to asha.k@example.org twice", "Sent to …@… twice"),
        ("Key (name)=(Asha Kumari) already exists", "Key (name)=(…) already exists"),
        ("Failing row contains (1, Asha, null).", "Failing row =(…)."),
        ("GET /people/?q=Asha HTTP/1.1", "GET /people/?… HTTP/1.1"),
        ("Gone: /invitations/s3cr3t/", "Gone: /invitations/…/"),
        ("Gone: /new-factor/s3cr3t/", "Gone: /new-factor/…/"),
        ("Job deliver[7](sealed='AbC-_9==') ended", "Job deliver[7](sealed=…) ended"),
        ("/sign-in/password/reset/1-abc-def/", "/sign-in/password/reset/…/"),
    ],
)
def test_what_names_somebody_is_taken_out(text, left):
    assert scrub(text) == left


def test_a_long_text_is_scrubbed_in_one_reading():
    text = "x" * 1_000_000
    began = time.process_time()
    assert scrub(f"{text} a@b") == f"{text} …@…"
    assert time.process_time() - began < 1


def test_what_an_error_quotes_is_cut_before_a_word_that_is_not_whole():
    error = TypeError("a word " + "asha" * 100 + "@example.org")
    assert written("Broken", error=error).endswith("TypeError: a word…")


def test_an_exception_keeps_its_lines_and_loses_its_words():
    def breaks():
        name = "Asha Kumari"
        return int(name)

    text = written("Broken", error=caught(breaks))
    assert "ValueError" in text
    assert "in breaks" in text
    assert "Asha" not in text


def test_what_speaks_of_code_alone_is_kept():
    assert "no attribute 'nothing'" in written("Broken", error=caught(lambda: object().nothing))


@pytest.mark.django_db
def test_a_refusal_of_the_database_keeps_its_names_alone():
    def insert():
        User(email="asha@example.org", display_name="").save()

    text = written("Broken", error=caught(insert))
    assert "user_display_name_filled" in text
    assert "23514" in text
    assert IntegrityError.__name__ in text
    assert "asha" not in text


@pytest.mark.django_db
def test_a_value_that_the_database_cannot_read_is_not_repeated():
    def ask():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'Asha Kumari'::int")

    error = caught(ask)
    assert isinstance(error, DatabaseError)
    assert "Asha" in str(error)
    assert "Asha" not in written("Broken", error=error)


@pytest.mark.parametrize("typed", ["Asha Kumari", "Zoé Müller 12 rue X", "Asha\\Kumari", "आशा\nX"])
def test_an_address_is_written_as_its_pattern(typed):
    request = RequestFactory().get(f"/{typed}/")
    request.path = f"/{typed}/"
    for path in (request.path, request.path.encode("unicode_escape").decode("ascii")):
        text = written("%s: %s", "Not Found", path, request=request)
        assert text == "- Not Found: an unknown address"


def test_a_refused_request_loses_its_words():
    said = "Invalid HTTP_HOST header: 'zoé.example'"
    text = written(said, error=caught(lambda: refuse(said)), request=RequestFactory().get("/"))
    assert "zo" not in text
    assert text.startswith("- DisallowedHost")


def refuse(said: str) -> None:
    raise DisallowedHost(said)


def test_nothing_is_mailed_and_every_line_passes_here():
    handlers = {
        h
        for name in (None, "django", "django.request", "gunicorn.error")
        for h in logging.getLogger(name).handlers
    }
    ours = [h for h in handlers if type(h) is logging.StreamHandler]
    assert all(isinstance(h.formatter, Scrubbed) for h in ours)
    assert "AdminEmailHandler" not in {type(h).__name__ for h in handlers}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "words", "line"),
    [
        ("GET", "/nowhere/Asha/?q=Kumari", ("Asha", "Kumari"), "Not Found: an unknown address"),
        ("GET", "/personne/Zoé Müller\\12 rue X", ("Zo", "ller", "rue"), "Not Found: an unknown"),
        ("PUT", "/invitations/Zoé\\X/", ("Zo", "X"), "Method Not Allowed: /invitations/…/"),
    ],
)
def test_the_line_of_a_real_failure(client, monkeypatch, method, path, words, line):
    stream = io.StringIO()
    [handler] = [h for h in logging.getLogger().handlers if isinstance(h.formatter, Scrubbed)]
    monkeypatch.setattr(handler, "stream", stream)
    answer = client.generic(method, path)
    written = stream.getvalue()
    assert line in written
    assert not [word for word in words if word in written]
    # Django logs it after the last middleware: the number is in the line all the same.
    assert f"[{answer['X-Request-ID']}]" in written
