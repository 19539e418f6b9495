"""Rules, rights and roles altered by hand are named at the start."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from audit.walls import catalogue, checks, sealed
from audit.walls.catalogue import Rule
from ngo_portal.launch import databases
from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.home import is_installed
from ngo_portal.launch.postgres import SUPERUSER
from tests.conftest import as_owner

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


@pytest.mark.parametrize("named", ALTERED)
def test_a_rule_altered_by_hand_is_named_at_the_start(own_database, named):
    as_owner(ALTERED[named], own_database)
    (said,) = [error.msg for error in checks.wall_errors() if error.id == "walls.E011"]
    assert said.partition(": ")[2].startswith(named)


def test_a_right_given_or_taken_by_hand_is_named_at_the_start(own_database):
    did([*GIVEN.values(), LATER], own_database)
    (error,) = checks.wall_errors()
    names = set(error.msg.removesuffix(".").partition(": ")[2].split(", "))
    (later,) = names - GIVEN.keys()
    assert names == {*GIVEN, later}
    assert later.startswith("right UPDATE on later TABLES made by ROLE ")


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
