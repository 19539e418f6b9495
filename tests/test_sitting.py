"""A session ends when nobody is there, and loses nothing that was typed."""

import re
import time
import uuid

import pytest
from allauth.usersessions.models import UserSession
from django.urls import reverse

from accounts import held, sessions, sitting
from accounts.arrival import name_of
from accounts.models import User
from accounts.roles import Role
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs
from tests.signing import PASSWORD, SignedClient, code, sign_in, with_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    person = make_user(Role.FIELD_WORKER, make_organisation(), email="asha@example.org")
    with_application(person)
    return person


def set_times(client, **ages) -> None:
    session = client.session
    session[sitting.SESSION_KEY] |= {name: time.time() - age for name, age in ages.items()}
    session.save()


def come_in(client, user, *, step=0, **fields):
    """Password and code, as on the screen."""
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD} | fields)
    return client.post(reverse("mfa_authenticate"), {"code": code(step)})


@pytest.mark.parametrize(
    ("ages", "opens"),
    [
        ({"seen": 29 * 60}, True),
        ({"seen": 31 * 60}, False),
        ({"began": 9.9 * 3600}, True),
        ({"began": 10.1 * 3600}, False),
    ],
)
def test_a_session_lasts_while_somebody_is_there(client, user, ages, opens):
    client.force_login(user)
    set_times(client, **ages)
    assert (client.get("/me/").status_code == 200) == opens
    assert ("_auth_user_id" in client.session) == opens


def test_a_session_that_knows_no_time_is_over(client, user):
    client.force_login(user)
    session = client.session
    del session[sitting.SESSION_KEY]
    session.save()
    assert client.get("/me/").status_code == 302


def test_a_visit_is_noted_once_a_minute(client, user):
    client.force_login(user)
    for age, is_noted in ((30, False), (90, True)):
        set_times(client, seen=age)
        before = client.session[sitting.SESSION_KEY]["seen"]
        client.get("/me/")
        assert (client.session[sitting.SESSION_KEY]["seen"] > before) == is_noted


def test_what_a_page_asks_by_itself_is_no_visit(client, user):
    client.force_login(user)
    set_times(client, seen=90)
    before = client.session[sitting.SESSION_KEY]["seen"]
    client.get("/me/", headers={"HX-Request": "true"})
    assert client.session[sitting.SESSION_KEY]["seen"] == before
    assert client.post(reverse("still_here")).status_code == 204
    assert client.session[sitting.SESSION_KEY]["seen"] > before


def test_a_form_sent_too_late_is_sent_after_signing_in_again(client, user):
    client.force_login(user)
    set_times(client, seen=31 * 60)
    data = {"display_name": "Asha « K. »", "language": "en", "revision": user.revision}
    data["form_key"] = str(uuid.uuid4())
    asked = client.post(reverse("my_account"), data)["Location"]
    assert asked == "/sign-in/?next=/again/"
    assert "Asha" not in str(client.session[held.SESSION_KEY])
    assert come_in(client, user, next="/again/")["Location"] == "/again/"
    page = client.get("/again/").content.decode()
    form = page[page.index('class="panel"') :]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    assert client.post(reverse("my_account"), fields)["Location"] == "/me/"
    user.refresh_from_db()
    assert user.display_name == "Asha « K. »"


def test_the_form_of_one_person_is_not_offered_to_another(client, user):
    client.force_login(make_user())
    set_times(client, seen=31 * 60)
    client.post(reverse("my_account"), {"display_name": "Somebody"})
    come_in(client, user)
    assert client.get("/again/")["Location"] == "/"


def test_a_fragment_is_refused_so_that_its_page_asks_in_place(client, user):
    client.force_login(user)
    set_times(client, seen=31 * 60)
    assert client.get("/me/", headers={"HX-Request": "true"}).status_code == 401


def test_a_session_key_from_before_signing_in_is_worth_nothing(client, user):
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    before = client.session.session_key
    client.post(reverse("mfa_authenticate"), {"code": code()})
    thief = SignedClient()
    thief.cookies["session"] = before
    assert client.session.session_key != before
    assert thief.get("/me/").status_code == 302


