"""The ledger on the command line: seal, verify, purge, erase."""

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command

from audit.management.commands import seal

ROOT = Path(__file__).resolve().parent.parent
SEALER_ENV = re.compile(r"sealer\.env <<'END'\n(.*?)^END$", re.S | re.M)


@pytest.fixture
def key_file(ledger, tmp_path, settings):
    raw = ledger.key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    path = tmp_path / "seal-key"
    path.write_bytes(base64.urlsafe_b64encode(raw) + b"\n")
    settings.SEAL_KEY_FILE = str(path)
    return path


def test_what_is_sealed_verifies_until_it_is_touched(ledger, key_file, capsys):
    row = ledger.note(2)[0]
    call_command("seal")
    call_command("verify_ledger")
    assert "seal 1: 2 rows" in (said := capsys.readouterr().out)
    assert "Everything is as it was sealed." in said
    ledger.tamper(f"DELETE FROM ledger.entry WHERE id = {row}")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_ledger")
    assert ended.value.code == 1
    assert f"row {row} was removed" in capsys.readouterr().err


def test_the_head_that_is_printed_is_compared_with_the_key_kept_elsewhere(ledger, key_file, capsys):
    ledger.note()
    call_command("seal", head=True)
    head, key = (line.split()[1:] for line in capsys.readouterr().out.splitlines())
    call_command("verify_ledger", head=[head], key=[key[1]])
    with pytest.raises(SystemExit):
        call_command("verify_ledger", head=[[head[0], "0" * 64]], key=[key[1]])
    with pytest.raises(CommandError, match="A head is a number"):
        call_command("verify_ledger", key=["nonsense"])


def test_an_erasure_and_a_purge_name_what_they_did(ledger, key_file, capsys):
    ledger.note(shown=["p1"])
    call_command("erase_entries", "person:p1", reason="Asked for")
    call_command("purge_ledger")
    said = capsys.readouterr().out
    assert "1 entries emptied." in said
    assert "0 entries deleted." in said
    with pytest.raises(CommandError, match="TYPE:ID"):
        call_command("erase_entries", "p1", reason="Asked for")


@pytest.mark.parametrize(
    ("command", "address"),
    [
        ("seal", "DATABASE_SEALER_URL"),
        ("verify_ledger", "DATABASE_AUDITOR_URL"),
        ("purge_ledger", "DATABASE_OWNER_URL"),
    ],
)
def test_a_command_without_its_role_says_which(settings, command, address):
    setattr(settings, address, "")
    with pytest.raises(CommandError, match=address):
        call_command(command)


def test_sealing_without_a_key_says_so(ledger, settings):
    settings.SEAL_KEY_FILE = ""
    with pytest.raises(Exception, match="PORTAL_SEAL_KEY_FILE"):
        call_command("seal")


def test_the_sealer_asks_for_nothing_more_than_its_installation_gives():
    """It starts with the settings that docs/administrators/deploy.md writes, the portal's not."""
    guide = (ROOT / "docs" / "administrators" / "deploy.md").read_text(encoding="utf-8")
    lines = SEALER_ENV.search(guide)[1].splitlines()
    asked = subprocess.run(
        [sys.executable, "manage.py", "seal"],
        cwd=ROOT,
        env=dict(line.split("=", 1) for line in lines),
        capture_output=True,
        text=True,
    )
    assert "The sealing key cannot be read from /etc/ngo-portal-sealer/key" in asked.stderr


def test_a_sealer_goes_on_after_the_database_was_away(ledger, monkeypatch):
    ledger.note()
    tries = iter([True, False])
    connect = seal.connected

    def connected():
        if next(tries):
            raise seal.psycopg.OperationalError
        return connect()

    class Stop:
        is_set = iter([False, False, False, True, True]).__next__

        def wait(self, seconds):
            pass

    monkeypatch.setattr(seal, "connected", connected)
    monkeypatch.setattr(seal.threading, "Event", Stop)
    command = seal.Command()
    command.key = ledger.key
    command.go_on(60)
    assert ledger.verify().seals == 1
