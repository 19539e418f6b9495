"""One's own second factors: added, named, removed, and by whom; recovery codes made anew."""

import json
import re

import pytest
from django.urls import reverse

from accounts import factors
from accounts.actions import factor as actions
from accounts.factors import Type
from accounts.roles import Role
from audit.models import JournalEntry
from tests.factories import make_organisation, make_user
from tests.jobs import run_jobs
from tests.signing import (
    give_code,
    give_password,
    is_in,
    sign_in,
    with_application,
    with_proofs,
)

pytestmark = pytest.mark.django_db
FIRST = "/me/sign-in/first/"


@pytest.fixture
def user():
    return make_user(Role.FIELD_WORKER, make_organisation(), email="asha@example.org")


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


def test_a_passkey_is_named_by_its_owner_alone(client, user):
    passkey = actions.add_passkey(by=user, name="grey key", credential={})
    sign_in(client, make_user())
    address = reverse("passkey_rename", args=[passkey.pk])
    assert client.post(address, {"name": "mine"}).status_code == 404
    sign_in(client, user)
    assert client.post(address, {"name": "blue key"}).status_code == 302
    assert "blue key" in client.get(reverse("sign_in_methods")).content.decode()


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


def test_the_owner_is_told_of_new_recovery_codes(client, user, mailoutbox):
    with_application(user)
    sign_in(client, user)
    assert client.post(reverse("recovery_codes")).status_code == 302
    run_jobs()
    assert [mail.subject for mail in mailoutbox] == ["New recovery codes were made"]
