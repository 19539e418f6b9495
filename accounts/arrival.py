"""What opens every signed-in request: its session, the person, and what they may do today.

Two statements, written out: Django takes longer to put such a query together than PostgreSQL
takes to answer it, and nothing else is asked as often.
"""

from __future__ import annotations

import hashlib
import uuid
from functools import partial

from allauth.account.auth_backends import AuthenticationBackend
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.contrib.sessions.serializers import JSONSerializer
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from audit import encryption
from programs.models import Organisation

from .access import Access
from .models import Elevation, Membership, User

# As long as the column of a session's key: 160 bits.
NAME_LENGTH = 40
SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"

PERSON_FIELDS = [field.attname for field in User._meta.concrete_fields]
# What rights are made of; the rest of a membership or organisation is read where it is asked for.
MEMBERSHIP_FIELDS = ["id", "user_id", "organisation_id", "program_id", "site_id", "role"]
ELEVATION_FIELDS = ["id", "user_id", "organisation_id", "role", "ends_at"]
ORGANISATION_FIELDS = ["id", "name", "name_fr", "name_en", "time_zone"]


def _columns(table: str, names: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


# The same memberships, in the same order, as `Membership.objects.current()`, and beside them, with
# the time when it ends, the emergency access of `Elevation.objects.open()`.
PERSON = f"""
SELECT {_columns("person", PERSON_FIELDS)},
       {_columns("held", [*MEMBERSHIP_FIELDS, "until"])},
       {_columns("organisation", ORGANISATION_FIELDS)}
FROM accounts_user person
LEFT JOIN ((SELECT {_columns("membership", MEMBERSHIP_FIELDS)}, NULL::timestamptz AS until
            FROM accounts_membership membership
            WHERE membership.ended_at IS NULL AND membership.active @> %(day)s::date
            UNION ALL
            SELECT id, user_id, organisation_id, NULL, NULL, role, ends_at
            FROM accounts_elevation
            WHERE ended_at IS NULL AND starts_at <= %(now)s AND ends_at > %(now)s) held
           JOIN programs_organisation organisation
             ON organisation.id = held.organisation_id AND organisation.is_active)
       ON held.user_id = person.id
WHERE person.id = %(person)s AND person.is_active
ORDER BY organisation.name, held.role
"""  # noqa: S608 - names of columns, from the models


class Sealed:
    """How a session is written: it holds messages that quote people, and who signed in.

    Sealed for its own row: the session of somebody else, copied over one's own, does not open.
    """

    def __init__(self, name: str) -> None:
        self.place = f"django_session:session_data:{name}"

    def dumps(self, content: dict) -> bytes:
        return encryption.ring().seal(JSONSerializer().dumps(content), self.place)

    def loads(self, sealed: bytes) -> dict:
        return JSONSerializer().loads(encryption.ring().open(sealed, self.place))


def name_of(session_key: str | None) -> str:
    """What the database knows of the key in a browser's cookie: its SHA-256, as far as it fits."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()[:NAME_LENGTH]


class SessionStore(db.SessionStore):
    """Django's sessions in the database, under names from which no cookie can be made."""

    def load(self) -> dict:
        content = self.read(name_of(self.session_key))
        if content is None:
            self._session_key = None
        return content or {}

    def read(self, name: str) -> dict | None:
        """What the session of this name holds; None once it is over."""
        with connection.cursor() as cursor:
            cursor.execute(SESSION, [name, timezone.now()])
            row = cursor.fetchone()
        self.serializer = partial(Sealed, name)
        return None if row is None else self.decode(row[0])

    def read_all(self, names: list[str]) -> dict[str, dict]:
        """What each session of these names holds, without those that are over."""
        living = Session.objects.filter(session_key__in=names, expire_date__gt=timezone.now())
        held = {}
        for name, data in living.values_list("session_key", "session_data"):
            self.serializer = partial(Sealed, name)
            held[name] = self.decode(data)
        return held

    def create_model_instance(self, data: dict) -> Session:
        name = name_of(self._get_or_create_session_key())
        self.serializer = partial(Sealed, name)
        row = super().create_model_instance(data)
        row.session_key = name
        return row

    def cycle_key(self) -> None:
        """A new key for the same sitting, which its owner finds listed as before."""
        before = name_of(self.session_key)
        super().cycle_key()
        listed = UserSession.objects.filter(session_key=before)
        listed.update(session_key=name_of(self.session_key))

    def exists(self, session_key: str) -> bool:
        return super().exists(name_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        super().delete(name_of(session_key or self.session_key))


class Backend(AuthenticationBackend):
    """allauth's way to sign in."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        """An active person, with the memberships that hold today; None for anybody else."""
        with connection.cursor() as cursor:
            now = timezone.now()
            day = timezone.localdate(now)
            cursor.execute(PERSON, {"person": user_id, "now": now, "day": day})
            rows = cursor.fetchall()
        if not rows:
            return None
        person = User.from_db(DEFAULT_DB_ALIAS, PERSON_FIELDS, rows[0][: len(PERSON_FIELDS)])
        held = [row[len(PERSON_FIELDS) :] for row in rows]
        person.access = _access([values for values in held if values[0] is not None])
        return person


def _access(held: list[tuple]) -> Access:
    """Rows with a time of their end are emergency access."""
    end = len(MEMBERSHIP_FIELDS)
    memberships = [
        _membership(values[:end], values[end + 1 :]) for values in held if not values[end]
    ]
    return Access(memberships, [_elevation(values) for values in held if values[end]])


def _membership(own: tuple, place: tuple) -> Membership:
    membership = Membership.from_db(DEFAULT_DB_ALIAS, MEMBERSHIP_FIELDS, own)
    membership.organisation = Organisation.from_db(DEFAULT_DB_ALIAS, ORGANISATION_FIELDS, place)
    return membership


def _elevation(values: tuple) -> Elevation:
    row = dict(zip([*MEMBERSHIP_FIELDS, "ends_at"], values, strict=False))
    return Elevation(**{name: row[name] for name in ELEVATION_FIELDS})
