"""The lock files: exact versions with hashes, and no address of any package index."""

import os
from collections.abc import Mapping

from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError, run, step

OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--strip-extras",
    "--allow-unsafe",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--no-emit-options",
)


def public_index_only(env: Mapping[str, str]) -> dict[str, str]:
    """The environment without pip's own settings: hashes are those of the public files."""
    kept = {"PIP_CERT", "PIP_PROXY", "PIP_DEFAULT_TIMEOUT"}
    clean = {
        name: value for name, value in env.items() if not name.startswith("PIP_") or name in kept
    }
    return clean | {"PIP_CONFIG_FILE": os.devnull, "CUSTOM_COMPILE_COMMAND": "make locks"}


def compile_locks(here: Checkout) -> int:
    """Write requirements.txt (production and demo) and requirements-dev.txt (plus tests)."""
    env = public_index_only(here.base_environment())
    compiler = [here.python, "-m", "piptools", "compile", *OPTIONS]
    for lock, more in (
        ("requirements.txt", []),
        ("requirements-dev.txt", ["--extra", "dev", "-c", "requirements.txt"]),
    ):
        with step(f"Compiling {lock}"):
            args = [*compiler, *more, "--output-file", lock, "pyproject.toml"]
            if run(args, env, here.root):
                raise RefusalError(f"{lock} was not compiled: read pip-compile's message above.")
    return 0
