"""Sealed values, the file of keys, and what is needed to start."""

import base64
import os

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from audit import encryption, keys
from audit.encryption import MissingKeyError, Ring, TamperedError, read_ring
from audit.models import KeyInUse
from ngo_portal.launch.vault import key_file, write_private

PLACE = "table:column:1"


def line() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def file_of(tmp_path, settings, monkeypatch):
    """`file_of(line, …)` makes these the portal's keys."""

    def use(*lines: str) -> str:
        path = tmp_path / f"keys-{len(list(tmp_path.iterdir()))}"
        write_private(path, "\n".join(lines) + "\n")
        settings.PORTAL_KEY_FILE = str(path)
        return str(path)

    monkeypatch.setattr(keys, "_noted", set())
    monkeypatch.setattr(keys, "_pending", set())
    return use


def test_a_sealed_text_is_opened_where_it_was_sealed():
    ring = Ring([os.urandom(32)])
    sealed = ring.seal("Amélie नमस्ते".encode(), PLACE)
    assert ring.open(sealed, PLACE).decode() == "Amélie नमस्ते"
    assert ring.seal(b"same", PLACE) != ring.seal(b"same", PLACE)


@pytest.mark.parametrize("cut", [0, 1, 4, 5, 20, -1])
def test_a_cut_value_is_refused(cut):
    ring = Ring([os.urandom(32)])
    with pytest.raises(TamperedError):
        ring.open(ring.seal(b"text", PLACE)[:cut], PLACE)


def test_a_value_of_another_place_is_refused():
    ring = Ring([os.urandom(32)])
    with pytest.raises(TamperedError):
        ring.open(ring.seal(b"text", PLACE), "table:column:2")


def test_a_value_under_the_id_of_another_key_is_refused():
    ring = Ring([os.urandom(32), os.urandom(32)])
    other = next(iter(ring.keys))
    sealed = ring.seal(b"text", PLACE)
    with pytest.raises(TamperedError):
        ring.open(sealed[:1] + bytes.fromhex(other) + sealed[5:], PLACE)


def test_the_last_key_seals_and_the_others_open():
    old, new = os.urandom(32), os.urandom(32)
    sealed = Ring([old]).seal(b"text", PLACE)
    both = Ring([old, new])
    assert both.open(sealed, PLACE) == b"text"
    assert encryption.key_of(both.seal(b"text", PLACE)) == Ring([new]).current


def test_a_missing_key_is_named():
    old, new = Ring([os.urandom(32)]), Ring([os.urandom(32)])
    with pytest.raises(MissingKeyError, match=old.current):
        new.open(old.seal(b"text", PLACE), PLACE)


def test_the_file_that_the_launcher_makes_is_read(tmp_path):
    assert len(read_ring(str(key_file(tmp_path / "keys"))).keys) == 1


def test_a_file_may_hold_remarks_and_several_keys(file_of):
    ring = read_ring(file_of("# January", line(), "", f"{line()}  # February"))
    assert len(ring.keys) == 2


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "short", "é", line()[:-4], line() + "!"],
    ids=["empty", "a remark", "short", "a letter", "cut", "one too many"],
)
def test_a_file_that_holds_no_key_is_refused(tmp_path, text):
    path = tmp_path / "keys"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_ring(str(path))
    assert not text or text not in str(refusal.value)


def test_a_file_that_everybody_may_read_is_refused(file_of):
    path = file_of(line())
    os.chmod(path, 0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod"):
        read_ring(path)


def test_no_key_is_written_where_a_ring_is_printed():
    key = os.urandom(32)
    assert key.hex() not in repr(Ring([key]))
    assert base64.b64encode(key).decode() not in repr(Ring([key]))


@pytest.mark.django_db
def test_a_text_sealed_into_letters_is_opened_again(file_of):
    file_of(line())
    sealed = encryption.encrypt("JBSWY3DPEHPK3PXP", "mfa")
    assert "JBSW" not in sealed
    assert encryption.decrypt(sealed, "mfa") == "JBSWY3DPEHPK3PXP"
    for wrong in (sealed[:-8], "x" + sealed, "é", ""):
        with pytest.raises(TamperedError):
            encryption.decrypt(wrong, "mfa")


def test_fingerprints_differ_by_purpose_and_by_key(file_of):
    file_of(line())
    one = encryption.fingerprint("Sita", "search")
    assert one == encryption.fingerprint("Sita", "search")
    assert one != encryption.fingerprint("Sita", "name")
    file_of(line())
    assert one != encryption.fingerprint("Sita", "search")


@pytest.mark.django_db
def test_a_key_is_noted_when_it_first_seals(file_of, django_assert_num_queries):
    file_of(line())
    encryption.encrypt("text", PLACE)
    assert encryption.ring().current in keys.in_use()


@pytest.mark.django_db
def test_a_key_noted_before_costs_one_query_a_process(file_of, django_assert_num_queries):
    file_of(line())
    KeyInUse.objects.create(key_id=encryption.ring().current)
    with django_assert_num_queries(1):
        encryption.encrypt("text", PLACE)
        encryption.encrypt("text", PLACE)


@pytest.mark.django_db
def test_the_portal_does_not_start_without_a_key_in_use(file_of):
    file_of(line())
    encryption.encrypt("text", PLACE)
    lost = encryption.ring().current
    call_command("check", tags=["keys"], databases=["default"])
    file_of(line())
    with pytest.raises(SystemCheckError, match=lost):
        call_command("check", tags=["keys"], databases=["default"])


def test_the_portal_does_not_start_without_its_file_of_keys(settings, tmp_path):
    settings.PORTAL_KEY_FILE = str(tmp_path / "nowhere")
    assert [each.id for each in checks.run_checks(tags=["keys"])] == ["keys.E001"]
