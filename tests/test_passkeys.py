"""A passkey is what the portal sealed for its account, whatever stands in the table."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.db import ProgrammingError, connection
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.actions import factor as actions
from accounts.factors import Type
from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


POINT = b"\x04" + b"p" * 64
CREDENTIAL = {
    "id": "AAAA",
    "rawId": "AAAA",
    "type": "public-key",
    "clientExtensionResults": {},
    "response": {
        "clientDataJSON": CollectedClientData.create(
            type="webauthn.create", challenge=b"x", origin="https://localhost"
        ).b64,
        "attestationObject": websafe_encode(
            AttestationObject.create(
                "none",
                AuthenticatorData.create(
                    b"h" * 32,
                    AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT,
                    0,
                    AttestedCredentialData.create(
                        Aaguid(b"a" * 16), b"own", ES256.from_ctap1(POINT)
                    ),
                ),
                {},
            )
        ),
    },
}


@pytest.mark.parametrize("credential", [CREDENTIAL, {}, None, "", "x", "AAAA" * 20])
def test_a_passkey_that_the_portal_did_not_add_is_none(user, credential):
    data = {"name": "thief's", "credential": credential}
    Authenticator.objects.create(user=user, type=Type.WEBAUTHN, data=data)
    actions.add_passkey(by=user, name="mine", credential=CREDENTIAL)
    own = auth.get_credentials(user)
    assert len(own) == 1
    stolen = actions.add_passkey(by=make_user(), name="x", credential=CREDENTIAL).data
    Authenticator.objects.create(user=user, type=Type.WEBAUTHN, data=stolen)
    assert auth.get_credentials(user) == own
    found = auth.get_authenticator_by_credential_id(user, own[0].credential_id)
    assert found.data["name"] == "mine"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM accounts_user",
        "DELETE FROM accounts_membership",
        "UPDATE accounts_user SET email = 'mine@example.org'",
        "UPDATE accounts_user SET opened_at = now()",
        "UPDATE accounts_user SET password_set_at = now()",
        "UPDATE accounts_user SET joined_at = now()",
        "UPDATE audit_keyinuse SET since = now()",
        "DELETE FROM audit_keyinuse",
        "UPDATE mfa_authenticator SET user_id = gen_random_uuid()",
        "UPDATE mfa_authenticator SET type = 'webauthn'",
    ],
)
def test_the_portal_may_not_do_what_it_never_does(statement):
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="denied"):
        cursor.execute(statement)


def dates(user) -> list[tuple]:
    rows = User.pgh_event_model.objects.filter(pgh_obj=user).order_by("pgh_id")
    return list(rows.values_list("password_set_at", "factors_set_at"))


@pytest.mark.parametrize(
    ("statement", "tells"),
    [
        ("UPDATE accounts_user SET password = 'x' WHERE id = '{user}'", True),
        ("UPDATE accounts_user SET last_login = now() WHERE id = '{user}'", False),
        ("DELETE FROM mfa_authenticator WHERE user_id = '{user}'", True),
        ("UPDATE mfa_authenticator SET data = '{{}}' WHERE user_id = '{user}'", True),
        ("UPDATE mfa_authenticator SET last_used_at = now() WHERE user_id = '{user}'", False),
    ],
)
def test_history_tells_of_a_new_password_or_factor_whoever_writes(user, statement, tells):
    actions.add_passkey(by=user, name="mine", credential={})
    before = dates(user)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(user=user.pk))
        assert cursor.rowcount == 1
    assert (dates(user) != before) == tells
