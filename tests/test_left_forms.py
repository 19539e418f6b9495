"""What was being typed when somebody left in haste is there after their next sign-in, sealed."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import held
from accounts.roles import Role
from tests.factories import make_organisation, make_user
from tests.forms import forms_of
from tests.signing import SignedClient, next_code, with_application

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
TYPED = {
    "left_page": "/counts/locks/new/?program=3",
    "left_form": "/counts/locks/new/",
    "left": "reason=Asha+asked&csrfmiddlewaretoken=x",
}
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def person():
    made = make_user(Role.COORDINATOR, make_organisation())
    with_application(made)
    return made


def leave(person, headers=OURS, **changed) -> None:
    client = SignedClient()
    client.force_login(person)
    answer = client.post(reverse("quick_exit"), TYPED | changed, headers=headers)
    assert answer.status_code == 200


def sign_in(client, person):
    """Through the pages; what the last step leads to."""
    given = {"login": person.email, "password": PASSWORD, "next": "/"}
    client.post(reverse("account_login"), given)
    return client.post(reverse("mfa_authenticate"), {"code": next_code(person)})


def test_a_form_that_was_left_opens_again_after_signing_in(client, person):
    leave(person)
    assert "Asha" not in str(cache.get(f"left_form:{person.pk}"))
    assert sign_in(client, person)["Location"] == reverse("resume_form")
    page = client.get(reverse("resume_form")).content.decode()
    assert 'name="reason" value="Asha asked"' in page
    assert 'href="/counts/locks/new/?program=3"' in page
    assert not any("reason" in form.fields for form in forms_of(page))  # no browser sends it
    assert "csrfmiddlewaretoken" not in page.split('id="waiting-form"')[1]


def test_it_comes_back_once_and_is_forgotten_when_it_is_sent(client, person):
    leave(person)
    sign_in(client, person)
    assert sign_in(SignedClient(), person)["Location"] == "/"
    client.post("/counts/locks/new/", {"reason": "short"})
    assert client.get(reverse("resume_form")).status_code == 302


def test_nobody_else_finds_it(client, person):
    leave(person)
    other = make_user(Role.COORDINATOR, make_organisation())
    with_application(other)
    assert sign_in(client, other)["Location"] == "/"


@pytest.mark.parametrize(
    "changed",
    [
        {"headers": {"sec-fetch-site": "cross-site"}},
        {"headers": {}},
        {"left_form": "//elsewhere.example/x/"},
        {"left_page": "https://elsewhere.example/"},
        {"left": "password=secret"},
        {"left_form": "/me/sign-in/application/"},
        {"left": "reason=" + "x" * held.LONGEST},
        {"left": "a=1&" * 6_000},
        {"left": ""},
    ],
    ids=[
        *["another site", "no word", "form elsewhere", "page elsewhere"],
        *["password", "second factor", "huge", "many", "nothing"],
    ],
)
def test_what_is_not_kept(client, person, changed):
    leave(person, **changed)
    assert sign_in(client, person)["Location"] == "/"