def test_a_new_password_ends_the_other_sessions(client, user):
    other = SignedClient()
    come_in(client, user)
    come_in(other, user, step=1)
    new = {"password1": "quatre mots sans lien", "password2": "quatre mots sans lien"}
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | new)
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    (row,) = sessions.of(User.objects.get(pk=user.pk), client.session.session_key)
    assert row.is_here


def test_the_list_of_sessions_holds_no_key_of_a_cookie(client, user):
    come_in(client, user)
    (row,) = UserSession.objects.all()
    assert row.session_key == name_of(client.session.session_key)
    client.cookies["session"] = row.session_key
    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize("key", ["", "x", "9" * 19, "9" * 5000])
def test_a_session_that_cannot_be_is_not_found(client, user, key):
    client.force_login(user)
    assert client.post(reverse("own_sessions"), {"session": key}).status_code == 302


def test_ones_own_sessions_are_listed_and_ended(client, user):
    other = SignedClient(headers={"user-agent": "Mozilla/5.0 (Android 14) Firefox/140.0"})
    come_in(client, user)
    come_in(other, user, step=1)
    html = client.get(reverse("own_sessions")).content.decode()
    assert "Firefox, Android" in html
    row = UserSession.objects.get(session_key=name_of(other.session.session_key))
    assert client.post(reverse("own_sessions"), {"session": row.pk}).status_code == 302
    assert other.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200
    assert "Firefox, Android" not in client.get(reverse("own_sessions")).content.decode()


@pytest.mark.parametrize("key", ["", "x", "٣", "9" * 30, "-1"])
def test_another_persons_session_is_not_ended(client, user, key):
    come_in(client, user)
    stranger = SignedClient()
    stranger.force_login(make_user())
    row = UserSession.objects.get(user=user)
    for wanted in (row.pk, key):
        assert stranger.post(reverse("own_sessions"), {"session": wanted}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_a_new_browser_is_told_by_mail_in_the_language_of_the_account(client, user, mailoutbox):
    come_in(client, user)
    run_jobs()
    assert mailoutbox == []  # the first of all
    User.objects.filter(pk=user.pk).update(language="fr")
    come_in(SignedClient(headers={"user-agent": "Mozilla/5.0 (Windows) Edg/1"}), user, step=1)
    run_jobs()
    assert mailoutbox[0].subject == "Connexion depuis un nouveau navigateur"
    assert "Edge, Windows" in mailoutbox[0].body
    assert "127.0.0.1" not in mailoutbox[0].body


def test_a_browser_seen_before_is_not_told_again(client, user, mailoutbox):
    come_in(client, user)
    client.post(reverse("account_logout"))
    come_in(client, user, step=1)
    run_jobs()
    assert mailoutbox == []


def test_the_list_of_sessions_keeps_no_network_address(client):
    person = make_user(Role.FIELD_WORKER)
    with_application(person)
    login = {"login": person.email, "password": PASSWORD}
    client.post(reverse("account_login"), login, REMOTE_ADDR="203.0.113.7")
    client.post(reverse("mfa_authenticate"), {"code": code()}, REMOTE_ADDR="203.0.113.7")
    assert [one.ip for one in UserSession.objects.filter(user=person)] == [sessions.NOWHERE]


def test_a_right_given_or_ended_ends_the_sessions(client, user):
    sign_in(client, user)
    make_membership(user, Role.COORDINATOR, make_organisation())
    assert client.get("/me/").status_code == 302


def test_an_account_opened_again_opens_no_old_session(client, user):
    sign_in(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert client.get("/me/").status_code == 302


def test_what_a_session_proved_costs_no_query(client, user, django_assert_num_queries, rf):
    sign_in(client, user)
    request = rf.get("/")
    request.session, request.user = client.session, User.objects.get(pk=user.pk)
    assert request.user.access.roles
    dict(request.session.items())
    with django_assert_num_queries(0):
        assert sitting.missing_factor(request) == ""
        assert sitting.is_fresh(request)
