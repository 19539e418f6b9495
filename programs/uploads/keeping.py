"""Where files are kept: a folder outside what the web server serves, under random names, sealed."""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from audit.encryption import SealError, key_of, ring
from audit.keys import note_use

logger = logging.getLogger(__name__)
# Younger files may belong to a row that is not yet committed, or be on their way here.
SECONDS_OF_GRACE = 24 * 60 * 60


class UnreadableError(Exception):
    """A stored file is gone, altered, or sealed with a key that is no longer there."""


def path_of(name: str) -> Path:
    """The place of a stored file; its name is ours, 32 hexadecimal digits."""
    return Path(settings.FILES_DIR) / name[:2] / name


def context(name: str) -> str:
    """What a stored file is sealed for: put in another's place, it is refused."""
    return f"file:{name}"


def store(data: bytes) -> str:
    """Seal and write a new file, on disk before this returns; its name."""
    name = secrets.token_hex(16)
    note_use(ring().current)
    write(name, ring().seal(data, context(name)))
    return name


@contextmanager
def kept(data: bytes) -> Iterator[str]:
    """Store a file for a row that is written meanwhile; where that fails, it goes again."""
    name = store(data)
    try:
        yield name
    except BaseException:
        path_of(name).unlink(missing_ok=True)
        raise


def write(name: str, sealed: bytes) -> None:
    """Write a whole sealed file in its place, or nothing."""
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{name}.{os.getpid()}.partial")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def read(name: str) -> bytes:
    """The content of a stored file; UnreadableError when it is gone or was altered."""
    try:
        return ring().open(path_of(name).read_bytes(), context(name))
    except (OSError, SealError) as error:
        logger.error("The stored file %s cannot be read: %s", name, type(error).__name__)
        raise UnreadableError from error


def stored() -> Iterator[Path]:
    """Every stored file."""
    return iter(sorted(Path(settings.FILES_DIR).glob("??/" + "[0-9a-f]" * 32)))


def remove_strays(known: Collection[str]) -> int:
    """Delete what no row speaks of, drafts of a killed process included. Returns how many."""
    oldest = time.time() - SECONDS_OF_GRACE
    strays = [
        path
        for path in Path(settings.FILES_DIR).glob("??/" + "[0-9a-f]" * 32 + "*")
        if path.name not in known and path.stat().st_mtime < oldest
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def keys_found() -> Iterator[str]:
    """The id of the key that seals each stored file."""
    return (key_of(path.read_bytes()) for path in stored())


def seal_again() -> Iterator[int]:
    """Seal with the current key every file that an older one seals; yields 1 for each."""
    for path in stored():
        sealed = path.read_bytes()
        if key_of(sealed) != ring().current:
            plain = ring().open(sealed, context(path.name))
            write(path.name, ring().seal(plain, context(path.name)))
            yield 1
