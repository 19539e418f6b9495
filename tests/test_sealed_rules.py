"""Rules altered by hand are named at the start, put back by an upgrade, never sealed in silence."""

import io
import os

import psycopg
import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from accounts.models import Membership
from audit.walls import catalogue, checks, sealed
from audit.walls.catalogue import Rule
from ngo_portal.launch import databases
from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.home import is_installed
from ngo_portal.launch.postgres import SUPERUSER
from ngo_portal.management.commands.upgrade import Command, grant
from programs.models import Site
from tests.conftest import as_owner
from tests.factories import make_organisation, make_site, make_user

RUNTIME = settings.DATABASES["default"]["USER"]
AUDITOR = conninfo_to_dict(settings.DATABASE_AUDITOR_URL)["user"]
EMPTIED = """
DO $$ BEGIN
    EXECUTE 'CREATE OR REPLACE FUNCTION ' || (
        SELECT tgfoid::regproc FROM pg_trigger
        WHERE tgrelid = 'accounts_membership'::regclass AND tgname ~ 'dates_the_right'
    ) || '() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN NEW; END $f$';
END $$
"""
ALWAYS_YES = """
CREATE OR REPLACE FUNCTION portal_works_elsewhere(person uuid, than bigint[], today date)
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS 'SELECT true'
"""
OPENED = "ALTER POLICY portal_own_organisations_all ON programs_site USING (true)"
# What it is named, and what somebody did by hand.
ALTERED = {
    "policy portal_own_organisations_all of programs_site": OPENED,
    "function pgtrigger_dates_the_right": EMPTIED,
    "constraint membership_not_self_granted of accounts_membership": (
        "ALTER TABLE accounts_membership DROP CONSTRAINT membership_not_self_granted,"
        " ADD CONSTRAINT membership_not_self_granted CHECK (true)"
    ),
    "function portal_works_elsewhere(uuid,bigint[],date)": ALWAYS_YES,
    "constraint countreport_one_open of beneficiaries_countreport": (
        "DROP INDEX countreport_one_open; "
        "CREATE UNIQUE INDEX countreport_one_open ON beneficiaries_countreport (id)"
    ),
    "constraint NOT NULL day of beneficiaries_tallysheet": (
        "ALTER TABLE beneficiaries_tallysheet ALTER day DROP NOT NULL"
    ),
    "rule quiet of accounts_userevent": (
        "CREATE RULE quiet AS ON INSERT TO accounts_userevent DO INSTEAD NOTHING"
    ),
    "row security of ledger.entry": "ALTER TABLE ledger.entry DISABLE ROW LEVEL SECURITY",
    "trigger kept of ledger.seal": "DROP TRIGGER kept ON ledger.seal",
    "trigger never_emptied of ledger.entry": (
        "ALTER TABLE ledger.entry DISABLE TRIGGER never_emptied"
    ),
    "trigger more of programs_site": (
        "CREATE TRIGGER more AFTER INSERT ON programs_site"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
}
GIVEN = {
    f"right DELETE on TABLE accounts_membership of {RUNTIME}": (
        f"GRANT DELETE ON accounts_membership TO {RUNTIME}"
    ),
    f"right UPDATE on TABLE ledger.entry of {RUNTIME}": (
        f"GRANT UPDATE ON ledger.entry TO {RUNTIME}"
    ),
    f"right UPDATE (email) on TABLE accounts_user of {AUDITOR}": (
        f"GRANT UPDATE (email) ON accounts_user TO {AUDITOR}"
    ),
    f"right SELECT on TABLE ledger.entry of {AUDITOR}": (
        f"GRANT SELECT ON ledger.entry TO {AUDITOR} WITH GRANT OPTION"
    ),
    f"right INSERT on TABLE programs_site of {RUNTIME}": (
        f"REVOKE INSERT ON programs_site FROM {RUNTIME}"
    ),
    "right SELECT on TABLE accounts_user of PUBLIC": "GRANT SELECT ON accounts_user TO PUBLIC",
    f"right CREATE on SCHEMA ledger of {RUNTIME}": f"GRANT CREATE ON SCHEMA ledger TO {RUNTIME}",
    "right EXECUTE on FUNCTION portal_is_used(bigint,bigint[]) of PUBLIC": (
        "GRANT EXECUTE ON FUNCTION portal_is_used TO PUBLIC"
    ),
    f"right CREATE on DATABASE of {RUNTIME}": (
        "DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO "
        f"{RUNTIME}', current_database()); END $$"
    ),
}
LATER = f"ALTER DEFAULT PRIVILEGES IN SCHEMA ledger GRANT UPDATE ON TABLES TO {RUNTIME}"


def did(statements, database: str) -> None:
    for statement in statements:
        as_owner(statement, database)


@pytest.fixture
def upgrade(become):
    """What an upgrade does about rules, as the owner; returns what it says."""

    def run(**options) -> str:
        become(settings.DATABASE_OWNER_URL)
        said = io.StringIO()
        Command(stderr=said).mend(**options)
        return said.getvalue()

    return run


@pytest.mark.parametrize("named", ALTERED)
def test_a_rule_altered_by_hand_is_named_at_the_start(own_database, named):
    as_owner(ALTERED[named], own_database)
    (said,) = [error.msg for error in checks.wall_errors() if error.id == "walls.E011"]
    assert said.partition(": ")[2].startswith(named)


def test_a_right_given_or_taken_by_hand_is_named_at_the_start(own_database):
    did([*GIVEN.values(), LATER], own_database)
    (error,) = checks.wall_errors()
    names = error.msg.removesuffix(".").partition(": ")[2].split(", ")
    later = [name for name in names if " on later TABLES " in name]
    assert sorted(GIVEN) == sorted(set(names) - set(later))
    assert len(later) == 1
    assert later[0].startswith("right UPDATE on later TABLES made by ROLE ")


def test_rights_of_every_table_are_looked_at(own_database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'ledger')")
        (tables,) = cursor.fetchone()
    as_owner(f"GRANT TRIGGER ON ALL TABLES IN SCHEMA public, ledger TO {AUDITOR}", own_database)
    assert len(sealed.altered()) == tables > 80


def test_what_matters_of_roles_is_looked_at(own_database):
    """As the keeper of the server, in a transaction that never ends."""
    if not is_installed(HERE):
        pytest.skip("The tests' server has a keeper of its own.")
    cluster = databases.test_cluster(HERE)
    keeper = make_conninfo(
        settings.DATABASE_OWNER_URL,
        dbname=own_database,
        user=SUPERUSER,
        password=cluster.password(SUPERUSER),
    )
    with psycopg.connect(keeper) as session:
        for statement in (
            "ALTER ROLE portal_auditor BYPASSRLS",
            "ALTER ROLE portal_backup SUPERUSER",
            "GRANT portal_owner TO portal_sealer",
            "CREATE ROLE stranger LOGIN BYPASSRLS",
            "ALTER ROLE portal_app SET session_replication_role = replica",
            "ALTER ROLE portal_app SET work_mem = '64MB'",
        ):
            session.execute(statement)
        rows = session.execute(catalogue.RULES).fetchall()
        session.rollback()
    found = {name.replace(f" {catalogue.DATABASE}", ""): Rule(s, m, g) for s, name, m, g in rows}
    assert sealed.altered(found) == [
        "membership of portal_backup in pg_read_all_data",
        "membership of portal_sealer in portal_owner",
        "role portal_auditor",
        "role portal_backup",
        "role stranger",
        "setting default_transaction_read_only of ROLE portal_backup",
        "setting session_replication_role of ROLE portal_app",
    ]


def test_an_upgrade_puts_back_what_was_altered(upgrade, become, own_database):
    did([*ALTERED.values(), *GIVEN.values(), LATER], own_database)
    said = upgrade()
    for named in (*ALTERED, *GIVEN):
        assert named in said
    assert "They are put back" in said
    assert sealed.altered() == []
    assert upgrade() == ""
    grant(RUNTIME)
    become(os.environ["DATABASE_URL"])
    assert checks.wall_errors() == []


def test_a_right_given_by_hand_is_gone_after_an_upgrade(upgrade, become, own_database):
    make_user("coordinator")
    did([f"GRANT DELETE ON accounts_membership TO {RUNTIME}"], own_database)
    upgrade()
    become(os.environ["DATABASE_URL"])
    with pytest.raises(DatabaseError, match="permission denied"):
        Membership.objects.all()._raw_delete("default")


def test_what_cannot_be_put_back_is_refused_with_the_statement(upgrade, become, own_database):
    """Rows that break the rule meanwhile: nothing is put back, nothing is sealed."""
    site = make_site(make_organisation())
    as_owner("ALTER TABLE programs_site DROP CONSTRAINT site_country_format", own_database)
    Site.objects.filter(pk=site.pk).update(country="?")
    make_user(None)
    as_owner(OPENED, own_database)
    altered = sealed.altered()
    with pytest.raises(CommandError) as refused:
        upgrade()
    said = str(refused.value)
    assert "constraint site_country_format of programs_site\n" in said
    assert "ALTER TABLE programs_site ADD CONSTRAINT site_country_format CHECK" in said
    assert "is violated by some row" in said
    assert 'make manage ARGS="upgrade --accept-rules"' in said
    assert sealed.altered() == altered
    assert "accepted" in upgrade(accept=True)
    grant(RUNTIME, anew=True)
    become(os.environ["DATABASE_URL"])
    (error,) = checks.wall_errors()  # what the code asks for is still missing
    assert error.id == "walls.E010"


def test_a_role_is_put_back_by_the_keeper_of_the_server(upgrade, monkeypatch):
    was = {"role portal_sealer": Rule(9, "ALTER ROLE portal_sealer BYPASSRLS")}
    kept = sealed.kept
    monkeypatch.setattr(sealed, "kept", lambda: kept() | was)
    with pytest.raises(CommandError, match="ALTER ROLE portal_sealer BYPASSRLS;\n *permission"):
        upgrade()


@pytest.mark.parametrize("forged", ["", "{}", "AAAA", "é"])
def test_whoever_owns_the_database_cannot_seal_what_they_altered(
    upgrade, own_database, monkeypatch, forged
):
    make_user(None)
    as_owner(OPENED, own_database)
    as_owner(sql.SQL(sealed.KEEP).format(sql.Literal(forged)).as_string(), own_database)
    (error,) = checks.wall_errors()
    assert error.id == "walls.E011"
    monkeypatch.setattr(settings, "DEMO", False)
    with pytest.raises(CommandError, match="(?s)Nothing tells whether.*OWNER=1 portal-manage"):
        upgrade()
    assert "accepted as they are" in upgrade(accept=True)


def test_a_database_of_before_is_accepted_only_where_nothing_was_sealed(upgrade, own_database):
    """What `make demo` asks for: a rule that differs from a seal is put back all the same."""
    make_user(None)
    as_owner(OPENED, own_database)
    assert "They are put back" in upgrade(unsealed=True)
    as_owner(sql.SQL(sealed.KEEP).format(sql.Literal('{"of": "before"}')).as_string(), own_database)
    assert upgrade(unsealed=True) == "No upgrade has sealed these rules: accepted as they are.\n"


def test_a_new_database_has_nothing_to_compare_with(upgrade, own_database):
    as_owner(sql.SQL(sealed.KEEP).format(sql.Literal("")).as_string(), own_database)
    assert upgrade() == ""
