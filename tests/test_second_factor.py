"""Nothing opens without a second factor; a code works once; an administrator takes a passkey."""

import json
import re

import pytest
from django.urls import reverse

from accounts import factors, sitting
from accounts.actions import factor as actions
from accounts.factors import Type
from accounts.models import User
from accounts.roles import Role
from audit.models import JournalEntry
from ngo_portal import access
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs
from tests.scene import make_scene
from tests.signing import SECRET, code, sign_in, with_application
from tests.test_access_matrix import without_object

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
FIRST = "/me/sign-in/first/"


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, make_organisation(), email="asha@example.org")


def give_password(client, user, **fields):
    data = {"login": user.email, "password": PASSWORD} | fields
    return client.post(reverse("account_login"), data)


def give_code(client, text):
    return client.post(reverse("mfa_authenticate"), {"code": text})


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def with_proofs(client, user, *kinds) -> None:
    """Sign in with a password and these kinds of factor."""
    sign_in(client, user)
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        records[0],
        *({"method": "mfa", "at": records[0]["at"], "type": kind, "id": 0} for kind in kinds),
    ]
    session.save()


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


@pytest.mark.parametrize("removed", [Type.TOTP, Type.WEBAUTHN])
def test_recovery_codes_outlast_another_factor(client, user, removed):
    with_application(user)
    actions.add_passkey(by=user, name="my telephone", credential={})
    recovery = actions.renew_codes(by=user)[0]
    actions.remove(factor=factors.of(user).get(type=removed), by=user)
    give_password(client, user)
    give_code(client, recovery)
    assert is_in(client)


def test_new_recovery_codes_replace_the_old(user):
    with_application(user)
    old = actions.renew_codes(by=user)[0]
    actions.renew_codes(by=user)
    assert actions.use_code(user=user, code=old) is None


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


def test_the_first_factor_is_an_application(client, user, mailoutbox):
    with_proofs(client, user)
    html = client.get(reverse("totp_add")).content.decode()
    secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', html)[1].replace(" ", "")
    assert secret not in json.dumps(dict(client.session.items()))
    first = factors.code_at(secret, factors.step_now())
    assert client.post(reverse("totp_add"), {"code": first})["Location"] == "/me/sign-in/codes/"
    page = client.get("/me/sign-in/codes/").content.decode()
    shown = re.findall(r"<code>(\d{5}) (\d{5})</code>", page)
    assert len(shown) == factors.CODES
    assert client.post("/me/sign-in/codes/")["Location"] == reverse("sign_in_methods")
    assert "".join(shown[0]) not in client.get("/me/sign-in/codes/").content.decode()
    assert actions.use_code(user=user, code="".join(shown[0])) is not None
    run_jobs()
    assert mailoutbox[0].to == [user.email]
    assert JournalEntry.objects.filter(action="add_second_factor", user_id=user.pk).exists()


def test_the_code_that_added_an_application_opens_no_other_session(client, user):
    with_proofs(client, user)
    html = client.get(reverse("totp_add")).content.decode()
    secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', html)[1].replace(" ", "")
    seen = factors.code_at(secret, factors.step_now())
    client.post(reverse("totp_add"), {"code": seen})
    other = type(client)()
    give_password(other, user)
    assert give_code(other, seen).status_code == 200
    assert not is_in(other)
    give_code(other, factors.code_at(secret, factors.step_now() + 1))
    assert is_in(other)


def test_a_wrong_first_code_adds_nothing(client, user):
    with_proofs(client, user)
    client.get(reverse("totp_add"))
    assert client.post(reverse("totp_add"), {"code": "000000"}).status_code == 200
    assert not factors.of(user).exists()


def test_a_password_adds_no_factor_beside_those_there(client, user):
    with_application(user)
    with_proofs(client, user)
    assert client.get(reverse("totp_add")).status_code == 403
    assert client.get(reverse("passkey_add")).status_code == 403


def test_the_last_factor_stays(client, user):
    with_application(user)
    sign_in(client, user)
    factor = factors.main_of(user).get()
    html = client.post(reverse("factor_remove", args=[factor.pk])).content.decode()
    assert "the only one left" in html
    assert factors.main_of(user).exists()


def test_removing_a_factor_ends_the_other_sessions(client, user, mailoutbox):
    with_application(user)
    actions.add_passkey(by=user, name="grey key", credential={})
    other = type(client)()
    for each in (client, other):
        sign_in(each, user)
    factor = factors.main_of(user).get(type=Type.TOTP)
    assert client.post(reverse("factor_remove", args=[factor.pk])).status_code == 302
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302
    run_jobs()
    assert mailoutbox[0].subject == "A sign-in method was removed"


def test_a_passkey_is_named_by_its_owner_alone(client, user):
    passkey = actions.add_passkey(by=user, name="grey key", credential={})
    sign_in(client, make_user())
    address = reverse("passkey_rename", args=[passkey.pk])
    assert client.post(address, {"name": "mine"}).status_code == 404
    sign_in(client, user)
    assert client.post(address, {"name": "blue key"}).status_code == 302
    assert "blue key" in client.get(reverse("sign_in_methods")).content.decode()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR])
def test_an_administrator_takes_a_passkey(client, settings, role):
    settings.PASSKEY_FOR_ADMINISTRATORS = True
    administrator = make_user(role, make_organisation())
    with_application(administrator)
    with_proofs(client, administrator, Type.TOTP)
    assert client.get(reverse("access"))["Location"] == FIRST
    assert client.get(reverse("passkey_add")).status_code == 200
    with_proofs(client, administrator, Type.WEBAUTHN)
    assert client.get(reverse("access")).status_code == 200


def test_a_code_adds_no_passkey_beside_an_administrators_own(client, settings):
    settings.PASSKEY_FOR_ADMINISTRATORS = True
    administrator = make_user(Role.ADMINISTRATOR, make_organisation())
    with_application(administrator)
    actions.add_passkey(by=administrator, name="grey key", credential={})
    with_proofs(client, administrator, Type.TOTP)
    assert client.get(reverse("passkey_add")).status_code == 403
    with_proofs(client, administrator, Type.RECOVERY_CODES)
    assert client.get(reverse("totp_add")).status_code == 200


def test_a_code_changes_nothing_where_there_is_a_passkey(client, user):
    with_application(user)
    passkey = actions.add_passkey(by=user, name="grey key", credential={})
    pages = [reverse(name) for name in ("passkey_add", "totp_add", "recovery_codes")]
    pages.append(reverse("factor_remove", args=[passkey.pk]))
    with_proofs(client, user, Type.TOTP)
    assert {client.get(page).status_code for page in pages} == {403}
    assert {client.post(page).status_code for page in pages} == {403}
    assert factors.of(user).count() == 2
    assert "over your shoulder" in client.get(reverse("sign_in_methods")).content.decode()
    with_proofs(client, user, Type.WEBAUTHN)
    assert {client.get(page).status_code for page in pages[1:]} == {200}
    assert "over your shoulder" not in client.get(reverse("sign_in_methods")).content.decode()


def test_the_owner_is_told_of_new_recovery_codes(client, user, mailoutbox):
    with_application(user)
    sign_in(client, user)
    assert client.post(reverse("recovery_codes")).status_code == 302
    run_jobs()
    assert [mail.subject for mail in mailoutbox] == ["New recovery codes were made"]


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
