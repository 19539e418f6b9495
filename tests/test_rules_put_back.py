"""An upgrade puts back what was altered by hand, or stops: nothing is sealed in silence."""

import io
import os

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from psycopg import sql

from accounts.models import Membership
from audit.walls import checks, sealed
from audit.walls.catalogue import Rule
from ngo_portal.management.commands.upgrade import Command, grant
from programs.models import Site
from tests.conftest import as_owner
from tests.factories import make_organisation, make_site, make_user
from tests.test_sealed_rules import ALTERED, GIVEN, LATER, OPENED, RUNTIME, did


def forge(seal: str, database: str) -> None:
    as_owner(sql.SQL(sealed.KEEP).format(sql.Literal(seal)).as_string(), database)


@pytest.fixture
def upgrade(become):
    """What an upgrade does about rules, as the owner; returns what it says."""

    def run(**options) -> str:
        become(settings.DATABASE_OWNER_URL)
        said = io.StringIO()
        Command(stderr=said).mend(**options)
        return said.getvalue()

    return run


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
    for said in (
        "constraint site_country_format of programs_site\n",
        "ALTER TABLE programs_site ADD CONSTRAINT site_country_format CHECK",
        "is violated by some row",
        'make manage ARGS="upgrade --accept-rules"',
    ):
        assert said in str(refused.value)
    assert sealed.altered() == altered
    assert "accepted" in upgrade(accept=True)
    grant(RUNTIME, anew=True)
    become(os.environ["DATABASE_URL"])
    (error,) = checks.wall_errors()  # what the code asks for is still missing
    assert error.id == "walls.E010"


def test_the_command_builds_anew_what_it_does_not_know(real_ledger):
    """A policy opened under the mark of its text, in a database whose seal is gone."""
    make_user(None)
    as_owner(OPENED, real_ledger)
    forge("", real_ledger)
    before = connection.settings_dict.copy()
    try:
        call_command("upgrade", "--accept-rules", verbosity=0, stderr=io.StringIO())
    finally:
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(before)
    assert checks.wall_errors() == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT qual FROM pg_policies WHERE tablename = 'programs_site'"
            " AND policyname = 'portal_own_organisations_all'"
        )
        assert "portal.organisations" in cursor.fetchone()[0]


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
    forge(forged, own_database)
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
    forge('{"of": "before"}', own_database)
    assert upgrade(unsealed=True) == "No upgrade has sealed these rules: accepted as they are.\n"


def test_a_new_database_has_nothing_to_compare_with(upgrade, own_database):
    forge("", own_database)
    assert upgrade() == ""
