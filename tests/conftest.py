"""Tests run as the runtime role, which owns nothing; the owner only makes the database."""

import os

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from audit import scope as audit_scope
from ngo_portal.management.commands.upgrade import grant
from ngo_portal.settings import database

# Playwright's synchronous client runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The owner creates and migrates the test database (`runtime_role` steps down after)."""
    connection.settings_dict["OPTIONS"].pop("pool", None)
    owner = database(settings.DATABASE_OWNER_URL)
    connection.settings_dict["RUNTIME"] = {k: connection.settings_dict[k] for k in ("USER", "PASSWORD")}
    connection.settings_dict.update({k: owner[k] for k in ("USER", "PASSWORD")})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Grant the runtime role its rights and go on as it."""
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)
        runtime = connection.settings_dict["RUNTIME"]
        grant(runtime["USER"])
        connection.close()
        owner = {k: connection.settings_dict[k] for k in ("USER", "PASSWORD")}
        connection.settings_dict.update(runtime)
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict.update(owner)


@pytest.fixture(autouse=True)
def fast_and_plain(settings):
    """Passwords hashed cheaply, plain file names for static files, mails kept in memory."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def acting():
    """`with acting(user):` runs actions in that person's scope, as a request would."""

    def act(user):
        return audit_scope.scope(user_id=user.pk, organisation_ids=user.access.organisation_ids)

    return act
