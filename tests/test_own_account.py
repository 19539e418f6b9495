"""One's own account: name, language and password are changed there; e-mail and rights are not."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from tests.factories import make_user
from tests.jobs import run_jobs
from tests.signing import PASSWORD

pytestmark = pytest.mark.django_db
NEW = {"password1": "quatre mots sans lien", "password2": "quatre mots sans lien"}


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, email="asha@example.org", display_name="Asha")


def test_a_changed_password_is_told_by_mail(client, user, mailoutbox):
    client.force_login(user)
    data = {"oldpassword": PASSWORD} | NEW
    assert client.post(reverse("account_change_password"), data)["Location"] == "/me/"
    run_jobs()
    assert mailoutbox[0].to == [user.email]
    assert client.get(reverse("my_account")).status_code == 200


def test_the_present_password_is_asked_to_change_it(client, user):
    client.force_login(user)
    data = {"oldpassword": "wrong"} | NEW
    html = client.post(reverse("account_change_password"), data).content.decode()
    assert "This is not your present password." in html


def test_ones_own_name_and_language_are_changed(client, user):
    client.force_login(user)
    data = {"display_name": "Asha K.", "language": "fr", "revision": user.revision}
    assert client.post(reverse("my_account"), data).status_code == 302
    user.refresh_from_db()
    assert (user.display_name, user.language) == ("Asha K.", "fr")


def test_ones_email_and_rights_are_not_changed_there(client, user):
    client.force_login(user)
    data = {"display_name": "A", "language": "en", "revision": user.revision}
    client.post(reverse("my_account"), data | {"email": "b@example.org", "is_active": "0"})
    user.refresh_from_db()
    assert (user.email, user.is_active) == ("asha@example.org", True)


def test_a_stale_save_of_ones_account_is_told(client, user):
    client.force_login(user)
    data = {"display_name": "A", "language": "en", "revision": user.revision}
    client.post(reverse("my_account"), data)
    html = client.post(reverse("my_account"), data | {"display_name": "B"}).content.decode()
    assert "Somebody changed this" in html
    assert 'value="B"' in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_what_to_do_when_ones_email_is_no_longer_right(client, user, language):
    User.objects.filter(pk=user.pk).update(language=language)
    client.force_login(user)
    said = {"fr": "d’inviter la nouvelle adresse", "en": "to invite the new address"}
    assert said[language] in client.get(reverse("my_account")).content.decode()
