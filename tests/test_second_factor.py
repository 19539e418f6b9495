"""Nothing opens without a second factor; a code works once."""

import json

import pytest
from django.urls import reverse

from accounts import factors
from accounts.actions import factor as actions
from accounts.factors import Type
from accounts.roles import Role
from ngo_portal import access
from tests.factories import make_organisation, make_user
from tests.scene import make_scene
from tests.signing import (
    SECRET,
    code,
    give_code,
    give_password,
    is_in,
    sign_in,
    with_application,
    with_proofs,
)
from tests.test_access_matrix import without_object

pytestmark = pytest.mark.django_db
FIRST = "/me/sign-in/first/"


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, make_organisation(), email="asha@example.org")


def test_without_a_factor_every_page_leads_to_the_first_one(client, user):
    scene = make_scene()
    user = make_user(Role.COORDINATOR, scene.organisation)
    with_proofs(client, user)
    wrong = {}
    for name, address in [*without_object(), *scene.addresses(user)]:
        for method in access.PAGES[name].methods:
            answer = client.generic(method, address)
            led = answer.get("Location") == FIRST
            if led == access.PAGES[name].before_factor:
                wrong[method, name] = answer.status_code
    assert wrong == {}
    assert client.get("/catalogue/")["Location"] == FIRST
    assert client.get(FIRST).status_code == 200


def test_leaving_and_the_language_need_no_factor(client, user):
    with_proofs(client, user)
    assert client.post(reverse("set_language"), {"language": "fr"}).status_code == 302
    assert client.post(reverse("quick_exit")).status_code == 200


def test_a_password_alone_signs_nobody_in(client, user):
    with_application(user)
    assert give_password(client, user)["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_code_of_now_or_a_step_around_opens(client, user, offset):
    with_application(user)
    give_password(client, user, next="/me/")
    assert give_code(client, code(offset))["Location"] == "/me/"
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize("text", ["", "000000", "abc", "٣٣٣٣٣٣", "1" * 500, "\x00"])
def test_a_wrong_code_opens_nothing(client, user, text):
    with_application(user)
    give_password(client, user)
    assert give_code(client, text).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("offset", [-3, 3])
def test_a_code_of_another_time_opens_nothing(client, user, offset):
    with_application(user)
    give_password(client, user)
    give_code(client, code(offset))
    assert not is_in(client)


def test_a_code_works_once_and_none_before_it_afterwards(user):
    with_application(user)
    assert actions.use_code(user=user, code=code()) is not None
    assert actions.use_code(user=user, code=code()) is None
    assert actions.use_code(user=user, code=code(-1)) is None
    assert actions.use_code(user=user, code=code(1)) is not None


def test_a_recovery_code_works_once(client, user):
    with_application(user)
    recovery = actions.renew_codes(by=user)[0]
    give_password(client, user)
    give_code(client, f"{recovery[:5]} {recovery[5:]}")
    assert is_in(client)
    assert actions.use_code(user=user, code=recovery) is None
    kept = factors.of(user).get(type=Type.RECOVERY_CODES).data
    assert factors.codes_left(user, kept) == factors.CODES - 1


def test_nothing_of_a_factor_can_be_read_in_the_database(user):
    with_application(user)
    actions.add_passkey(by=user, name="grey key", credential={"id": "of-a-key"})
    codes = actions.renew_codes(by=user)
    kept = json.dumps(list(factors.of(user).values_list("data", flat=True)))
    assert SECRET not in kept
    assert "of-a-key" not in kept
    assert not [text for text in codes if text in kept]


def test_a_secret_moved_to_another_account_opens_nothing(user):
    with_application(user)
    other = make_user()
    actions.add_totp(by=other, secret=factors.new_secret(), last_step=0)
    stolen = factors.of(user).get(type=Type.TOTP).data
    factors.of(other).filter(type=Type.TOTP).update(data=stolen)
    with pytest.raises(Exception, match="altered or moved"):
        actions.use_code(user=other, code=code())


NONSENSE = ["", "x", "null", "[]", "1", "{}", '{"id": 1}', "[" * 2000, '{"id": "\\ud800"}']
HALF = '{"id":"AA","rawId":"AA","type":"public-key","response":%s,"clientExtensionResults":{}}'
BROKEN = [HALF % r for r in ["{}", "[]", '"x"', "null", '{"clientDataJSON":"AA"}']]
FULL = HALF % (
    '{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AA",'
    '"signature":"AA","userHandle":"AA"}'
)


@pytest.mark.parametrize("text", [*NONSENSE, *BROKEN, FULL])
def test_an_answer_that_no_browser_gives_is_refused_in_words(client, user, text):
    with_application(user)
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    data = {"credential": text, "name": "x"}
    assert client.post(reverse("mfa_login_webauthn"), data)["Location"] == reverse("account_login")
    give_password(client, user)
    client.get(reverse("mfa_authenticate"))
    assert client.post(reverse("mfa_authenticate"), data).status_code == 200
    assert not is_in(client)
    sign_in(client, user)
    client.get(reverse("passkey_add"))
    assert client.post(reverse("passkey_add"), data).status_code == 200
    client.get(reverse("mfa_reauthenticate_webauthn"))
    assert client.post(reverse("mfa_reauthenticate_webauthn"), data).status_code in (200, 302)
    assert not factors.of(user).filter(type=Type.WEBAUTHN).exists()


@pytest.mark.parametrize("origin", ["192.0.2.7", "127.0.0.1"])
def test_the_demonstration_shows_its_code_on_this_machine_alone(client, settings, origin):
    settings.DEMO = True
    make_user(Role.PLATFORM_ADMINISTRATOR, email="platform@portal.example")
    person = make_user(Role.FIELD_WORKER, email="asha@portal.example")
    with_application(person)
    give_password(client, person)
    client.defaults |= {"REMOTE_ADDR": origin, "HTTP_HOST": "localhost:8000"}
    html = client.get(reverse("mfa_authenticate")).content.decode()
    assert (code() in html) == (origin == "127.0.0.1")


@pytest.mark.parametrize("email", ["asha@example.org", "asha@portal.example"])
def test_no_code_is_shown_where_the_demonstration_is_not(client, settings, email):
    settings.DEMO = True
    person = make_user(Role.FIELD_WORKER, email=email)
    with_application(person)
    give_password(client, person)
    client.defaults |= {"HTTP_HOST": "localhost:8000"}
    assert code() not in client.get(reverse("mfa_authenticate")).content.decode()
