"""The walls stand, whoever looks: what is missing, foreign or too much is found by its name."""

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from audit.walls import build, checks, every_organisation
from ngo_portal.management.commands.upgrade import tidy
from programs.models import Site
from programs.violations import explained
from tests.conftest import as_owner
from tests.factories import make_site, make_user

RUNTIME = settings.DATABASES["default"]["USER"]


def keys(found) -> set[str]:
    return {error.id for error in found}


@pytest.mark.django_db
def test_every_wall_stands_and_the_runtime_role_is_held_back():
    assert checks.role_errors() == []
    assert checks.wall_errors() == []


@pytest.mark.django_db
def test_the_start_asks_the_catalogue_a_few_questions_whatever_it_holds(
    django_assert_max_num_queries,
):
    with django_assert_max_num_queries(16):
        assert checks.check_walls(None) == []


@pytest.mark.django_db
def test_every_table_with_an_organisation_is_walled_or_has_rules_of_its_own():
    walled = build.walled()
    owned = {table for table, is_owned in build.tables().items() if is_owned}
    assert owned - walled == set()
    assert len(owned) > 30


@pytest.mark.django_db
def test_every_table_without_policies_has_a_reason():
    open_tables = build.tables().keys() - build.walled()
    assert open_tables - build.free().keys() == set()
    reasons = [*build.free().values(), *build.exempt_schemas().values()]
    assert all(len(reason) > 10 for reason in reasons)
    assert set(build.exempt_schemas()) == {"ledger"}


@pytest.mark.parametrize(
    ("found", "statement"),
    [
        ("walls.E003", "CREATE TABLE forgotten (id bigint, organisation_id bigint)"),
        ("walls.E003", "CREATE SCHEMA s; CREATE TABLE s.forgotten (organisation_id bigint)"),
        ("walls.E005", "CREATE SCHEMA s; CREATE TABLE s.forgotten (id bigint)"),
        ("walls.E008", f"GRANT TRUNCATE ON ledger.seal TO {RUNTIME}"),
        ("walls.E003", "ALTER TABLE programs_site NO FORCE ROW LEVEL SECURITY"),
        ("walls.E003", "DROP POLICY portal_own_organisations_all ON programs_site"),
        ("walls.E004", "CREATE POLICY easy ON programs_site FOR SELECT USING (true)"),
        ("walls.E005", "CREATE TABLE forgotten (id bigint)"),
        ("walls.E006", f"CREATE VIEW v AS TABLE programs_site; GRANT SELECT ON v TO {RUNTIME}"),
        (
            "walls.E006",
            f"CREATE MATERIALIZED VIEW v AS TABLE programs_site; GRANT SELECT ON v TO {RUNTIME}",
        ),
        (
            "walls.E007",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        ),
        ("walls.E009", "ALTER TABLE beneficiaries_countreport DISABLE TRIGGER USER"),
        ("walls.E009", "DROP TRIGGER kept ON ledger.entry"),
        (
            "walls.E010",
            "ALTER TABLE accounts_membership DROP CONSTRAINT membership_not_self_granted",
        ),
        ("walls.E010", "DROP INDEX countreport_one_open"),
        ("walls.E008", f"GRANT TRUNCATE ON programs_site TO {RUNTIME}"),
    ],
)
def test_what_would_open_a_wall_is_found(own_database, found, statement):
    for each in statement.split(";"):
        as_owner(each, own_database)
    assert keys(checks.wall_errors()) - {"walls.E011"} == {found}


def test_a_new_table_is_walled_by_the_next_upgrade(become, own_database):
    as_owner("CREATE SCHEMA more", own_database)
    tables = {"later", "more.later"}
    for table in tables:
        as_owner(f"CREATE TABLE {table} (id bigint, organisation_id bigint)", own_database)
    become(settings.DATABASE_OWNER_URL)
    build.build(RUNTIME)
    assert tables <= build.walled()
    assert {(table, "portal_own_organisations_all") for table in tables} <= build.standing().keys()


