"""The embedded PostgreSQL: its paths, its privacy, and what it refuses to touch."""

import os
import subprocess
from pathlib import Path

import pytest

from ngo_portal.launch import postgres
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError
from ngo_portal.launch.home import Home


@pytest.fixture
def cluster(tmp_path):
    """A cluster of a checkout without programs: enough for what happens before they run."""
    here = Checkout(tmp_path)
    here.make_local()
    made = postgres.Cluster(here, "postgres")
    made.home = Home(here.local, tmp_path / "programs", None)
    return made


def write_program(cluster, output):
    cluster.home.programs.mkdir()
    program = cluster.home.programs / "postgres"
    program.write_text(f"#!/bin/sh\necho '{output}'\n")
    program.chmod(0o755)


def test_the_sockets_path_fits_whatever_the_checkouts_path():
    data = Path("/" + "/".join(["très long chemin " * 10] * 10))
    socket = postgres.socket_folder(data, 1000) / ".s.PGSQL.5432.lock"
    assert len(bytes(socket)) <= postgres.LONGEST_SOCKET


def test_two_people_never_share_a_socket():
    data = Path("/srv/portal/.local/postgres")
    assert postgres.socket_folder(data, 1) != postgres.socket_folder(data, 2)


def test_no_port_is_opened_and_nothing_personal_is_logged():
    assert postgres.SETTINGS["listen_addresses"] == ""
    assert postgres.SETTINGS["log_min_error_statement"] == "panic"
    assert postgres.SETTINGS["log_error_verbosity"] == "terse"
    assert not postgres.SETTINGS.keys() & postgres.FAST_AND_UNSAFE.keys()


def test_everybody_needs_a_password(cluster):
    options = cluster.initdb_options(Path("password"))
    assert "--auth=scram-sha-256" in options
    assert "--data-checksums" in options


def test_passwords_stay_the_same_and_private(cluster):
    first = cluster.password("portal_app")
    folder = cluster.here.local / "secrets"
    assert cluster.password("portal_app") == first
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "postgres-portal_app").stat().st_mode & 0o077 == 0


def test_another_programs_process_id_is_not_taken_for_ours(cluster):
    cluster.data.mkdir()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert cluster.running_pid() is None


def test_data_without_its_passwords_is_refused_not_removed(cluster):
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("18\n")
    with pytest.raises(RefusalError, match="passwords .* are gone"):
        cluster.make_data()
    assert cluster.data.exists()


def test_data_of_another_version_is_refused_not_removed(cluster):
    write_program(cluster, "postgres (PostgreSQL) 18.6")
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("17\n")
    cluster.password(postgres.SUPERUSER)
    with pytest.raises(RefusalError, match="made by PostgreSQL 17"):
        cluster.make_data()


def test_a_folder_open_to_others_is_refused(cluster, tmp_path):
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(RefusalError, match="open to others"):
        cluster.home.make_private(folder)


def test_a_link_planted_in_place_of_the_folder_is_refused(cluster, tmp_path):
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(real)
    with pytest.raises(RefusalError):
        cluster.home.make_private(tmp_path / "link")


def test_a_server_that_does_not_start_shows_its_log(cluster, monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "SOCKET_ROOT", tmp_path)
    write_program(cluster, "FATAL: something is wrong")
    with pytest.raises(RefusalError, match="did not start(.|\n)*something is wrong"):
        cluster.start(detached=False)


def test_stopping_what_does_not_run_is_harmless(cluster):
    cluster.stop()


def test_the_best_character_classification_is_one_the_machine_has():
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower()
    assert postgres.best_ctype().lower().replace("-", "") in known.replace("-", "").split()
