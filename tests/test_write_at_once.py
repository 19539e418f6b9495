"""One statement in its savepoint, in one round trip: what happens when it is not written."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError, OperationalError, connection, transaction

from programs.models import Dimension
from programs.violations import write_at_once
from tests.conftest import close_all_of_this_thread
from tests.factories import make_dimension

TWICE = """
INSERT INTO programs_dimension (code, name, name_en, name_fr, revision)
SELECT code, name, name_en, name_fr, 1 FROM programs_dimension WHERE code = %(code)s
RETURNING code
"""


@pytest.mark.django_db
def test_the_first_row_comes_back():
    assert write_at_once("SELECT %(number)s::int", {"number": 3}) == (3,)
    assert write_at_once("SELECT 1 WHERE %(number)s = 4", {"number": 3}) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (TWICE, ValidationError),
        ("SELECT %(code)s::int", DataError),
        ("SELECT %(code)s || chr(0)", OperationalError),
    ],
)
def test_what_is_refused_leaves_what_came_before(statement, refusal):
    code = make_dimension("SEX", "F", "U").code
    with transaction.atomic():
        with pytest.raises(refusal):
            write_at_once(statement, {"code": code})
        assert Dimension.objects.filter(code=code).exists()


@pytest.mark.django_db
def test_a_sign_that_no_database_keeps_leaves_what_came_before():
    with transaction.atomic():
        with pytest.raises(DataError):
            write_at_once("SELECT %(text)s", {"text": "\0"})
        assert not Dimension.objects.filter(code="\1").exists()


def lose_and_write() -> None:
    with transaction.atomic():
        connection.connection.pgconn.finish()
        write_at_once("SELECT 1", {})


def test_a_connection_that_is_lost_is_said_as_such(own_database):
    with pytest.raises(OperationalError), transaction.atomic():
        write_at_once("SELECT pg_terminate_backend(pg_backend_pid())", {})
    close_all_of_this_thread()
    with pytest.raises(OperationalError):
        lose_and_write()
    close_all_of_this_thread()
    assert not Dimension.objects.exists()
