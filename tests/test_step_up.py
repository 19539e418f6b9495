"""What takes somebody present asks for a fresh proof, and loses nothing that was typed."""

import re
import time
import uuid

import pytest
from django.urls import reverse

from accounts import held, sitting
from accounts.actions import factor as actions
from accounts.models import Invitation
from accounts.roles import Role
from audit.models import JournalEntry
from ngo_portal import access
from tests.factories import make_organisation, make_user
from tests.scene import make_scene
from tests.signing import code, sign_in, sign_in_half, with_application

pytestmark = pytest.mark.django_db
AGAIN = "/sign-in/again/"
STEP_UP = sorted(name for name, page in access.PAGES.items() if page.step_up)


@pytest.fixture
def administrator():
    return make_user(Role.ADMINISTRATOR, make_organisation())


def invitation_form(user) -> dict:
    return {
        "form_key": str(uuid.uuid4()),
        "email": "new@example.org",
        "language": "fr",
        "organisation": user.access.memberships[0].organisation_id,
        "role": Role.FIELD_WORKER,
        "active_0": "2026-01-01",
        "active_1": "",
    }


def fields_of(html: str) -> dict:
    """The hidden fields of the page that sends again."""
    form = html[html.index('class="panel"') :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def addresses(scene, user) -> dict[str, str]:
    found = dict(scene.addresses(user))
    return {name: found.get(name) or reverse(name) for name in STEP_UP}


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR])
def test_every_page_that_asks_a_fresh_proof_does(client, role):
    scene = make_scene()
    user = make_user(role, scene.organisation)
    sign_in(client, user, fresh=False)
    wrong = {}
    for name, address in addresses(scene, user).items():
        for method in access.PAGES[name].methods:
            answer = client.generic(method, address)
            if role not in access.PAGES[name].roles:
                right = answer.status_code == 403
            else:
                right = answer.get("Location", "").startswith(AGAIN)
            if not right:
                wrong[method, name] = answer.status_code
    assert wrong == {}
    assert STEP_UP


def test_a_page_is_opened_once_confirmed(client, administrator):
    sign_in(client, administrator, fresh=False)
    asked = client.get(reverse("invite"))["Location"]
    answer = client.post(asked, {"password": "a long enough password", "next": reverse("invite")})
    assert answer["Location"] == reverse("invite")
    assert client.get(reverse("invite")).status_code == 200


def with_passkey(client, administrator, settings) -> None:
    """Signed in with a passkey an hour ago, where administrators take one."""
    settings.PASSKEY_FOR_ADMINISTRATORS = True
    with_application(administrator)
    actions.add_passkey(by=administrator, name="grey key", credential={})
    sign_in(client, administrator, fresh=False)


@pytest.mark.parametrize("way", ["account_reauthenticate", "mfa_reauthenticate"])
def test_nothing_but_the_passkey_confirms_an_administrator(client, administrator, settings, way):
    with_passkey(client, administrator, settings)
    given = {"password": "a long enough password", "code": code(), "next": reverse("invite")}
    answer = client.post(reverse(way), given)
    assert answer["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))
    asked = client.get(reverse("invite"))["Location"]
    assert client.get(asked)["Location"] == "/sign-in/again/passkey/?next=%2Faccess%2Finvite%2F"


@pytest.mark.parametrize("proof", [{"method": "password"}, {"method": "mfa", "type": "totp"}])
def test_an_older_passkey_is_not_made_fresh_by_another_proof(
    client, administrator, settings, proof
):
    with_passkey(client, administrator, settings)
    session = client.session
    session["account_authentication_methods"] += [proof | {"at": time.time()}]
    session.save()
    assert client.get(reverse("invite")).status_code == 302
    session["account_authentication_methods"] += [
        {"method": "mfa", "type": "webauthn", "at": time.time(), "reauthenticated": True}
    ]
    session.save()
    assert client.get(reverse("invite")).status_code == 200


def test_who_has_no_passkey_yet_adds_the_first_with_the_password(client, administrator, settings):
    settings.PASSKEY_FOR_ADMINISTRATORS = True
    sign_in_half(client, administrator)
    assert client.get(reverse("passkey_add")).status_code == 200


def test_a_form_sent_too_late_is_sent_again_once_confirmed(client, administrator):
    sign_in(client, administrator, fresh=False)
    asked = client.post(reverse("invite"), invitation_form(administrator))["Location"]
    assert not Invitation.objects.exists()
    back = client.post(asked, {"password": "a long enough password", "next": "/again/"})["Location"]
    page = client.get(back).content.decode()
    assert f'action="{reverse("invite")}"' in page
    assert client.post(reverse("invite"), fields_of(page)).status_code == 302
    assert Invitation.objects.get().email == "new@example.org"
    assert held.SESSION_KEY not in client.session


def test_a_held_form_is_shown_to_nobody_else(client, administrator):
    sign_in(client, administrator, fresh=False)
    client.post(reverse("invite"), invitation_form(administrator))
    session = client.session
    session[held.SESSION_KEY] |= {"user": str(make_user().pk)}
    session.save()
    assert client.get(reverse("resume_form"))["Location"] == "/"


def test_without_a_held_form_one_goes_home(client, administrator):
    client.force_login(administrator)
    assert client.get(reverse("resume_form"))["Location"] == "/"


def test_a_huge_form_is_not_held(client, administrator):
    sign_in(client, administrator, fresh=False)
    form = invitation_form(administrator) | {"email": "x" * held.LONGEST}
    assert client.post(reverse("invite"), form)["Location"].endswith("?next=/")
    assert held.SESSION_KEY not in client.session


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("account_change_password", "oldpassword"),
        ("account_change_password", "code"),
        ("totp_add", "code"),
        ("invite", "Passphrase"),
    ],
)
def test_no_password_and_no_code_is_held(client, administrator, name, field):
    sign_in(client, administrator, fresh=False)
    session = client.session
    session[sitting.SESSION_KEY] |= {"seen": 0}
    session.save()
    asked = client.post(reverse(name), {field: "123456"})["Location"]
    assert asked == "/sign-in/?next=/"
    assert held.SESSION_KEY not in client.session


def test_a_missing_right_is_said_before_any_proof_is_asked(client):
    sign_in(client, make_user(Role.FIELD_WORKER, make_organisation()), fresh=False)
    assert client.get(reverse("invite")).status_code == 403


def test_a_missing_right_is_written_down(client):
    user = make_user(Role.FUNDER, make_organisation())
    client.force_login(user)
    assert client.get(reverse("count_board")).status_code == 403
    line = JournalEntry.objects.get(action="denied")
    assert line.user_id == user.pk
    assert line.details == {"page": "count_board", "method": "GET"}


def test_a_refusal_of_a_view_is_written_down(client, administrator):
    client.force_login(administrator)
    own = reverse("membership_grant", args=[administrator.pk])
    assert client.get(own).status_code == 403
    assert JournalEntry.objects.get(action="denied").details["page"] == "membership_grant"
