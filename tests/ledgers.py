"""The ledger as its roles see it, for tests with real commits (`real_ledger`)."""

from __future__ import annotations

import os

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils import timezone

from audit import journal, sealing, verifying
from audit.scope import scope


def forged(action: str = "view", *, at: str = "now()", facts: str = "", **more) -> str:
    """The SQL of a line that looks right, as the owner of the database writes one."""
    payload = f"'', ARRAY['p1'], '', jsonb_build_object({facts})"
    salt = "uuid_send(gen_random_uuid())"
    columns = {"action": f"'{action}'", "at": at} | more
    return (
        f"INSERT INTO ledger.entry ({', '.join(columns)},"
        " target_id, shown_ids, reason, details, salt, digest)"
        f" SELECT {', '.join(columns.values())}, {payload}, salt, ledger.digest(salt, {payload})"
        f" FROM (SELECT {salt}) AS fresh (salt)"
    )


class Ledger:
    """One ledger, its sealing key, and what somebody with the owner's password does to it."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.from_private_bytes(os.urandom(32))

    def connect(self, role: str) -> psycopg.Connection:
        return psycopg.connect(getattr(settings, f"DATABASE_{role}_URL"), autocommit=True)

    def note(self, many: int = 1, **more) -> list[int]:
        """Write entries as requests do; returns the numbers of all there are."""
        for _ in range(many):
            with scope():
                journal.record("view", by=None, **more)
        return self.numbers()

    def numbers(self) -> list[int]:
        with self.connect("SEALER") as session:
            rows = session.execute("SELECT id FROM ledger.entry ORDER BY id").fetchall()
        return [number for (number,) in rows]

    def seal(self) -> list[sealing.Seal]:
        with self.connect("SEALER") as session:
            return sealing.seal(session, self.key)

    def tamper(self, *statements: str) -> None:
        """What the guards refuse, done by who can switch them off."""
        with self.connect("OWNER") as session:
            session.execute("SET portal.every_organisation = on")
            for table in ("entry", "seal"):
                session.execute(f"ALTER TABLE ledger.{table} DISABLE TRIGGER USER")
            for statement in statements:
                session.execute(statement)
            for table in ("entry", "seal"):
                session.execute(f"ALTER TABLE ledger.{table} ENABLE TRIGGER USER")

    def verify(self, heads: dict | None = None, *, now=None) -> verifying.Verdict:
        public = self.key.public_key()
        keys = {sealing.key_id(public): public}
        with self.connect("AUDITOR") as session:
            return verifying.verify(session, keys, heads or {}, now=now or timezone.now())
