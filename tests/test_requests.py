"""What happens to every request, whatever the page."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.urls import clear_url_caches, path
from django.utils import timezone

from accounts.models import User
from audit import journal
from audit.models import JournalEntry
from ngo_portal import access, urls
from ngo_portal.access import Page, Scope
from tests.factories import make_membership, make_organisation, make_user

pytestmark = pytest.mark.django_db
OPEN = Page(scope=Scope.EVERYONE)
OPEN_FORM = Page(("POST",), scope=Scope.EVERYONE)


def writes_then_breaks(request):
    journal.record("half done", by=None)
    raise ValueError("broken")


def writes_then_loses_the_database(request):
    journal.record("half done", by=None)
    raise OperationalError("the connection is lost")


@pytest.fixture
def probe(monkeypatch, client):
    """Serve a view at /probe/ for the time of a test."""

    def serve(view, page=OPEN):
        monkeypatch.setattr(
            urls, "urlpatterns", [path("probe/", view, name="probe"), *urls.urlpatterns]
        )
        monkeypatch.setitem(access.PAGES, "probe", page)
        clear_url_caches()
        client.raise_request_exception = False
        return client

    yield serve
    clear_url_caches()


def test_every_answer_carries_the_security_headers(client):
    answer = client.get("/sign-in/")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_health_says_database_and_migrations(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "migrations": "ok"}


def test_health_fails_while_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr("ngo_portal.views.pending_migrations", lambda: ["one"])
    assert client.get("/healthz").status_code == 503


def test_an_error_leaves_nothing_half_done_and_gives_a_number(probe):
    answer = probe(writes_then_breaks).get("/probe/")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert not JournalEntry.objects.filter(action="half done").exists()


def test_a_lost_database_is_said_in_both_languages(probe):
    answer = probe(writes_then_loses_the_database).get("/probe/")
    text = answer.content.decode()
    assert answer.status_code == 503
    assert "indisponible pour un instant" in text
    assert "out of reach for a moment" in text


def test_a_method_that_is_not_declared_is_refused(client):
    assert client.put("/sign-in/").status_code == 405


def test_a_missing_right_is_refused(client):
    client.force_login(make_user("funder", make_organisation()))
    assert client.get("/counts/").status_code == 403


def test_a_deactivated_account_has_no_right_left():
    user = make_user("coordinator", make_organisation())
    User.objects.filter(pk=user.pk).update(is_active=False)
    user = User.objects.get(pk=user.pk)
    assert user.access.permissions == frozenset()
    assert not user.has_perm("reports.view_figures")


def test_a_membership_that_has_ended_gives_nothing():
    user = make_user(None)
    make_membership(user, "coordinator", active=(dt.date(2020, 1, 1), dt.date(2021, 1, 1)))
    assert user.access.memberships == ()


def test_a_form_sent_twice_is_accepted_once(probe):
    made = []

    def make(request):
        made.append(1)
        return HttpResponse(status=302, headers={"Location": "/made/"})

    client = probe(make, OPEN_FORM)
    key = "6f1f3d9e-6f0f-4c3b-9a39-0b8a4a3d3c11"
    first = client.post("/probe/", {"form_key": key})
    second = client.post("/probe/", {"form_key": key})
    assert len(made) == 1
    assert first["Location"] == second["Location"] == "/made/"


def test_a_form_with_errors_can_be_sent_again(probe):
    answers = iter(
        [HttpResponse("mend this"), HttpResponse(status=302, headers={"Location": "/x/"})]
    )
    client = probe(lambda request: next(answers), OPEN_FORM)
    key = "6f1f3d9e-6f0f-4c3b-9a39-0b8a4a3d3c12"
    assert client.post("/probe/", {"form_key": key}).status_code == 200
    assert client.post("/probe/", {"form_key": key}).status_code == 302


def test_a_key_that_is_no_key_is_ignored(probe):
    client = probe(lambda request: HttpResponse("ok"), OPEN_FORM)
    assert client.post("/probe/", {"form_key": "\x00nonsense"}).status_code == 200


@pytest.mark.parametrize(
    ("clock", "minutes", "is_noted"),
    [("12:00", None, True), ("12:00", 59, False), ("12:00", 61, True), ("00:20", 40, True)],
)
def test_that_somebody_came_is_noted_once_an_hour_and_each_day(
    client, monkeypatch, clock, minutes, is_noted
):
    now = dt.datetime.fromisoformat(f"2026-06-10T{clock}+00:00")
    monkeypatch.setattr(timezone, "now", lambda: now)
    user = make_user()
    before = minutes and now - dt.timedelta(minutes=minutes)
    User.objects.filter(pk=user.pk).update(seen_at=before)
    client.force_login(user)
    client.get("/")
    user.refresh_from_db()
    assert user.seen_at == (now if is_noted else before)
