"""What opens a signed-in request: few statements, and the same rights as everywhere else."""

import datetime as dt

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.arrival import MEMBERSHIP_FIELDS, ORGANISATION_FIELDS, PERSON_FIELDS, Backend, name_of
from accounts.models import User
from ngo_portal.launch.vault import key_file
from tests.factories import (
    make_membership,
    make_organisation,
    make_program,
    make_site,
    make_user,
)
from tests.proof.canaries import as_stolen
from tests.signing import SignedClient

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = dt.timedelta(days=1)


@pytest.fixture
def person():
    """Somebody with memberships of every kind: of today and not, here and elsewhere."""
    user = make_user(None)
    here, there, closed = (make_organisation(name) for name in ("Zebra", "Abri", "Closed"))
    program, site = make_program(here), make_site(there)
    make_membership(user, "coordinator", here, active=(TODAY() - DAY, None))
    make_membership(user, "case_worker", here, program=program, active=(TODAY(), TODAY() + DAY))
    make_membership(user, "partner", there, site=site)
    make_membership(user, "auditor", there, active=(TODAY() + DAY, None))
    make_membership(user, "administrator", there, active=(TODAY() - DAY, TODAY()))
    ended = make_membership(user, "field_worker", here)
    type(ended).objects.filter(pk=ended.pk).update(ended_at=timezone.now())
    make_membership(user, "administrator", closed)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    return user


def values(row, names):
    return [row.__dict__[name] for name in names]


def test_the_rights_of_a_request_are_those_of_the_memberships(person):
    arrived, known = Backend().get_user(person.pk), User.objects.get(pk=person.pk)
    assert values(arrived, PERSON_FIELDS) == values(known, PERSON_FIELDS)
    assert len(known.access.memberships) == 3
    for held, expected in zip(arrived.access.memberships, known.access.memberships, strict=True):
        assert values(held, MEMBERSHIP_FIELDS) == values(expected, MEMBERSHIP_FIELDS)
        names = ORGANISATION_FIELDS
        assert values(held.organisation, names) == values(expected.organisation, names)


def test_somebody_without_memberships_arrives_with_no_right():
    arrived = Backend().get_user(make_user(None).pk)
    assert arrived.access.memberships == ()


def test_a_deactivated_person_does_not_arrive(person, client):
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert Backend().get_user(person.pk) is None
    assert client.get("/me/").status_code == 302


def test_a_session_that_is_over_opens_nothing(person, client):
    client.force_login(person)
    assert client.get("/me/").status_code == 200
    Session.objects.update(expire_date=timezone.now() - DAY)
    assert client.get("/me/").status_code == 302


def test_a_session_nobody_has_opens_nothing(client):
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert client.get("/me/").status_code == 302


def test_three_statements_open_a_request(person, client):
    """Its session, the person with their memberships, the scope of the transaction.

    A fourth gives this test's own transaction, which a request does not have, its settings back.
    """
    client.force_login(person)
    client.get("/me/")
    with CaptureQueriesContext(connection) as sent:
        assert client.get("/language/").status_code == 405
    asked = [query["sql"] for query in sent if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 3 + 1, asked


def test_a_session_says_nothing_without_the_key(client, person, settings, tmp_path):
    client.force_login(person)
    row = Session.objects.get(session_key=name_of(client.session.session_key))
    assert person.email.encode() not in as_stolen(row.session_data)
    assert client.get("/me/").status_code == 200
    other = key_file(tmp_path / "keys")
    settings.PORTAL_KEY_FILE = str(other)
    assert client.get("/me/").status_code == 302


def test_what_the_database_knows_of_a_session_opens_nothing(person, client):
    client.force_login(person)
    assert client.get("/me/").status_code == 200
    name = Session.objects.get().session_key
    assert client.cookies[settings.SESSION_COOKIE_NAME].value not in name
    client.cookies[settings.SESSION_COOKIE_NAME] = name
    assert client.get("/me/").status_code == 302


def test_the_session_of_somebody_else_put_over_ones_own_opens_nothing(person, client):
    thief = SignedClient()
    client.force_login(person)
    thief.force_login(make_user())
    theirs = Session.objects.get(session_key=name_of(client.session.session_key))
    own = Session.objects.filter(session_key=name_of(thief.session.session_key))
    own.update(session_data=theirs.session_data)
    assert thief.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200
