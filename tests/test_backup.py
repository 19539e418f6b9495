"""Backups: encrypted to others, whole or absent, restored and compared, thinned out."""

import datetime as dt
import io

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from audit.models import JournalEntry
from audit.walls import sealed
from ngo_portal.backup import archive, making, restoring
from ngo_portal.backup.refusal import RefusalError
from programs.models import Organisation
from tests.backups import IDENTITY, PAIR, as_owner_of, backup_of, compared, restored
from tests.factories import make_organisation, make_user

SITE = "public.programs_site"
NIGHT = dt.datetime(2027, 1, 31, 2, 30, tzinfo=dt.UTC)


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "agreement").write_bytes(b"canary of a file")
    return folder


@pytest.fixture
def made(own_database, tmp_path, files):
    """A backup of a database that holds one organisation."""
    make_organisation("Canary of a row")
    return backup_of(own_database, tmp_path / "backups", files)


def test_a_restored_backup_differs_in_nothing(made):
    with restored(made) as (saved, name):
        assert compared(saved, name) == []
        assert restoring.changed_files(saved) == []
        assert saved.facts["tables"]["public.programs_organisation"][0] == 1


def test_the_rules_of_a_restored_backup_are_those_that_were_sealed(made, monkeypatch):
    with restored(made) as (_saved, name):
        connection.close()
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        altered = sealed.altered()
        connection.close()
        monkeypatch.undo()
    assert altered == []


def test_nothing_is_readable_without_the_secret_key(made, tmp_path):
    data = made.path.read_bytes()
    assert b"anary" not in data
    assert b"CREATE TABLE" not in data
    stranger = str(archive.pyrage.x25519.Identity.generate())
    with pytest.raises(RefusalError, match="does not open"), restoring.opened(made.path, stranger):
        pass


def test_rows_written_meanwhile_make_no_difference(own_database, tmp_path, files, monkeypatch):
    dump = making._dump

    def dump_while_others_write(*arguments):
        make_organisation("Comes too late")
        dump(*arguments)
        Organisation.objects.update(country="KH")

    monkeypatch.setattr(making, "_dump", dump_while_others_write)
    make_organisation()
    with restored(backup_of(own_database, tmp_path, files)) as (saved, name):
        assert compared(saved, name) == []


def test_whatever_differs_is_named(made):
    with restored(made) as (saved, name):
        trigger = next(
            row[1].rpartition(".")[2]
            for row in saved.facts["schema"]
            if row[1].startswith("public.programs_organisation.pgtrigger_counts_revisions")
        )
        wall = [row for row in saved.facts["schema"] if row[:2] == ["row security", SITE]]
        wall[0][2] = "as it never was"
        saved.facts["sequences"]["public.programs_site_id_seq"] = 10**9
        as_owner_of(
            name,
            "SELECT set_config('portal.every_organisation', 'on', true)",
            "UPDATE programs_organisation SET country = 'KH'",
            "DELETE FROM auth_permission WHERE codename = 'add_site'",
            f"DROP TRIGGER {trigger} ON programs_organisation",
            "CREATE POLICY open ON programs_site USING (true)",
            "GRANT TRUNCATE ON programs_site TO portal_app",
            "ALTER TABLE programs_site DROP COLUMN zone_fr CASCADE",
            "DROP TABLE programs_organisationyear CASCADE",
        )
        said = compared(saved, name)
    for expected in (
        "table public.programs_organisation: 1 rows, their content differs",
        "table public.programs_organisationyear: missing",
        f"trigger public.programs_organisation.{trigger}: missing",
        f"policy {SITE}.open: new",
        f"grant table {SITE} to portal_app: differs",
        f"column {SITE}.zone_fr: missing",
        f"row security {SITE}: differs",
        "sequence public.programs_site_id_seq: below the 1000000000 it had reached",
    ):
        assert expected in said
    assert any(line.startswith("table public.auth_permission: ") for line in said)


def test_without_a_recipient_nothing_is_saved(own_database, tmp_path, files):
    with pytest.raises(RefusalError, match="PORTAL_BACKUP_RECIPIENTS is not set"):
        making.make(url=settings.DATABASE_BACKUP_URL, files=files, folder=tmp_path, keys=" ")
    assert not list(tmp_path.glob("portal-*"))


@pytest.mark.parametrize(
    ("keys", "said"),
    [("age1nonsense", "no public key"), (str(PAIR), "holds a secret key")],
    ids=["nonsense", "a secret key"],
)
def test_a_recipient_that_is_no_public_key_is_refused(keys, said):
    with pytest.raises(RefusalError, match=said) as caught:
        archive.recipients(keys)
    assert str(PAIR) not in str(caught.value)


