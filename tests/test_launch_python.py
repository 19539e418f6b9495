"""The first lines run on an old Python and say so, and the lock files are fit for anyone."""

import ast
import re
import sys
from pathlib import Path

import pytest

from ngo_portal.launch import __file__ as package
from ngo_portal.launch.locks import public_index_only

ROOT = Path(package).parent.parent.parent
FIRST = Path(package).with_name("__main__.py")
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def pins(lock):
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", text))


def test_the_entry_point_parses_on_python_3_5():
    ast.parse(FIRST.read_text(), feature_version=(3, 5))


def test_an_old_python_is_named_in_the_refusal(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(SystemExit, match="needs Python 3.11 or newer; this one is 3.9"):
        exec(compile(FIRST.read_text(), str(FIRST), "exec"), {"__name__": "__main__"})  # noqa: S102


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_path(lock):
    text = (ROOT / lock).read_text()
    assert not re.findall(r"://|--(?:find-links|index-url|extra-index-url|trusted-host)", text)
    assert not re.findall(r"(?m)(?<![\w.-])/\w+", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes(lock):
    text = (ROOT / lock).read_text()
    assert len(re.findall(r"(?m)^\S+==\S+ \\\n +--hash=sha256:", text)) == len(pins(lock)) > 0


def test_the_developers_lock_holds_the_same_versions_and_more():
    assert pins("requirements.txt").items() < pins("requirements-dev.txt").items()


def test_locks_are_compiled_without_the_persons_own_indexes():
    env = {"PIP_FIND_LINKS": "/somewhere", "PIP_INDEX_URL": "x", "PIP_CERT": "c", "HOME": "/h"}
    clean = public_index_only(env)
    assert "PIP_FIND_LINKS" not in clean
    assert "PIP_INDEX_URL" not in clean
    assert (clean["PIP_CERT"], clean["HOME"]) == ("c", "/h")
