"""The steps of the Django project itself: schema, translations, static files, data."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.checks import explain_output
from ngo_portal.launch.console import RefusalError, run, run_quietly, say, step, tail
from ngo_portal.launch.databases import is_embedded


def run_manage(here: Checkout, env: Mapping[str, str], name: str, *arguments: str) -> str:
    """Run a manage.py command whose output is shown when it fails, and returned otherwise."""
    log = here.log(name)
    code, output = run_quietly([here.python, "manage.py", name, *arguments], env, here.root, log)
    if code:
        raise RefusalError(explain_output(output, f"`manage.py {name}` failed.", log))
    return output


def build(here: Checkout, env: Mapping[str, str]) -> None:
    """Everything between a running database and a portal that can answer."""
    compile_translations(here)
    upgrade(here, env)
    collect_static(here, env)


def upgrade(here: Checkout, env: Mapping[str, str]) -> None:
    """Bring the schema and the runtime role's rights to this version of the code.

    A database of this folder may have been made before rules were sealed.
    """
    old = ["--accept-unsealed"] if is_embedded(env) else []
    with step("Bringing the database to this version"):
        said = run_manage(here, env, "upgrade", "--verbosity=0", *old)
    if said.strip():  # rules that somebody altered
        say(said.strip())


def compile_translations(here: Checkout) -> None:
    """Compile each .po file whose .mo is missing or older."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    for source in sorted(here.root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with step(f"Compiling the translations {source.relative_to(here.root)}"):
            try:
                with source.open("rb") as file:
                    catalog = read_po(file, abort_invalid=True)
            except (PoFileError, ValueError) as error:
                raise RefusalError(f"{source} cannot be read: {error}") from None
            draft = target.with_suffix(".mo.draft")
            with draft.open("wb") as file:
                write_mo(file, catalog)
            draft.replace(target)


def collect_static(here: Checkout, env: Mapping[str, str]) -> None:
    """Gather the static files when one of their sources changed."""
    stamp = here.local / "static.stamp"
    wanted = static_fingerprint(here)
    if stamp.exists() and stamp.read_text() == wanted and (here.root / "static").exists():
        return
    stamp.unlink(missing_ok=True)
    with step("Gathering the static files"):
        run_manage(here, env, "collectstatic", "--noinput")
    stamp.write_text(wanted)


def static_fingerprint(here: Checkout) -> str:
    """A hash over what static files are made from: our own files, the locks, the settings."""
    locks = ("package-lock.json", "requirements.txt", "ngo_portal/settings.py")
    digest = hashlib.sha256()
    for path in [*(here.root / name for name in locks), *static_files(here)]:
        digest.update(bytes(path.relative_to(here.root)) + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def static_files(here: Checkout) -> Iterable[Path]:
    return sorted(
        path
        for folder in here.root.glob("*/static")
        if folder.parent.name not in {".venv", "node_modules"}
        for path in folder.rglob("*")
        if path.is_file()
    )


def seed(here: Checkout, env: Mapping[str, str]) -> None:
    """Fill an empty database with demonstration data; the command prints its progress."""
    with step("Demonstration data"):
        if run([here.python, "manage.py", "seed"], env, here.root):
            raise RefusalError(
                "The demonstration data was not made: read the message above, then try again."
            )


def accounts(here: Checkout, env: Mapping[str, str]) -> str:
    """The table of demonstration accounts."""
    log = here.log("accounts")
    args = [here.python, "manage.py", "demo_accounts"]
    code, output = run_quietly(args, env, here.root, log)
    if code:
        raise RefusalError(f"`manage.py demo_accounts` failed.\n{tail(log)}")
    return output.rstrip()
