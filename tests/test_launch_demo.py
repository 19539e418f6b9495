"""The demonstration runs once, ends whole, and says why when it cannot go on."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from ngo_portal.launch import databases, demo, roles, suite
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError
from ngo_portal.launch.processes import command_of

PARENT_OF_A_SLEEPER = """
import subprocess, time
from ngo_portal.launch.processes import end_with_parent
child = subprocess.Popen(["sleep", "60"], preexec_fn=end_with_parent())
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def here(tmp_path):
    checkout = Checkout(tmp_path)
    checkout.make_local()
    return checkout


def sleeper():
    return subprocess.Popen(["sleep", "60"])


def test_a_second_demonstration_is_told_where_the_first_is(here):
    with demo.only_one(here) as lock:
        demo.write_lock(lock, {"pid": 1, "address": "http://localhost:8123"})
        with (
            pytest.raises(RefusalError, match="already runs .*localhost:8123"),
            demo.only_one(here),
        ):
            pass


def test_a_lock_left_by_a_killed_demonstration_blocks_nobody(here):
    (here.local / "demo.lock").write_text('{"pid": 1, "address": "http://localhost:8123"}')
    with demo.only_one(here) as lock:
        assert demo.read_lock(lock) == {"pid": os.getpid()}


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(RefusalError, match="is not a port number"):
        demo.wanted_port()


def test_web_server_and_worker_never_get_the_owners_password():
    env = {variable: role for role, variable in roles.VARIABLES.items()}
    env[databases.SEAL_KEY] = "/a/file"
    served = demo.serving_environment(env, "http://localhost:8123")
    assert served == {
        "DATABASE_URL": "portal_app",
        "DATABASE_AUDITOR_URL": "portal_auditor",
        "PORTAL_ORIGIN": "http://localhost:8123",
    }


def test_leftovers_that_are_not_ours_are_left_alone(here):
    stranger = sleeper()
    (here.local / "parts.json").write_text(json.dumps([stranger.pid]))
    demo.end_leftovers(here)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_part_that_ends_by_itself_is_named_with_the_end_of_its_log(here):
    log = here.log("worker")
    log.write_text("the last words\n")
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(3)"])
    process.wait()
    part = demo.Part("worker", [], log, process)
    with pytest.raises(
        RefusalError, match="worker process ended by itself .code 3(.|\n)*the last words"
    ):
        demo.fail_if_ended([part])


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends children with their parent")
def test_a_child_does_not_outlive_a_killed_parent():
    args = [sys.executable, "-c", PARENT_OF_A_SLEEPER]
    with subprocess.Popen(args, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while "sleep 60" in command_of(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "sleep 60" not in command_of(child)


def test_stopping_when_nothing_runs_says_so(here, capsys):
    assert demo.stop(here) == 0
    assert "No demonstration was running" in capsys.readouterr().err


def test_the_lock_is_held_only_while_its_file_is_open(here):
    with (here.local / "demo.lock").open("a+") as first:
        assert demo.locked(first)
        with (here.local / "demo.lock").open("a+") as second:
            assert not demo.locked(second)
        fcntl.flock(first, fcntl.LOCK_UN)


def test_deployment_is_checked_as_in_production(here):
    title, command, more = suite.checks(here)[-1]
    env = suite.changed({"PORTAL_DEMO": "1", "KEPT": "1"}, more)
    assert (title, command[1]) == ("Deployment", "check")
    assert "PORTAL_DEMO" not in env
    assert env["KEPT"] == "1"
    assert len(env["SECRET_KEY"]) > 100


def test_a_missing_browser_is_said_aloud(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nonexistent")
    suite.warn_without_browser()
    assert "BROWSER TESTS ARE SKIPPED" in capsys.readouterr().err
