"""Tests run as the runtime role, which owns nothing; the owner only makes the database."""

import os
import uuid

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import setup_databases, teardown_databases
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from audit import scope as audit_scope
from audit.walls import sealed
from ngo_portal.database import database
from ngo_portal.management.commands.upgrade import grant
from tests import backstage
from tests.ledgers import Ledger
from tests.signing import SignedClient

# Playwright's synchronous client runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
ALIASES = ("default", "auditor")


def pytest_addoption(parser):
    parser.addoption(
        "--prove", action="store_true", help="try every proof at full scale (tests/proof)"
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The owner creates and migrates the test database (`runtime_role` steps down after)."""
    for each in ALIASES:
        connections[each].settings_dict["OPTIONS"].pop("pool", None)
    owner = database(settings.DATABASE_OWNER_URL)
    runtime = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.settings_dict["RUNTIME"] = runtime
    connection.settings_dict.update({k: owner[k] for k in ("USER", "PASSWORD")})


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment,
    django_db_blocker,
    django_db_keepdb,
    django_db_createdb,
    django_db_modify_db_settings,
):
    """Make the test database as the owner, grant the runtime role its rights, go on as it.

    pytest-django's own fixture makes none for a run of browser tests alone.
    """
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0,
            interactive=False,
            aliases={"default"},
            keepdb=django_db_keepdb and not django_db_createdb,
        )
        call_command("createcachetable", verbosity=0)
        runtime = connection.settings_dict["RUNTIME"]
        grant(runtime["USER"])
        let_tests_read_the_journal(runtime["USER"])
        sealed.seal()
        connection.close()
        owner = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
        connection.settings_dict.update(runtime)
        FIRST_CONNECTION.append(connections["default"])
    backstage.open_to_tests(runtime["USER"])
    yield
    with django_db_blocker.unblock():
        close_all_of_this_thread()
        connection.settings_dict.update(owner)
        if not django_db_keepdb:
            teardown_databases(made, verbosity=0)


def let_tests_read_the_journal(runtime: str) -> None:
    """Tests look at what their own transaction wrote; `real_ledger` takes this right away."""
    with connection.cursor() as cursor:
        for statement in (
            "GRANT SELECT ON ledger.entry TO {role}",
            "DROP POLICY IF EXISTS tests ON ledger.entry",
            "CREATE POLICY tests ON ledger.entry FOR SELECT TO {role} USING (true)",
        ):
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(runtime)))


def as_owner(statement: str, database: str = "postgres") -> None:
    """Run one statement of the owner outside any transaction, away from the test database."""
    owner = conninfo_to_dict(settings.DATABASE_OWNER_URL) | {"dbname": database}
    with psycopg.connect(**owner, autocommit=True) as session:
        session.execute(statement)


FIRST_CONNECTION = []


def close_all_of_this_thread() -> None:
    """Close both connections: Django gives another one once Playwright's event loop runs."""
    for each in (*FIRST_CONNECTION, connections["default"], connections["auditor"]):
        each.close()


@pytest.fixture
def own_database(django_db_setup, django_db_blocker):
    """A copy of the migrated database, dropped after: for tests that really commit."""
    template = connection.settings_dict["NAME"]
    copy = f"{template}_{uuid.uuid4().hex[:8]}"
    with django_db_blocker.unblock():
        close_all_of_this_thread()
        as_owner(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
        as_owner(f'REVOKE TEMPORARY ON DATABASE "{copy}" FROM PUBLIC')  # is copied with no database
        for each in ALIASES:
            connections[each].settings_dict["NAME"] = copy
        yield copy
        close_all_of_this_thread()
        for each in ALIASES:
            connections[each].settings_dict["NAME"] = template
        as_owner(f'DROP DATABASE "{copy}"')


@pytest.fixture
def become(own_database):
    """Go on as another role, in a database of one's own."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}

    def switch(url: str) -> None:
        parts = conninfo_to_dict(url)
        connection.close()
        connection.settings_dict.update(USER=parts["user"], PASSWORD=parts["password"])

    yield switch
    connection.close()
    connection.settings_dict.update(before)


@pytest.fixture
def real_ledger(own_database, settings):
    """A database where the journal is read as in production: by the auditor's role alone."""
    for name in ("OWNER", "AUDITOR", "SEALER", "BACKUP"):
        url = getattr(settings, f"DATABASE_{name}_URL")
        setattr(settings, f"DATABASE_{name}_URL", make_conninfo(url, dbname=own_database))
    as_owner(
        f'REVOKE ALL ON ledger.entry FROM "{settings.DATABASES["default"]["USER"]}"', own_database
    )
    settings.JOURNAL_DATABASE = "auditor"
    return own_database


@pytest.fixture
def ledger(real_ledger):
    return Ledger()


@pytest.fixture(name="sealed")
def ledger_with_two_seals(ledger):
    """Six entries in two seals; one entry waits."""
    ledger.note(4)
    ledger.seal()
    ledger.note(2)
    ledger.seal()
    ledger.note()
    return ledger


@pytest.fixture(autouse=True)
def fast_and_plain(settings, tmp_path):
    """Passwords hashed cheaply, plain file names for static files, passing folders for others."""
    settings.EXPORTS_DIR = str(tmp_path / "exports")
    settings.FILES_DIR = str(tmp_path / "uploaded")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.SECURE_SSL_REDIRECT = False
    # The auditor's connection would not see what a test has not committed (`real_ledger` does).
    settings.JOURNAL_DATABASE = "default"


@pytest.fixture
def client():
    """A browser that signs in with every proof (`tests.signing` for those that lack one)."""
    return SignedClient()


@pytest.fixture
def acting():
    """`with acting(user):` runs actions in that person's scope, as a request would."""

    def act(user):
        return audit_scope.scope(
            user_id=user.pk,
            organisation_ids=user.access.organisation_ids,
            powers=user.access.powers,
        )

    return act
