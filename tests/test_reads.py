"""Who saw whom: the journal names exactly those whom a page shows, and no other page shows one."""

import re
import uuid

import pytest
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.test import Client
from django.urls import clear_url_caches, path, reverse

from accounts.roles import Role
from audit.models import JournalEntry
from audit.showing import UndeclaredError
from ngo_portal import access, urls
from ngo_portal.access import Page
from tests.factories import make_membership, make_organisation, make_user
from tests.scene import make_scene
from tests.signing import LONG_AGO, give_proofs, sign_in_half
from tests.test_access_matrix import without_object

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r'data-person="([^"]+)"')


def is_page(answer) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def in_page(answer) -> list[str]:
    """The keys that a page marks, each once, in its order."""
    return list(dict.fromkeys(SHOWN.findall(answer.content.decode())))


def views() -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(action="view").order_by("id"))


@pytest.mark.parametrize("role", Role.values)
def test_the_journal_names_those_whom_a_page_shows(client, role):
    """Over the registry: pages that show people leave one line each, with the ids of the page."""
    scene = make_scene()
    make_user("coordinator", scene.organisation)
    person = make_user(role, scene.organisation)
    client.force_login(person)
    wrong = {}
    for name, address in [*without_object(), *scene.addresses(person)]:
        page = access.PAGES[name]
        if "GET" not in page.methods:
            continue
        before = len(views())
        answer = client.get(address)
        if not is_page(answer):
            continue
        lines = [line.shown_ids for line in views()[before:]]
        expected = [in_page(answer)] if page.shows else []
        if lines != expected or bool(page.shows) != bool(in_page(answer)):
            wrong[name] = (lines, in_page(answer))
    assert wrong == {}


@pytest.mark.parametrize("role", Role.values)
def test_no_other_page_holds_what_tells_an_account(client, role):
    """E-mails of others are on the pages that say so, and on no other."""
    scene = make_scene()
    canary = f"{uuid.uuid4().hex}@example.org"
    other = make_user("coordinator", scene.organisation, email=canary)
    make_membership(other, "field_worker", scene.organisation)
    person = make_user(role, scene.organisation)
    client.force_login(person)
    found = set()
    for name, address in [*without_object(), *scene.addresses(person)]:
        if "GET" in access.PAGES[name].methods:
            answer = client.get(address)
            if is_page(answer) and canary in answer.content.decode():
                found.add(name)
    assert {name for name in found if not access.PAGES[name].shows} == set()
    assert bool(found) == (role in access.PAGES["access"].roles)


def test_filters_are_kept_as_a_fingerprint(client):
    organisation = make_organisation()
    client.force_login(make_user("administrator", organisation))
    for query in ("role=coordinator", "role=coordinator", "role=auditor"):
        client.get(f"/access/?{query}")
    first, same, other = (line.details["filters"] for line in views())
    assert first == same != other
    assert "coordinator" not in str([line.details for line in views()])
    assert {line.organisation_id for line in views()} == {organisation.pk}


@pytest.fixture
def probe(monkeypatch, client):
    """Serve a template at /probe/, as a page declared so."""

    def serve(template: str, page: Page, response=None):
        def view(request):
            text = engines["django"].from_string(template).render({"person": request.user}, request)
            return response or HttpResponse(text)

        monkeypatch.setattr(
            urls, "urlpatterns", [path("probe/", view, name="probe"), *urls.urlpatterns]
        )
        monkeypatch.setitem(access.PAGES, "probe", page)
        clear_url_caches()
        client.person = make_user("field_worker", make_organisation())
        client.force_login(client.person)
        return client

    yield serve
    clear_url_caches()


def test_a_page_that_shows_somebody_undeclared_is_not_served(probe):
    client = probe("<p {% shown person %}></p>", Page())
    with pytest.raises(UndeclaredError, match="probe"):
        client.get("/probe/")
    client.raise_request_exception = False
    answer = client.get("/probe/")
    assert answer.status_code == 500
    assert "data-person" not in answer.content.decode()


