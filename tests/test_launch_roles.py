"""The database roles, on the person's own server and on ours."""

import os
from types import SimpleNamespace

import pytest

from ngo_portal.launch import addresses, databases, roles
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError


@pytest.fixture
def here(tmp_path):
    checkout = Checkout(tmp_path)
    checkout.make_local()
    return checkout


def parts_of(variable):
    return addresses.parse(os.environ[variable], variable)


def test_the_runtime_role_may_do_nothing_special():
    rights = roles.rights_of(roles.RUNTIME)
    sql = roles.role_sql("portal_app", rights, "SCRAM", exists=False)
    assert sql.startswith('CREATE ROLE "portal_app" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE')
    assert "NOBYPASSRLS" in sql


def test_an_existing_role_is_altered():
    assert roles.role_sql("a", "LOGIN", "x", exists=True).startswith('ALTER ROLE "a" LOGIN')


def test_names_and_texts_are_quoted():
    sql = roles.role_sql('o"wner', "LOGIN", "it's", exists=False)
    assert sql == """CREATE ROLE "o""wner" LOGIN PASSWORD 'it''s'"""


@pytest.mark.parametrize("version", [140_012, 90_624])
def test_an_old_server_is_refused(version):
    connection = SimpleNamespace(info=SimpleNamespace(server_version=version))
    with pytest.raises(RefusalError, match=f"version {version // 10_000}; the portal needs 15"):
        roles.check_version(connection)


def test_an_unreachable_server_is_refused_without_the_password():
    parts = {"host": "127.0.0.1", "port": "1", "user": "owner", "password": "hidden-word"}
    with pytest.raises(RefusalError, match="does not answer at postgresql://owner@") as refusal:
        roles.connect(parts)
    assert "hidden-word" not in str(refusal.value)


def test_a_role_that_does_not_own_the_database_is_refused(here):
    given = {roles.OWNER: parts_of("DATABASE_URL")}
    with pytest.raises(RefusalError, match="does not own the database"):
        roles.prepare_server(here, given, for_tests=False)


def test_given_addresses_are_taken_as_they_are(here):
    given = {role: parts_of(variable) for role, variable in roles.VARIABLES.items()}
    assert roles.prepare_server(here, given, for_tests=True) == given


def test_an_owner_who_may_not_create_roles_gets_the_sql_to_pass_on(here):
    owner = parts_of("DATABASE_OWNER_URL")
    with roles.connect(owner) as connection:
        rights = "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        if connection.execute(rights).fetchone()[0]:
            pytest.skip("this owner may create roles")
    with pytest.raises(RefusalError, match="may not create the portal's other") as refusal:
        roles.prepare_server(here, {roles.OWNER: owner}, for_tests=False)
    for name in ("app", "auditor", "sealer", "backup"):
        assert f'CREATE ROLE "{owner["user"]}_{name}" LOGIN' in str(refusal.value)
    assert f'GRANT pg_read_all_data TO "{owner["user"]}_backup"' in str(refusal.value)
    assert "SCRAM-SHA-256$" in str(refusal.value)


@pytest.mark.parametrize("role", roles.SERVANTS)
def test_no_servant_has_more_rights_than_its_work_takes(role):
    flags = (
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,"
        " pg_has_role(rolname, 'pg_read_all_data', 'MEMBER'),"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    with roles.connect(parts_of(roles.VARIABLES[role])) as connection:
        found = connection.execute(flags).fetchone()
    reads_all = role == roles.BACKUP
    assert found == (False, False, False, reads_all, reads_all, False)


def test_the_backup_role_only_reads():
    with roles.connect(parts_of("DATABASE_BACKUP_URL")) as connection:
        found = connection.execute("SHOW default_transaction_read_only").fetchone()
    assert found == ("on",)


def test_the_address_of_a_servant_alone_names_no_server(monkeypatch):
    for name in (databases.MARK, "DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_BACKUP_URL", "postgresql://localhost/portal")
    assert databases.named_server() == {}


def test_what_env_printed_is_not_taken_for_a_server_of_ones_own(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/portal")
    for name in set(roles.VARIABLES.values()) - {"DATABASE_URL"}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(databases.MARK, "1")
    assert databases.named_server() == {}
    monkeypatch.delenv(databases.MARK)
    assert databases.named_server() == {"DATABASE_URL": "postgresql://localhost/portal"}