def test_a_role_that_row_level_security_blinds_is_refused(own_database, tmp_path, files):
    url = make_conninfo(settings.DATABASE_OWNER_URL, dbname=own_database)
    with pytest.raises(RefusalError, match="does not see every row"):
        making.make(url=url, files=files, folder=tmp_path, keys=str(PAIR.to_public()))


def test_an_interrupted_backup_leaves_nothing(own_database, tmp_path, files, monkeypatch):
    monkeypatch.setattr(making, "PASSING", ("x\x00",))
    folder = tmp_path / "backups"
    with pytest.raises(ValueError, match="null byte"):
        backup_of(own_database, folder, files)
    assert [path.name for path in folder.iterdir()] == [".lock"]


def test_a_dump_that_fails_says_why_and_leaves_nothing(own_database, tmp_path, files, monkeypatch):
    monkeypatch.setattr(making, "signed_in", lambda url: ("host=/nowhere", {}))
    with pytest.raises(RefusalError, match="pg_dump failed"):
        backup_of(own_database, tmp_path, files)
    assert not list(tmp_path.glob("portal-*"))


def test_a_damaged_backup_is_refused(made):
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    with (
        pytest.raises(RefusalError, match="SHA-256 differs"),
        restoring.opened(made.path, IDENTITY),
    ):
        pass
    made.path.with_name(f"{made.path.name}.sha256").unlink()
    with pytest.raises(RefusalError, match="damaged"), restoring.opened(made.path, IDENTITY):
        pass


def test_sessions_do_not_travel(own_database, tmp_path, files, client):
    client.get("/sign-in/")
    make_user()
    as_owner_of(
        own_database,
        "INSERT INTO django_session VALUES ('canary-of-a-session', 'x', now() + '1 hour')",
        "INSERT INTO usersessions_usersession"
        " (user_id, session_key, ip, user_agent, data, created_at, last_seen_at)"
        " SELECT id, 'canary', '192.0.2.1', '', '{}', now(), now() FROM accounts_user",
    )
    with restored(backup_of(own_database, tmp_path, files)) as (saved, name):
        assert compared(saved, name) == []
        for table in ("django_session", "usersessions_usersession"):
            assert saved.facts["tables"][f"public.{table}"] == [0, "0/0"]


def nights(tmp_path, number: int) -> list[str]:
    for night in range(number):
        name = making.NAME.format(NIGHT - dt.timedelta(days=night))
        (tmp_path / name).touch()
        (tmp_path / f"{name}.sha256").touch()
    (tmp_path / "a letter of somebody").touch()
    return sorted(path.name for path in tmp_path.glob("*.age"))


def test_older_backups_are_thinned_out(tmp_path):
    nights(tmp_path, 60)
    making.thin(tmp_path, days=7, weeks=4)
    left = sorted(making.made_at(path).date() for path in tmp_path.glob("*.age"))
    # The last seven days; then the last day of each of the three weeks before that one.
    assert left == [
        *[dt.date(2027, 1, day) for day in (10, 17, 24)],
        *[dt.date(2027, 1, day) for day in range(25, 32)],
    ]
    assert len(list(tmp_path.glob("*.sha256"))) == len(left)
    assert (tmp_path / "a letter of somebody").exists()


def test_the_newest_are_never_removed(tmp_path):
    nights(tmp_path, 5)
    making.thin(tmp_path, days=0, weeks=0)
    assert len(list(tmp_path.glob("*.age"))) == making.NEWEST


@pytest.fixture
def settled(settings, own_database, tmp_path, files):
    settings.DATABASE_BACKUP_URL = make_conninfo(settings.DATABASE_BACKUP_URL, dbname=own_database)
    settings.DATABASE_OWNER_URL = make_conninfo(settings.DATABASE_OWNER_URL, dbname=own_database)
    settings.BACKUP_DIR, settings.FILES_DIR = str(tmp_path / "backups"), str(files)
    settings.BACKUP_RECIPIENTS = str(PAIR.to_public())
    (tmp_path / "identity").write_text(IDENTITY)
    return settings


def test_the_commands_save_drill_and_restore(settled, tmp_path):
    make_organisation("Kept")
    said = io.StringIO()
    call_command("backup", stdout=said)
    assert JournalEntry.objects.filter(action="backup").exists()
    (path,) = (tmp_path / "backups").glob("*.age")
    key = f"--identity={tmp_path / 'identity'}"
    call_command("restore_drill", str(path), key, stdout=said)
    assert "No difference" in said.getvalue()
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", str(path), key)
    with restoring.scratch(settled.DATABASE_OWNER_URL) as name:
        for url in ("DATABASE_OWNER_URL", "DATABASE_BACKUP_URL"):
            setattr(settled, url, make_conninfo(getattr(settled, url), dbname=name))
        settled.FILES_DIR = str(tmp_path / "restored")
        call_command("restore", str(path), key, stdout=said)
    assert (tmp_path / "restored" / "agreement").read_bytes() == b"canary of a file"
