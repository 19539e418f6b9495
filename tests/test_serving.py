"""The real server: what never becomes a request is answered in our words, and nothing is told."""

import signal
import socket
import subprocess
import sys
import time

import pytest

from ngo_portal.headers import HEADERS

APPLICATION = """
import time
def application(environ, start):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(2)
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"done"]
"""


@pytest.fixture
def server(tmp_path):
    """gunicorn with the portal's settings, over an application of three lines."""
    (tmp_path / "tiny.py").write_text(APPLICATION)
    place = tmp_path / "socket"
    log = tmp_path / "log"
    arguments = ["--config=python:ngo_portal.serving", f"--bind=unix:{place}", "--workers=1"]
    command = [sys.executable, "-m", "gunicorn", f"--pythonpath={tmp_path}", *arguments]
    with log.open("wb") as file:
        process = subprocess.Popen([*command, "tiny:application"], stderr=file)
    deadline = time.monotonic() + 20
    while not place.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield process, place, log
    process.terminate()
    process.wait(20)


def connect(place) -> socket.socket:
    found = socket.socket(socket.AF_UNIX)
    found.settimeout(20)
    found.connect(str(place))
    return found


def told(found: socket.socket) -> str:
    parts = []
    while part := found.recv(65536):
        parts.append(part)
    return b"".join(parts).decode()


def ask(place, request: bytes) -> str:
    with connect(place) as found:
        found.sendall(request)
        return told(found)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"Asha Kumari\r\n\r\n", "400"),
        (b"GET /?q=Asha HTTP/9.9\r\n\r\n", "400"),
        (b"GET /" + b"Asha" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", "431"),
    ],
    ids=["no request", "no version", "too long an address", "too long a header"],
)
def test_what_is_no_request_is_refused_in_both_languages(server, request_line, status):
    _process, place, log = server
    answer = ask(place, request_line)
    assert answer.startswith(f"HTTP/1.1 {status}")
    assert "n’a pas pu être lue" in answer
    assert "could not be read" in answer
    assert [name for name, value in HEADERS.items() if f"{name}: {value}" not in answer] == []
    assert "gunicorn" not in answer
    assert "Asha" not in answer + log.read_text()


def test_the_server_does_not_say_what_it_is(server):
    answer = ask(server[1], b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
    assert "done" in answer
    assert "Server: portal" in answer


def test_a_request_that_runs_is_finished_when_the_server_stops(server):
    process, place, _log = server
    with connect(place) as slow:
        slow.sendall(b"GET /slow HTTP/1.0\r\nHost: x\r\n\r\n")
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert "done" in told(slow)
    assert process.wait(20) == 0
