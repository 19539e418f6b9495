import pytest
from django.db import connection

from audit.scope import current, scope

pytestmark = pytest.mark.django_db


def asked(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0] or ""


def test_tests_run_as_the_role_that_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_the_database_knows_the_organisations_of_the_scope():
    with scope(organisation_ids=[7, 3]):
        assert asked("portal.organisations") == "3,7"


def test_an_inner_scope_gives_the_outer_one_back():
    with scope(organisation_ids=[1]) as outer:
        with scope(organisation_ids=[2]):
            assert asked("portal.organisations") == "2"
        assert asked("portal.organisations") == "1"
        assert current() == outer


def test_an_error_gives_the_outer_scope_back():
    with scope(organisation_ids=[1]):
        with pytest.raises(ValueError, match="stop"), scope(organisation_ids=[2]):
            raise ValueError("stop")
        assert asked("portal.organisations") == "1"
