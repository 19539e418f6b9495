"""The cache: what it keeps comes back, what somebody else wrote there never does."""

import base64
import pickle

import pytest
from django.core.cache import cache, caches
from django.db import connection

from ngo_portal.launch.vault import key_file

pytestmark = pytest.mark.django_db
RAN = []


class Ran:
    def __reduce__(self):
        return RAN.append, ("unpickled",)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM portal_cache")
        return dict(cursor.fetchall())


def put(key, value):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE portal_cache SET value = %s WHERE cache_key = %s", [value, key])
        assert cursor.rowcount == 1


@pytest.mark.parametrize(
    "value",
    ["Élise", b"<svg>\xff\x00</svg>", b"", 3, True, [1764111600.25, 2.5], {"user": "x", "n": [1]}],
)
def test_what_is_kept_comes_back(value):
    cache.set("key", value, 60)
    assert cache.get("key") == value
    assert type(cache.get("key")) is type(value)
    assert cache.get_many(["key", "other"]) == {"key": value}


def test_a_key_is_added_once_and_again_when_it_is_over():
    assert cache.add("lock", True, 10)
    assert not cache.add("lock", True, 10)
    assert cache.touch("lock", -1)
    assert cache.get("lock") is None
    assert cache.add("lock", True, 10)
    assert cache.delete("lock")
    assert not cache.touch("lock", 10)


def test_what_has_no_end_stays_and_what_is_over_is_gone():
    cache.set("for_ever", 1, None)
    cache.set("over", 1, 0)
    assert (cache.get("for_ever"), cache.get("over")) == (1, None)


def test_the_oldest_leave_when_it_is_full(monkeypatch):
    monkeypatch.setattr(caches["default"], "_max_entries", 2)
    for number in range(6):
        cache.set(f"key{number}", number, 60)
    assert len(rows()) <= 4
    assert cache.get("key5") == 5


def test_nothing_that_lies_in_the_table_is_ever_run():
    cache.set("key", "kept", 60)
    put(":1:key", base64.b64encode(pickle.dumps(Ran())).decode())
    assert cache.get("key", "missed") == "missed"
    assert RAN == []


@pytest.mark.parametrize("value", ["", "x", "é", "AAAA", base64.b64encode(b"x" * 99).decode()])
def test_what_nobody_sealed_was_never_kept(value):
    cache.set("key", "kept", 60)
    put(":1:key", value)
    assert cache.get("key") is None


def test_what_is_kept_says_nothing_and_opens_at_its_own_place_alone():
    cache.set("fragment", b"12 identified in Siem Reap", 60)
    cache.set("other", b"nothing", 60)
    sealed = rows()[":1:fragment"]
    assert b"Siem" not in base64.b64decode(sealed)
    put(":1:other", sealed)
    assert cache.get("other") is None
    assert cache.get("fragment") == b"12 identified in Siem Reap"


def test_what_another_key_sealed_is_made_again(settings, tmp_path):
    cache.set("key", "kept", 60)
    settings.PORTAL_KEY_FILE = str(key_file(tmp_path / "keys"))
    assert cache.get("key") is None
    cache.set("key", "again", 60)
    assert cache.get("key") == "again"
