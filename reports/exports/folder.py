"""Where archives wait: a folder that no web server serves, readable by the portal's user alone."""

from __future__ import annotations

import secrets
import time
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

# Younger files may belong to a row that is not yet committed.
SECONDS_OF_GRACE = 60 * 60


def folder() -> Path:
    found = Path(settings.EXPORTS_DIR)
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def new_name() -> str:
    """A random name: nothing in it says what or whose it is."""
    return f"{secrets.token_hex(16)}.zip"


def path_of(name: str) -> Path:
    return folder() / name


def remove(name: str) -> None:
    """Delete a file; one that is gone already is fine."""
    path_of(name).unlink(missing_ok=True)


def remove_strays(known: Collection[str]) -> int:
    """Delete what no row speaks of: left by a process that was killed. Returns how many."""
    oldest = time.time() - SECONDS_OF_GRACE
    strays = [
        path
        for path in folder().iterdir()
        if path.name not in known and path.stat().st_mtime < oldest
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
