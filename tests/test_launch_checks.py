"""What is refused before anything is changed, in words that say what to do."""

import errno
import importlib.util
import socket

import pytest

from ngo_portal.launch import checks, commands
from ngo_portal.launch.console import RefusalError


@pytest.fixture
def taken_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_taken_port_gives_the_next_free_one(taken_port):
    assert taken_port < checks.choose_port(taken_port) < taken_port + checks.PORTS_TRIED


def test_no_free_port_is_refused(monkeypatch):
    monkeypatch.setattr(checks, "port_is_free", lambda port: False)
    with pytest.raises(RefusalError, match="PORT=9000 make demo"):
        checks.choose_port(8000)


def test_a_disk_that_would_fill_up_is_refused(tmp_path):
    with pytest.raises(RefusalError, match="Too little disk space"):
        checks.enough_room(tmp_path, 10**18)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("OSError: [Errno 28] No space left on device", checks.FULL_DISK_TEXT),
        ("npm error code ENOSPC", checks.FULL_DISK_TEXT),
        ("psycopg.errors.DiskFull: could not extend file", checks.FULL_DISK_TEXT),
        ("Temporary failure in name resolution", checks.OFFLINE_TEXT),
        ("npm error code EAI_AGAIN", checks.OFFLINE_TEXT),
    ],
)
def test_a_failed_command_says_what_happened(tmp_path, output, expected):
    assert expected in checks.explain_output(output, "It failed.", tmp_path / "log")


def test_an_unknown_failure_shows_the_end_of_its_log(tmp_path):
    log = tmp_path / "setup.log"
    log.write_text("".join(f"line {n}\n" for n in range(100)))
    text = checks.explain_output("line 99", "It failed.", log)
    assert "line 99" in text
    assert "line 1\n" not in text


def test_a_python_without_venv_is_recognised(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not checks.venv_module_present()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RefusalError("Do this."), "✗ Do this."),
        (OSError(errno.ENOSPC, "No space left on device"), checks.FULL_DISK_TEXT),
    ],
)
def test_a_refusal_is_one_message_and_an_exit_code(monkeypatch, capsys, error, message):
    def refuse(name, arguments):
        raise error

    monkeypatch.setattr(commands, "setup_console", lambda: None)
    monkeypatch.setattr(commands, "stop_on_signals", lambda: None)
    monkeypatch.setattr(commands, "in_environment", refuse)
    assert commands.main(["demo"]) == 1
    assert message in capsys.readouterr().err


def test_an_unknown_command_prints_the_known_ones(monkeypatch, capsys):
    monkeypatch.setattr(commands, "setup_console", lambda: None)
    assert commands.main(["dmeo"]) == 2
    printed = capsys.readouterr().err
    assert all(f"  {name} " in printed for name in commands.COMMANDS)


def test_an_upgrade_of_production_names_what_is_not_set(monkeypatch):
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(RefusalError, match="Not set: DATABASE_OWNER_URL"):
        commands.upgrade([])
