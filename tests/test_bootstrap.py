"""The first organisation and the person who invites all the others."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from audit.models import JournalEntry
from programs.models import Dimension, Organisation
from tests.factories import make_organisation

pytestmark = pytest.mark.django_db
ANSWERS = {
    "organisation_code": "LA_MIST",
    "name_fr": "La Mist",
    "name_en": "La Mist",
    "country": "FR",
    "email": "Camille@example.org",
    "display_name": "Camille",
    "language": "fr",
}


def bootstrap(**answers) -> str:
    said = io.StringIO()
    call_command("bootstrap", stdout=said, **(ANSWERS | answers))
    return said.getvalue()


def test_an_empty_portal_gets_its_first_organisation_and_administrator():
    bootstrap()
    user = User.objects.get()
    assert user.email == "camille@example.org"
    assert user.access.roles == {Role.PLATFORM_ADMINISTRATOR, Role.ADMINISTRATOR}
    assert Organisation.objects.get(code="LA_MIST").kinds == ["OWN"]
    assert Dimension.objects.exists()
    assert JournalEntry.objects.filter(action="bootstrap").exists()


def test_the_link_it_prints_sets_the_password(client):
    path = re.search(r"https?://[^/]+(/sign-in/\S+)", bootstrap())[1]
    assert not User.objects.get().has_usable_password()
    form = client.get(path)["Location"]
    password = "quatre mots sans lien"
    client.post(form, {"password1": password, "password2": password})
    assert User.objects.get().check_password(password)


def test_it_starts_a_portal_once():
    bootstrap()
    with pytest.raises(CommandError, match="already has an organisation"):
        bootstrap(organisation_code="OTHER", email="other@example.org")
    assert User.objects.count() == 1


def test_it_touches_nothing_of_a_portal_that_runs():
    make_organisation()
    with pytest.raises(CommandError):
        bootstrap()
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("organisation_code", "la mist"),
        ("country", "France"),
        ("email", "camille"),
        ("language", "de"),
    ],
)
def test_a_wrong_answer_changes_nothing(name, answer):
    with pytest.raises(CommandError):
        bootstrap(**{name: answer})
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_what_no_option_says_is_asked(monkeypatch):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "Camille")
    bootstrap(display_name="")
    assert asked == ["Your name on screen: "]
