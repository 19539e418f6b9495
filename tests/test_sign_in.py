"""Coming in and going out: sign-in, language, quick exit."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import JournalEntry
from tests.factories import make_user
from tests.signing import PASSWORD

pytestmark = pytest.mark.django_db
OPEN = ["account_login", "account_reset_password", "account_reset_password_done"]
SIGNED_IN = ["account_logout", "account_change_password", "account_reauthenticate", "my_account"]


@pytest.fixture(autouse=True)
def no_tries_counted():
    cache.clear()


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, email="asha@example.org", display_name="Asha")


def sign_in(client, email="asha@example.org", password=PASSWORD, **fields):
    return client.post(reverse("account_login"), {"login": email, "password": password} | fields)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", OPEN + SIGNED_IN)
def test_the_pages_open_in_both_languages(client, user, name, language):
    if name in SIGNED_IN:
        User.objects.filter(pk=user.pk).update(language=language)
        client.force_login(user)
    answer = client.get(reverse(name), headers={"accept-language": language})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 1
    assert answer["Content-Language"] == language


def test_the_right_password_opens_todays_page(client, user):
    assert sign_in(client, "Asha@Example.org")["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_one_comes_back_to_the_page_that_was_asked(client, user):
    asked = client.get(reverse("my_account"))["Location"]
    html = client.get(asked).content.decode()
    assert '<input type="hidden" name="next" value="/me/"' in html
    assert sign_in(client, next="/me/")["Location"] == "/me/"


def test_one_is_never_led_to_another_site(client, user):
    assert sign_in(client, next="https://evil.example/")["Location"] == "/"


def test_the_demonstration_alone_lists_accounts(client, settings):
    settings.DEMO = False
    assert "components/demo_accounts.html" not in [
        t.name for t in client.get(reverse("account_login")).templates
    ]


@pytest.mark.parametrize("email", ["asha@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_email_are_told_alike(client, user, email):
    html = sign_in(client, email, "wrong").content.decode()
    assert "The e-mail or the password is not right." in html
    assert "_auth_user_id" not in client.session


def test_a_deactivated_account_does_not_open(client, user):
    User.objects.update(is_active=False)
    answer = sign_in(client)
    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert "deactivated" in client.get(answer["Location"]).content.decode()


def test_signing_out_leaves_nothing(client, user):
    client.force_login(user)
    answer = client.post(reverse("account_logout"))
    assert answer["Location"] == reverse("account_login")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(reverse("my_account")).status_code == 302


def test_quick_exit_signs_out_and_leaves_for_a_neutral_page(client, user):
    client.force_login(user)
    answer = client.post(reverse("quick_exit"))
    assert answer.status_code == 200
    assert answer["Refresh"] == "0; url=https://www.wikipedia.org/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert "Asha" not in answer.content.decode()
    assert "ortal" not in answer.content.decode()
    assert client.get(reverse("my_account")).status_code == 302


def test_quick_exit_works_from_an_old_page(user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(reverse("quick_exit")).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/me/?a=1", "/me/?a=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("foo", "/"),
        ("account_login", "/"),
        ("", "/"),
    ],
)
def test_the_language_is_kept_and_the_page_too(client, wanted, location, settings):
    answer = client.post(reverse("set_language"), {"language": "fr", "next": wanted})
    assert answer["Location"] == location
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "fr"
    assert client.get(reverse("account_login"))["Content-Language"] == "fr"


def test_the_language_is_that_of_the_account_too(client, user):
    client.force_login(user)
    client.post(reverse("set_language"), {"language": "fr", "next": "/me/"})
    user.refresh_from_db()
    assert user.language == "fr"
    assert JournalEntry.objects.get().action == "choose_language"


def test_a_language_that_is_not_spoken_changes_nothing(client):
    client.post(reverse("set_language"), {"language": "xx"})
    assert "language" not in client.cookies
