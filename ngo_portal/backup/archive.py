"""One file: a ZIP encrypted with age to keys that this server does not hold.

Two ordinary formats, so that `age -d` and any unzip program open it without the portal. What
goes in is encrypted as it comes: no plain copy ever lies on this machine's disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from zipfile import ZipFile

import pyrage

from .refusal import RefusalError

FACTS, DUMP, FILES = "facts.json", "database.dump", "files/"
PIECE = 1024 * 1024
NO_RECIPIENT = (
    "PORTAL_BACKUP_RECIPIENTS is not set: nothing was saved, for a backup that anyone can read is "
    "worse than none.\nOn another computer: age-keygen -o portal-backup-key.txt; then give here "
    "the public key it prints (age1…), several separated by spaces."
)


def recipients(text: str) -> list[pyrage.x25519.Recipient]:
    """The public keys in a setting: age1…, separated by spaces or commas."""
    words = text.replace(",", " ").split()
    if not words:
        raise RefusalError(NO_RECIPIENT)
    if any(word.upper().startswith("AGE-SECRET-KEY-") for word in words):
        raise RefusalError(
            "PORTAL_BACKUP_RECIPIENTS holds a secret key: this server must not have it.\n"
            "Put the public key (age1…) in its place, and make a new pair: this one was exposed."
        )
    try:
        return [pyrage.x25519.Recipient.from_str(word) for word in words]
    except pyrage.RecipientError:
        raise RefusalError(
            "PORTAL_BACKUP_RECIPIENTS holds something that is no public key of age.\n"
            "One looks like: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
        ) from None


def identities(text: str) -> list[pyrage.x25519.Identity]:
    """The secret keys in what age-keygen wrote."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise RefusalError("The identity file holds no secret key of age (AGE-SECRET-KEY-1…).")
    return found


class Sealed:
    """What pyrage writes to: the file and its SHA-256, in one pass."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def write(path: Path, keys: list[pyrage.x25519.Recipient], fill: Callable[[ZipFile], None]) -> str:
    """Make `path` whole or not at all, with what `fill` puts in; returns its SHA-256."""
    draft = path.with_name(f"{path.name}.partial")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            sealed = Sealed(file)
            _encrypt(sealed, keys, fill)
            file.flush()
            os.fsync(file.fileno())
        digest = sealed.hash.hexdigest()
        # As `sha256sum --check` reads it.
        path.with_name(f"{path.name}.sha256").write_text(f"{digest}  {path.name}\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return digest


def _encrypt(
    sealed: Sealed, keys: list[pyrage.x25519.Recipient], fill: Callable[[ZipFile], None]
) -> None:
    """Encrypt in a thread what `fill` writes here, through a pipe: a few MB of memory in all."""
    reading, writing = os.pipe()
    failures: list[Exception] = []

    def encrypt() -> None:
        with os.fdopen(reading, "rb") as source:
            try:
                pyrage.encrypt_io(source, sealed, keys)
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=encrypt)
    thread.start()
    try:
        with os.fdopen(writing, "wb") as pipe, zipfile.ZipFile(pipe, "w") as archive:
            fill(archive)
    except BrokenPipeError:
        if not failures:
            raise
    finally:
        thread.join()
    if failures:
        raise RefusalError(f"The backup was not written: {failures[0]}") from failures[0]


def put(archive: ZipFile, name: str, source: IO[bytes]) -> str:
    """Copy a stream into the archive; returns its SHA-256."""
    digest = hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        while piece := source.read(PIECE):
            digest.update(piece)
            member.write(piece)
    return digest.hexdigest()


def put_facts(archive: ZipFile, facts: dict) -> None:
    archive.writestr(FACTS, json.dumps(facts, indent=1, ensure_ascii=False))


@contextmanager
def opened(path: Path, keys: list[pyrage.x25519.Identity], folder: Path) -> Iterator[ZipFile]:
    """The decrypted archive, a file of `folder` for the time it is used."""
    _check_sum(path)
    plain = folder / "archive.zip"
    try:
        handle = os.open(plain, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with path.open("rb") as source, os.fdopen(handle, "wb") as target:
            _decrypt(path, source, target, keys)
        with zipfile.ZipFile(plain) as archive:
            yield archive
    finally:
        plain.unlink(missing_ok=True)


def _decrypt(
    path: Path, source: IO[bytes], target: IO[bytes], keys: list[pyrage.x25519.Identity]
) -> None:
    try:
        pyrage.decrypt_io(source, target, keys)
    except pyrage.DecryptError as error:
        raise RefusalError(
            f"{path} does not open with this identity: it was encrypted to other keys, or it is "
            f"no backup. ({error})"
        ) from None
    except OSError as error:
        raise RefusalError(f"{path} is damaged or incomplete. ({error})") from None


def _check_sum(path: Path) -> None:
    """Compare with the sum beside the file, when it came with it."""
    beside = path.with_name(f"{path.name}.sha256")
    if not path.exists():
        raise RefusalError(f"There is no file {path}.")
    if beside.exists():
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if beside.read_text().split()[:1] != [found]:
            raise RefusalError(f"{path} is not what was saved: its SHA-256 differs from {beside}.")
