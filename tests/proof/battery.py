"""One question to each guard of a request: what is asked, and what the answer must be."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts import sitting
from accounts.models import User
from accounts.roles import Role
from audit.models import JournalEntry
from ngo_portal.headers import HEADERS
from tests.factories import make_organisation, make_user
from tests.proof.asking import undone
from tests.scene import Scene
from tests.signing import SignedClient, sign_in, sign_in_half

QUESTIONS: list[Callable[[Scene], bool]] = []


def question(function: Callable[[Scene], bool]) -> Callable[[Scene], bool]:
    QUESTIONS.append(function)
    return function


def failing(scene: Scene) -> set[str]:
    """The questions that are not answered as they must be; whatever they did is undone."""
    found = set()
    for each in QUESTIONS:
        is_right = False
        with suppress(Exception), undone():
            is_right = each(scene)
        if not is_right:
            found.add(each.__name__)
    return found


def browser(**more) -> SignedClient:
    return SignedClient(raise_request_exception=False, **more)


def of(scene: Scene, role: str, **fields) -> tuple[User, SignedClient]:
    """Somebody of the scene's organisation, signed in with every proof."""
    person, client = make_user(role, scene.organisation, **fields), browser()
    client.force_login(person)
    return person, client


def leads_to(answer: HttpResponse, name: str) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse(name))


@question
def every_header_is_there(scene: Scene) -> bool:
    answer = browser().get(reverse("account_login"))
    kept = all(answer.headers.get(name) == value for name, value in HEADERS.items())
    return kept and answer["Cache-Control"] == "no-store"


@question
def a_request_has_a_number(scene: Scene) -> bool:
    return bool(uuid.UUID(browser().get(reverse("account_login"))["X-Request-ID"]))


@question
def a_plain_connection_is_led_to_https(scene: Scene) -> bool:
    before, settings.SECURE_SSL_REDIRECT = settings.SECURE_SSL_REDIRECT, True
    try:
        answer = browser().get(reverse("account_login"))
    finally:
        settings.SECURE_SSL_REDIRECT = before
    return answer.status_code == 301 and answer["Location"].startswith("https://")


@question
def a_sign_that_no_database_keeps_is_refused(scene: Scene) -> bool:
    return browser().get("/sign-in/?next=%00").status_code == 400


@question
def what_is_too_large_is_refused_unread(scene: Scene) -> bool:
    said = {"CONTENT_LENGTH": str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    files = "multipart/form-data; boundary=x"
    answer = browser().post(reverse("account_login"), b"", content_type=files, **said)
    return answer.status_code == 413


@question
def a_refused_method_has_its_page(scene: Scene) -> bool:
    _person, client = of(scene, Role.COORDINATOR)
    answer = client.put(reverse("count_board"))
    return answer.status_code == 405 and b"<h1>" in answer.content


@question
def a_page_speaks_the_language_of_the_account(scene: Scene) -> bool:
    _person, client = of(scene, Role.COORDINATOR, language="fr")
    return b'<html lang="fr"' in client.get(reverse("home"), HTTP_ACCEPT_LANGUAGE="en").content


@question
def a_sitting_that_is_over_ends(scene: Scene) -> bool:
    _person, client = of(scene, Role.COORDINATOR)
    session = client.session
    session[sitting.SESSION_KEY] = {"began": 0, "seen": 0}
    session.save()
    return leads_to(client.get(reverse("home")), "account_login")


@question
def a_form_of_another_site_is_refused(scene: Scene) -> bool:
    person, _client = of(scene, Role.COORDINATOR)
    client = browser(enforce_csrf_checks=True)
    client.force_login(person)
    return client.post(reverse("set_language"), {"language": "fr"}).status_code == 403


@question
def guesses_at_a_password_wait(scene: Scene) -> bool:
    data = {"login": "nobody@example.org", "password": "wrong"}
    answers = [browser().post(reverse("account_login"), data) for _one in range(6)]
    return b"Wait" in answers[-1].content


@question
def nobody_opens_a_page_without_signing_in(scene: Scene) -> bool:
    return leads_to(browser().get(reverse("count_board")), "account_login")


@question
def a_password_alone_opens_nothing(scene: Scene) -> bool:
    client = Client(raise_request_exception=False)
    sign_in_half(client, make_user(Role.COORDINATOR, scene.organisation))
    return leads_to(client.get(reverse("count_board")), "second_factor")


@question
def a_role_without_the_right_is_refused_and_told_of(scene: Scene) -> bool:
    person, client = of(scene, Role.FUNDER)
    refused = client.get(reverse("access")).status_code == 403
    return refused and JournalEntry.objects.filter(action="denied", user_id=person.pk).exists()


@question
def old_proofs_are_asked_for_again(scene: Scene) -> bool:
    person, client = of(scene, Role.ADMINISTRATOR)
    sign_in(client, person, fresh=False)
    return leads_to(client.get(reverse("invite")), "account_reauthenticate")


@question
def a_form_sent_twice_counts_once(scene: Scene) -> bool:
    person, client = of(scene, Role.COORDINATOR)
    key = str(uuid.uuid4())
    for language in ("fr", "en"):
        client.post(reverse("set_language"), {"language": language, "form_key": key})
    person.refresh_from_db()
    return person.language == "fr"


@question
def who_was_seen_is_written_down(scene: Scene) -> bool:
    person, client = of(scene, Role.ADMINISTRATOR)
    client.get(reverse("account", args=[scene.colleague.pk]))
    lines = JournalEntry.objects.filter(action="view", user_id=person.pk)
    return [str(scene.colleague.pk)] in [line.shown_ids for line in lines]


@question
def somebody_elses_object_is_not_there_and_told_of(scene: Scene) -> bool:
    stranger = make_user(Role.COORDINATOR, make_organisation())
    client = browser()
    client.force_login(stranger)
    gone = client.get(reverse("count_report", args=[scene.draft.pk])).status_code == 404
    return gone and JournalEntry.objects.filter(action="not_found", user_id=stranger.pk).exists()


@question
def a_change_says_who_made_it(scene: Scene) -> bool:
    person, client = of(scene, Role.COORDINATOR)
    client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    last = User.pgh_event_model.objects.filter(pgh_obj=person).latest("pgh_id")
    return last.language == "fr" and last.pgh_context.get("user") == str(person.pk)
