"""An archive that only its passphrase opens: AES-256 in a ZIP, which common programs open."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import pyzipper

from .file import File

# Signs that nobody takes for another when reading them aloud or from paper.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, SIGNS_A_GROUP = 5, 5
AES_256 = 256


def new_passphrase() -> str:
    """Five groups of five signs, 122 bits: the ZIP's own weak key derivation gives no way in."""
    groups = [
        "".join(secrets.choice(SIGNS) for _sign in range(SIGNS_A_GROUP)) for _ in range(GROUPS)
    ]
    return "-".join(groups)


def pack(files: Iterable[File], passphrase: str, path: Path) -> None:
    """Write an archive that says nothing but how many files it holds and how large they are.

    The second version of the format keeps no checksum of the clear content, which the first does.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(handle, "wb") as file,
        pyzipper.AESZipFile(
            file,
            "w",
            compression=pyzipper.ZIP_DEFLATED,
            encryption=pyzipper.WZ_AES,
            encryption_kwargs={
                "nbits": AES_256,
                "force_wz_aes_version": pyzipper.zipfile_aes.WZ_AES_V2,
            },
        ) as archive,
    ):
        archive.setpassword(passphrase.encode())
        for each in files:
            archive.writestr(each.name, each.content)
