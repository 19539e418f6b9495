"""The pages of emergency access, and what it does to every other page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Elevation
from audit import journal
from audit.models import JournalEntry
from audit.scope import scope
from tests.factories import make_elevation, make_organisation, make_user
from tests.scene import make_scene
from tests.signing import SignedClient, sign_in

pytestmark = pytest.mark.django_db
WHY = "The coordinator is away and the month is due tonight."
ASKED = {"role": "coordinator", "minutes": 15, "reason": WHY}


@pytest.fixture
def scene():
    return make_scene()


@pytest.fixture
def worker(scene):
    return make_user("field_worker", scene.organisation)


@pytest.fixture
def coordinator(scene):
    return make_user("coordinator", scene.organisation)


def test_it_is_asked_for_with_a_fresh_proof(client, worker):
    sign_in(client, worker, fresh=False)
    answer = client.get("/emergency/")
    assert answer.status_code == 302
    assert "/again/" in answer["Location"]


def test_it_opens_what_was_closed_and_says_so_on_every_page(client, worker, coordinator):
    client.force_login(worker)
    assert client.get("/dashboard/").status_code == 403
    assert client.post("/emergency/", ASKED).status_code == 302
    assert client.get("/dashboard/").status_code == 200
    for address in ("/", "/me/", "/programs/", "/nowhere-but-here/"):
        page = client.get(address).content.decode()
        assert ("15 minutes left" in page) == (address != "/nowhere-but-here/")


def test_what_was_typed_stays_when_it_is_refused(client, worker, coordinator):
    client.force_login(worker)
    page = client.post("/emergency/", ASKED | {"reason": "Too short"}).content.decode()
    assert "Too short" in page
    assert not Elevation.objects.filter(user=worker).exists()


def test_what_is_done_meanwhile_names_it(client, worker, coordinator):
    client.force_login(worker)
    client.post("/emergency/", ASKED)
    made = Elevation.objects.get(user=worker)
    client.post("/me/", {"display_name": "Other", "language": "en", "revision": worker.revision})
    entry = JournalEntry.objects.get(action="change_profile")
    assert entry.details["elevation"] == str(made.pk)


def test_whoever_reviews_it_reads_what_was_done(client, worker, coordinator):
    client.force_login(worker)
    client.post("/emergency/", ASKED)
    made = Elevation.objects.get(user=worker)
    client.post("/me/", {"display_name": "Other", "language": "en", "revision": worker.revision})
    client.post(f"/emergency/{made.pk}/end/")
    client.post("/me/", {"display_name": "Again", "language": "en", "revision": 3})
    client.force_login(coordinator)
    page = client.get(f"/emergency/{made.pk}/").content.decode()
    assert page.count("Changed their own account") == 1
    assert "Ended emergency access" in page


def under(elevation):
    """A request of whoever has it."""
    places = {"organisation_ids": [elevation.organisation_id], "elevation_id": elevation.pk}
    return scope(user_id=elevation.user_id, **places)


def test_many_lines_bury_none(client, scene, worker, coordinator):
    """Hundreds of harmless ones first; what counts is the last."""
    made = make_elevation(worker, scene.organisation)
    with under(made):
        for _ in range(150):
            journal.record("save_cell", scene.draft, by=worker)
            journal.record("view", by=worker)
        for number in range(60):
            journal.record("open_document", scene.draft, by=worker, details={"n": number})
        for code in range(60):
            journal.record(f"add_x{code}", by=worker)
        journal.record("submit", scene.draft, by=worker)
    client.force_login(coordinator)
    address = f"/emergency/{made.pk}/"
    pages = [client.get(f"{address}?page={number}").content.decode() for number in (1, 2)]
    assert "421 lines" in pages[0]
    assert "150 times" in pages[0]
    assert "Page 1 of 2" in pages[0]
    assert "Submitted a report" in pages[1]
    assert f'<a href="{scene.draft.get_absolute_url()}">{scene.draft.site},' in pages[1]


def test_an_object_that_the_reviewer_may_not_open_is_not_named(client, scene, worker):
    made = make_elevation(worker, scene.organisation)
    with under(made):
        journal.record("submit", scene.draft, by=worker)
    client.force_login(make_user("auditor", scene.organisation))
    page = client.get(f"/emergency/{made.pk}/").content.decode()
    assert "Submitted a report" in page
    assert scene.draft.get_absolute_url() not in page


def test_what_is_done_before_and_after_does_not(client, worker):
    made = make_elevation(worker, worker.access.memberships[0].organisation)
    Elevation.objects.filter(pk=made.pk).update(ended_at=timezone.now())
    client.force_login(worker)
    client.post("/me/", {"display_name": "Other", "language": "en", "revision": worker.revision})
    assert "elevation" not in JournalEntry.objects.get(action="change_profile").details


def test_it_costs_no_query(client, worker):
    client.force_login(worker)
    client.get("/me/")
    with CaptureQueriesContext(connection) as before:
        client.get("/me/")
    make_elevation(worker, worker.access.memberships[0].organisation)
    with CaptureQueriesContext(connection) as during:
        assert "minutes left" in client.get("/me/").content.decode()
    assert len(during) == len(before)


def test_end_now_ends_it(client, worker, coordinator):
    client.force_login(worker)
    client.post("/emergency/", ASKED)
    made = Elevation.objects.get(user=worker)
    assert client.post(f"/emergency/{made.pk}/end/").status_code == 302
    assert client.get("/dashboard/").status_code == 403


def test_a_stranger_ends_nothing(client, scene):
    made = make_elevation(make_user("field_worker", scene.organisation), scene.organisation)
    client.force_login(make_user("coordinator", make_organisation()))
    assert client.post(f"/emergency/{made.pk}/end/").status_code == 404


def test_it_waits_on_the_home_of_who_reviews_it(client, scene, coordinator):
    client.force_login(coordinator)
    page = client.get("/").content.decode()
    address = f"/emergency/{scene.elevation.pk}/"
    assert address in page
    review = {"outcome": "not_justified", "findings": "The coordinator was there."}
    assert 'class="elevation"' not in client.get(address).content.decode()
    assert client.post(address, review).status_code == 302
    assert address not in client.get("/").content.decode()
    assert "not justified" in client.get(address).content.decode()


def test_who_had_it_is_named_where_the_journal_tells_of_it_and_nowhere_else(
    client, scene, coordinator, monkeypatch
):
    """One that waits stands above a list that has it on a later page."""
    monkeypatch.setattr("programs.views.pages.ROWS", 1)
    make_elevation(make_user("field_worker", scene.organisation), scene.organisation, started=-70)
    waits = scene.elevation.user
    client.force_login(coordinator)
    page = client.get("/emergency/reviews/").content.decode()
    assert str(waits) not in page.split('id="all"')[1]
    assert str(waits) in page
    line = JournalEntry.objects.filter(action="view").latest("id")
    assert str(waits.pk) in line.shown_ids
    today = client.get("/").content.decode()
    assert f"/emergency/{scene.elevation.pk}/" in today
    assert str(waits) not in today


def test_a_second_review_is_refused_with_what_was_typed(client, scene, coordinator):
    review = {"outcome": "justified", "findings": "We spoke of it at length."}
    other = SignedClient()
    other.force_login(make_user("auditor", scene.organisation))
    client.force_login(coordinator)
    address = f"/emergency/{scene.elevation.pk}/"
    other.post(address, review)
    page = client.post(address, review | {"findings": "I found otherwise."})
    assert page.status_code == 200
    assert "Somebody else has reviewed it meanwhile." in page.content.decode()
    assert "I found otherwise." in page.content.decode()


def test_the_list_asks_the_same_for_one_and_for_many(client, scene, coordinator):
    client.force_login(coordinator)
    client.get("/emergency/reviews/")
    with CaptureQueriesContext(connection) as few:
        client.get("/emergency/reviews/")
    for day in range(2, 12):
        person = make_user("field_worker", scene.organisation)
        make_elevation(person, scene.organisation, started=-day * 24 * 60)
    with CaptureQueriesContext(connection) as many:
        client.get("/emergency/reviews/")
    assert len(many) == len(few)


def test_an_administrator_sees_no_counts_by_it(client, scene):
    admin = make_user("administrator", scene.organisation)
    client.force_login(admin)
    assert client.get("/emergency/").status_code == 403
    assert client.post("/emergency/", ASKED).status_code == 403
    assert client.get("/counts/").status_code == 403