def test_a_page_is_not_served_when_the_journal_cannot_be_written(probe, monkeypatch):
    client = probe("<p {% shown person %}>the file</p>", Page(shows="person"))
    assert b"the file" in client.get("/probe/").content
    monkeypatch.setattr("audit.journal.NOTE", "ledger.no_such_function()")
    client.raise_request_exception = False
    answer = client.get("/probe/")
    assert answer.status_code >= 500
    assert b"the file" not in answer.content
    monkeypatch.undo()
    assert len(views()) == 1


def test_a_search_that_finds_nobody_is_written_down_too(probe):
    probe("nobody", Page(shows="person")).get("/probe/?name=Asha")
    line = views()[0]
    assert (line.shown_ids, line.details["what"]) == ([], "person")


def test_somebody_shown_twice_is_named_once(probe):
    probe("<p {% shown person %}></p><p {% shown person %}></p>", Page(shows="person")).get(
        "/probe/"
    )
    assert len(views()[0].shown_ids) == 1


def test_a_refusal_names_the_page_the_method_and_the_object(client):
    scene = make_scene()
    client.force_login(make_user("funder", scene.organisation))
    address = reverse("count_report_submit", args=[scene.draft.pk])
    assert client.post(address).status_code == 403
    line = JournalEntry.objects.get(action="denied")
    assert line.details == {
        "page": "count_report_submit",
        "method": "POST",
        "pk": str(scene.draft.pk),
    }


def forms() -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(action="send_form"))


HTMX = {"HX-Redirect": "/done/"}
ACCEPTED = {
    "redirect": HttpResponseRedirect("/done/"),
    "htmx": HttpResponse(status=204, headers=HTMX),
    "json": JsonResponse({"saved": "12:04"}),
}


@pytest.mark.parametrize("how", ACCEPTED)
def test_a_form_of_which_no_action_tells_is_written_down(probe, how):
    client = probe("", Page(("POST",)), ACCEPTED[how])
    client.post("/probe/")
    assert [line.details for line in forms()] == [{"page": "probe", "method": "POST"}]


NOT_ACCEPTED = {
    "shown again": HttpResponse("mend this"),
    "still here": HttpResponse(status=204),
    "refused": JsonResponse({"error": "mend this"}, status=422),
}


@pytest.mark.parametrize("how", NOT_ACCEPTED)
def test_a_form_that_was_not_accepted_is_not_said_to_be_sent(probe, how):
    client = probe("", Page(("POST",)), NOT_ACCEPTED[how])
    client.post("/probe/")
    assert forms() == []


def test_a_form_that_waits_for_a_proof_is_not_said_to_be_sent(probe):
    client = probe("", Page(("POST",), step_up=True), ACCEPTED["redirect"])
    give_proofs(client, client.person, age=LONG_AGO)
    assert client.post("/probe/")["Location"].startswith(reverse("account_reauthenticate"))
    assert forms() == []


def test_a_form_that_waits_for_the_second_factor_is_not_said_to_be_sent(probe):
    probe("", Page(("POST",)), ACCEPTED["redirect"])
    half = Client()
    sign_in_half(half, make_user("field_worker", make_organisation()))
    assert half.post("/probe/")["Location"] == reverse("second_factor")
    assert forms() == []


def test_a_form_sent_twice_is_written_down_once(probe):
    client = probe("", Page(("POST",)), ACCEPTED["redirect"])
    key = {"form_key": str(uuid.uuid4())}
    assert [client.post("/probe/", key)["Location"] for _ in range(2)] == ["/done/", "/done/"]
    assert len(forms()) == 1


def test_a_form_that_an_action_tells_of_is_written_down_once(client):
    person = make_user("field_worker", make_organisation(), language="fr")
    client.force_login(person)
    client.post("/language/", {"language": "en", "next": "/"})
    assert [line.action for line in JournalEntry.objects.all()] == ["choose_language"]
