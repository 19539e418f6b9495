"""A database host that vanishes from the network is given up in seconds."""

import os
import socket
import threading
from contextlib import closing

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ngo_portal.database import VANISHED, database

ADDRESS = "postgresql://portal_app:secret@db.example.org/portal"


def test_every_connection_of_the_portal_has_its_limits():
    options = database(ADDRESS)["OPTIONS"]
    assert options.items() >= VANISHED.items()
    assert options["tcp_user_timeout"] <= 5000
    waited = VANISHED["keepalives_idle"]
    waited += VANISHED["keepalives_interval"] * VANISHED["keepalives_count"]
    assert waited <= 15  # no longer than the runtime role's own limit of a statement


def test_an_address_may_say_otherwise():
    options = database(f"{ADDRESS}?tcp_user_timeout=60000")["OPTIONS"]
    assert options["tcp_user_timeout"] == "60000"


@pytest.fixture
def door():
    """A port of this machine that leads to the tests' server, which may have none of its own."""
    parts = conninfo_to_dict(os.environ["DATABASE_URL"])
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        threading.Thread(target=carry_one, args=(listening, parts), daemon=True).start()
        yield parts | {"host": "127.0.0.1", "port": str(listening.getsockname()[1])}


def carry_one(listening: socket.socket, parts: dict) -> None:
    """Carry one connection to the server and back until either side ends."""
    here, _address = listening.accept()
    host, port = parts.get("host", "localhost"), parts.get("port", "5432")
    if host.startswith("/"):
        there = socket.socket(socket.AF_UNIX)
        there.connect(f"{host}/.s.PGSQL.{port}")
    else:
        there = socket.create_connection((host, int(port)))
    back = threading.Thread(target=carry, args=(there, here), daemon=True)
    back.start()
    carry(here, there)
    back.join(5)
    here.close()
    there.close()


def carry(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="This system has no such limit."
)
def test_the_system_is_told_of_them(door):
    with (
        psycopg.connect(**door, **VANISHED) as session,
        socket.socket(fileno=os.dup(session.fileno())) as line,
    ):
        told = {
            name: line.getsockopt(socket.IPPROTO_TCP, option)
            for name, option in {
                "tcp_user_timeout": socket.TCP_USER_TIMEOUT,
                "keepalives_idle": socket.TCP_KEEPIDLE,
                "keepalives_interval": socket.TCP_KEEPINTVL,
                "keepalives_count": socket.TCP_KEEPCNT,
            }.items()
        }
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert told == VANISHED