def test_an_upgrade_leaves_tables_counted_and_clean(become, own_database):
    as_owner("CREATE TABLE later AS SELECT n FROM generate_series(1, 50) n", own_database)
    become(settings.DATABASE_OWNER_URL)
    tidy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'later'")
        assert cursor.fetchone() == (50,)


def test_putting_the_walls_up_twice_changes_nothing(become):
    become(settings.DATABASE_OWNER_URL)
    before = build.standing()
    build.build(RUNTIME)
    assert build.standing() == before


@pytest.mark.parametrize(
    ("url", "danger"),
    [("DATABASE_OWNER_URL", "owns tables"), ("DATABASE_BACKUP_URL", "has BYPASSRLS")],
)
def test_a_role_that_goes_round_the_walls_serves_nobody(become, url, danger):
    become(getattr(settings, url))
    with pytest.raises(SystemCheckError, match=danger):
        call_command("check", tags=[checks.TAG], deploy=True, fail_level="ERROR")
    checks.KNOWN["stand"] = False
    with pytest.raises(SystemCheckError, match=danger):
        call_command("worker")


def test_the_web_server_does_not_start_as_the_owner(own_database):
    owner = conninfo_to_dict(settings.DATABASE_OWNER_URL) | {"dbname": own_database}
    env = os.environ | {"DATABASE_URL": make_conninfo(**owner)}
    command = [sys.executable, "-c", "import ngo_portal.wsgi"]
    result = subprocess.run(command, env=env, capture_output=True, text=True)
    assert result.returncode != 0
    assert "must not run as a database role that owns tables" in result.stderr


def test_a_database_that_is_down_is_asked_again(monkeypatch, own_database):
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    monkeypatch.setitem(checks.KNOWN, "stand", False)
    connection.close()
    assert keys(checks.check_walls(None)) == {"walls.W001"}
    assert not checks.KNOWN["stand"]


def test_a_data_migration_outside_touches_no_row_and_says_nothing(become):
    make_site(), make_site()
    become(settings.DATABASE_OWNER_URL)
    assert Site.objects.update(capacity=1) == 0
    with connection.schema_editor() as editor, every_organisation(editor) as expect:
        expect(Site.objects.update(capacity=1), Site)
        with pytest.raises(ImproperlyConfigured, match="1 of 2 rows of programs_site"):
            expect(Site.objects.order_by("pk")[:1].count(), Site)
    assert Site.objects.count() == 0


@pytest.mark.parametrize(
    "question",
    [
        "portal_works_elsewhere(gen_random_uuid(), '{}', current_date)",
        "portal_shares_all(gen_random_uuid(), gen_random_uuid(), current_date)",
    ],
)
def test_nobody_else_asks_through_the_functions(become, own_database, question):
    become(settings.DATABASE_AUDITOR_URL)
    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SELECT {question}")


def test_not_even_the_owner_of_the_tables_deletes_a_role(become, own_database):
    """A right that the runtime role lacks is given back by one line; a trigger stays."""
    held = make_user().memberships.get()
    become(settings.DATABASE_OWNER_URL)
    cursor = connection.cursor()
    cursor.execute("SET portal.every_organisation = on")
    with pytest.raises(ValidationError, match="end it instead") as told, explained():
        cursor.execute("DELETE FROM accounts_membership WHERE id = %s", [held.pk])
    assert told.value.code == "accounts_membership_stays"


def test_a_worker_has_time_limits_of_its_own(own_database):
    env = os.environ | {"PORTAL_PROCESS": "worker"}
    script = (
        "import django; django.setup();"
        "from django.db import connection as c; cursor = c.cursor();"
        "cursor.execute('SHOW statement_timeout'); print(cursor.fetchone()[0])"
    )
    result = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True)
    assert result.stdout.strip() == "10min"
    with psycopg.connect(os.environ["DATABASE_URL"]) as session:
        assert session.execute("SHOW statement_timeout").fetchone() == ("15s",)
