"""Texts that the database must not be able to read, or to move elsewhere.

AES-256-GCM. A sealed value is version ‖ key id ‖ nonce ‖ ciphertext with its tag, bound to the
place it was written for: put elsewhere, shortened or altered, it is refused. The ring of keys is a
file outside the database: one key a line, the last line encrypts, all of them decrypt. A key is
named by a fingerprint of itself, so that no key can stand under the name of another
(docs/security/keys.md).
"""

from __future__ import annotations

import base64
import binascii
import functools
import hmac
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
ID_BYTES = 4
NONCE_BYTES = 12
TAG_BYTES = 16
HEAD = 1 + ID_BYTES
KEY_BYTES = 32


class SealError(Exception):
    """A sealed value cannot be opened here."""


class TamperedError(SealError):
    """It was altered, shortened, or brought from another place."""


class MissingKeyError(SealError):
    """Its key is not in the ring."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The encryption key {key_id} is not in the file of keys.")
        self.key_id = key_id


def derived(key: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    """A key for one purpose alone, from which the others cannot be found."""
    return HKDF(SHA256(), length, salt=None, info=f"ngo-portal {purpose}".encode()).derive(key)


class Ring:
    """Keys by their ids; the last one seals."""

    def __init__(self, keys: list[bytes]) -> None:
        self.keys = {derived(key, "key id", ID_BYTES).hex(): key for key in keys}
        self.current = list(self.keys)[-1]
        self._ciphers = {key_id: AESGCM(derived(k, "seal")) for key_id, k in self.keys.items()}

    def __repr__(self) -> str:
        return f"<Ring {', '.join(self.keys)}>"

    def seal(self, plain: bytes, context: str) -> bytes:
        """Seal for one place. `context` names it: table:column:row."""
        head = bytes([VERSION]) + bytes.fromhex(self.current)
        nonce = os.urandom(NONCE_BYTES)
        cipher = self._ciphers[self.current]
        return head + nonce + cipher.encrypt(nonce, plain, head + context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """Open what was sealed for this place.

        Raises MissingKeyError, or TamperedError for anything that `seal` did not make for it.
        """
        cipher = self._ciphers.get(key_id := key_of(sealed))
        if cipher is None:
            raise MissingKeyError(key_id)
        nonce = sealed[HEAD : HEAD + NONCE_BYTES]
        try:
            return cipher.decrypt(
                nonce, sealed[HEAD + NONCE_BYTES :], sealed[:HEAD] + context.encode()
            )
        except InvalidTag:
            raise TamperedError("A sealed value was altered or moved.") from None

    def fingerprints(self, text: str, purpose: str) -> list[str]:
        """The fingerprint of a text under each key, the current one last."""
        return [
            hmac.digest(derived(key, f"fingerprint {purpose}"), text.encode(), "sha256").hex()
            for key in self.keys.values()
        ]


def key_of(sealed: bytes) -> str:
    """The id of the key that sealed a value."""
    if len(sealed) < HEAD + NONCE_BYTES + TAG_BYTES or sealed[0] != VERSION:
        raise TamperedError("A sealed value is cut short or is not one.")
    return sealed[1:HEAD].hex()


def read_ring(path: str) -> Ring:
    """The keys of a file: one a line in URL-safe base64, `#` before a remark."""
    if not path:
        raise ImproperlyConfigured("PORTAL_KEY_FILE is not set: it names the file of keys.")
    try:
        if stat.S_IMODE(os.stat(path).st_mode) & stat.S_IRWXO:
            raise ImproperlyConfigured(f"Everybody may open {path}: chmod 640 it.")
        lines = Path(path).read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise ImproperlyConfigured(f"The file of keys cannot be read: {error}.") from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{path} is not a file of keys.") from None
    found = [line.split("#")[0].strip() for line in lines]
    keys = [_key(path, number, text) for number, text in enumerate(found, 1) if text]
    if not keys:
        raise ImproperlyConfigured(f"{path} holds no key.")
    return Ring(keys)


def _key(path: str, number: int, text: str) -> bytes:
    """One line of the file; the message never repeats what it holds."""
    try:
        key = base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"Line {number} of {path} is not a key: 32 bytes in base64.")
    return key


@functools.cache
def _ring_of(path: str) -> Ring:
    return read_ring(path)


def ring() -> Ring:
    """The ring of this process, read once: a new key is used after a restart."""
    return _ring_of(settings.PORTAL_KEY_FILE)


def encrypt(text: str, context: str) -> str:
    """Seal a short text into letters, for a place that `context` names."""
    from .keys import note_use

    note_use(ring().current)
    return base64.urlsafe_b64encode(ring().seal(text.encode(), context)).decode()


def decrypt(sealed: str, context: str) -> str:
    """Open what `encrypt` made for the same place."""
    return ring().open(_bytes(sealed), context).decode()


def key_of_text(sealed: str) -> str:
    """The id of the key that `encrypt` used."""
    return key_of(_bytes(sealed))


def _bytes(sealed: str) -> bytes:
    try:
        return base64.b64decode(sealed.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise TamperedError("A sealed value is not one.") from None


def fingerprint(text: str, purpose: str) -> str:
    """A text that two equal texts share and nobody reads back without the key.

    To find rows written before a rotation too, look for any of `ring().fingerprints(…)`.
    """
    return ring().fingerprints(text, purpose)[-1]
