"""What opens every signed-in request: its session, the person, and what they may do today.

Two statements, written out: Django takes longer to put such a query together than PostgreSQL
takes to answer it, and nothing else is asked as often.
"""

from __future__ import annotations

import uuid

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.db import DEFAULT_DB_ALIAS, connection
from django.utils import timezone

from programs.models import Organisation

from .access import Access
from .models import Membership, User

SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"

PERSON_FIELDS = [field.attname for field in User._meta.concrete_fields]
# What rights are made of; the rest of a membership or organisation is read where it is asked for.
MEMBERSHIP_FIELDS = ["id", "user_id", "organisation_id", "program_id", "site_id", "role"]
ORGANISATION_FIELDS = ["id", "name", "name_fr", "name_en", "time_zone"]


def _columns(table: str, names: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


# The same memberships, in the same order, as `Membership.objects.current()`.
PERSON = f"""
SELECT {_columns("person", PERSON_FIELDS)}, {_columns("membership", MEMBERSHIP_FIELDS)},
       {_columns("organisation", ORGANISATION_FIELDS)}
FROM accounts_user person
LEFT JOIN (accounts_membership membership
           JOIN programs_organisation organisation
             ON organisation.id = membership.organisation_id AND organisation.is_active)
       ON membership.user_id = person.id AND membership.ended_at IS NULL
      AND membership.active @> %s::date
WHERE person.id = %s AND person.is_active
ORDER BY organisation.name, membership.role
"""  # noqa: S608 - names of columns, from the models


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def load(self) -> dict:
        with connection.cursor() as cursor:
            cursor.execute(SESSION, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row[0])


class Backend(AuthenticationBackend):
    """allauth's way to sign in."""

    def get_user(self, user_id: uuid.UUID) -> User | None:
        """An active person, with the memberships that hold today; None for anybody else."""
        with connection.cursor() as cursor:
            cursor.execute(PERSON, [timezone.localdate(), user_id])
            rows = cursor.fetchall()
        if not rows:
            return None
        person = User.from_db(DEFAULT_DB_ALIAS, PERSON_FIELDS, rows[0][: len(PERSON_FIELDS)])
        held = [row[len(PERSON_FIELDS) :] for row in rows]
        person.access = Access(_membership(values) for values in held if values[0] is not None)
        return person


def _membership(values: tuple) -> Membership:
    own, place = values[: len(MEMBERSHIP_FIELDS)], values[len(MEMBERSHIP_FIELDS) :]
    membership = Membership.from_db(DEFAULT_DB_ALIAS, MEMBERSHIP_FIELDS, own)
    membership.organisation = Organisation.from_db(DEFAULT_DB_ALIAS, ORGANISATION_FIELDS, place)
    return membership
