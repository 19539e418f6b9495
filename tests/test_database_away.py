"""The database goes away, or somebody holds the row: what was typed is kept, and it comes back."""

import threading

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from tests.conftest import as_owner, close_all_of_this_thread
from tests.factories import make_organisation, make_user
from tests.forms import form_with
from tests.signing import SignedClient


@pytest.fixture
def client(own_database):
    return SignedClient(raise_request_exception=False)


@pytest.fixture
def form(client):
    """One's own page, opened while all was well."""
    person = make_user("coordinator", make_organisation())
    client.force_login(person)
    return form_with(client.get("/me/").content.decode(), "display_name")


def test_what_was_typed_is_sent_again_once_it_is_back(client, form, own_database):
    typed = form.data(display_name='"New" name')
    close_all_of_this_thread()
    as_owner(f'ALTER DATABASE "{own_database}" ALLOW_CONNECTIONS false')
    try:
        away = client.post("/me/", typed)
        assert client.get("/healthz").status_code == 503
    finally:
        as_owner(f'ALTER DATABASE "{own_database}" ALLOW_CONNECTIONS true')
    assert away.status_code == 503
    kept = form_with(away.content.decode(), "display_name")
    assert kept.action == "/me/"
    assert client.post(kept.action, kept.data()).status_code == 302
    assert User.objects.get().display_name == '"New" name'
    assert client.get("/healthz").status_code == 200


def test_a_row_that_somebody_holds_is_said_and_kept(client, form, own_database):
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            User.objects.select_for_update().get()
            held.set()
            done.wait(30)
        connections.close_all()

    somebody = threading.Thread(target=hold)
    somebody.start()
    held.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    busy = client.post("/me/", form.data(display_name="Other"))
    done.set()
    somebody.join()
    assert busy.status_code == 409
    kept = form_with(busy.content.decode(), "display_name")
    assert client.post(kept.action, kept.data()).status_code == 302
    assert User.objects.get().display_name == "Other"


def test_a_question_that_takes_too_long_is_said(client, form, own_database):
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '1ms'")
    try:
        answer = client.get("/dashboard/")
    finally:
        connection.close()
    assert answer.status_code == 503
    assert "took too long" in answer.content.decode()
