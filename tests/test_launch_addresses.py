"""PostgreSQL addresses survive reading and writing, and never show a password."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from ngo_portal.launch import addresses
from ngo_portal.launch.console import RefusalError

SOCKET = {"host": "/run/portal-é b", "dbname": "portal", "user": "maître", "password": "p@s:s/w?d"}
SERVER = {
    "host": "db.example.org",
    "port": "5433",
    "dbname": "portal",
    "user": "owner",
    "password": "100% sûr",
    "sslmode": "verify-full",
    "options": "-c search_path=portal",
}
TWO_HOSTS = {"host": "a.example.org,b.example.org", "port": "5432,5433", "dbname": "portal"}
NUMBERS = {"host": "::1", "dbname": "portal", "user": "owner"}


@pytest.mark.parametrize("parts", [SOCKET, SERVER, TWO_HOSTS, NUMBERS, {"dbname": "portal"}])
def test_libpq_reads_back_what_was_written(parts):
    assert conninfo_to_dict(addresses.build(parts)) == parts


def test_a_sockets_folder_is_the_percent_encoded_host():
    address = addresses.build({"host": "/run/portal-1", "dbname": "portal", "user": "app"})
    assert address == "postgresql://app@%2Frun%2Fportal-1/portal"


@pytest.mark.parametrize(
    "address", ["postgresql://owner:secret@localhost/portal", "host=localhost user=owner"]
)
def test_both_forms_of_libpq_are_read(address):
    assert addresses.parse(address, "DATABASE_URL")["user"] == "owner"


@pytest.mark.parametrize("address", ["not an address", "mysql://localhost/portal"])
def test_anything_else_is_refused_with_an_example(address):
    with pytest.raises(RefusalError, match="DATABASE_URL is not a PostgreSQL address") as refusal:
        addresses.parse(address, "DATABASE_URL")
    assert "postgresql://user:password@host" in str(refusal.value)


def test_a_message_never_shows_the_password():
    assert "100" not in addresses.shown(SERVER)
