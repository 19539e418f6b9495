"""Random secrets made once for this checkout and kept in `.local/secrets`, readable by us only."""

import base64
import os
import secrets
from pathlib import Path


def secret(folder: Path, name: str) -> str:
    """Return the secret of that name, made on first use."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def key_file(path: Path) -> Path:
    """Make the file of encryption keys on first use: one 256-bit key, URL-safe base64."""
    if not path.exists():
        write_private(path, base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n")
    return path


def write_private(path: Path, text: str) -> None:
    """Write a whole file that only its owner may read, or nothing."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    draft.replace(path)
