"""Which database a command works on, and the environment that leads Django to it."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from ngo_portal.launch import addresses, roles
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.environment import one_at_a_time
from ngo_portal.launch.home import is_installed
from ngo_portal.launch.postgres import FAST_AND_UNSAFE, SUPERUSER, Cluster
from ngo_portal.launch.vault import key_file, secret

MARK = "PORTAL_EMBEDDED"
SEAL_KEY = "PORTAL_SEAL_KEY_FILE"
PROJECT_NAMES = {
    *roles.VARIABLES.values(),
    MARK,
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "PORTAL_KEY_FILE",
    SEAL_KEY,
    "PORTAL_DEMO",
    "EMAIL_BACKEND",
}
MAIL_IN_FILES = "django.core.mail.backends.filebased.EmailBackend"


def demo_cluster(here: Checkout) -> Cluster:
    return Cluster(here, "postgres")


def bench_cluster(here: Checkout) -> Cluster:
    return Cluster(here, "postgres-bench")


def test_cluster(here: Checkout) -> Cluster:
    """Made anew each time it starts, and fast because it may lose everything."""
    return Cluster(here, "postgres-test", FAST_AND_UNSAFE, disposable=True)


def drill_cluster(here: Checkout) -> Cluster:
    """Where a backup is restored to be compared, and nothing is kept."""
    return Cluster(here, "postgres-drill", FAST_AND_UNSAFE, disposable=True)


def all_clusters(here: Checkout) -> list[Cluster]:
    """Those that may be running; none before PostgreSQL is installed."""
    if not is_installed(here):
        return []
    return [make(here) for make in (demo_cluster, bench_cluster, test_cluster, drill_cluster)]


def named_server() -> dict[str, str]:
    """The addresses that the person set; those that `env` printed do not count."""
    if os.environ.get(MARK):
        return {}
    found = {name: os.environ.get(name) for name in roles.VARIABLES.values()}
    if not found["DATABASE_URL"] and not found["DATABASE_OWNER_URL"]:
        return {}
    return {name: value for name, value in found.items() if value}


def project_environment(here: Checkout, urls: dict[str, str]) -> dict[str, str]:
    """What Django reads, for the demonstration and the tests."""
    return {
        **urls,
        "DJANGO_SETTINGS_MODULE": "ngo_portal.settings",
        "SECRET_KEY": secret(here.local / "secrets", "django"),
        "PORTAL_KEY_FILE": str(key_file(here.local / "keys")),
        SEAL_KEY: str(key_file(here.local / "seal-key")),
        "PORTAL_DEMO": "1",
        "EMAIL_BACKEND": os.environ.get("EMAIL_BACKEND", MAIL_IN_FILES),
    }


def embedded_urls(cluster: Cluster) -> dict[str, str]:
    """Addresses of the roles on the cluster, which must be running."""
    place = {"host": str(cluster.socket), "dbname": "postgres"}
    passwords = {role: cluster.password(role) for role in roles.VARIABLES}
    superuser = {**place, "user": SUPERUSER, "password": cluster.password(SUPERUSER)}
    roles.prepare_embedded(superuser, passwords)
    place["dbname"] = roles.DATABASE
    found = {role: {**place, "user": role, "password": passwords[role]} for role in passwords}
    return {**urls(found), MARK: "1"}


def urls(found: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The variables that hold the address of each role."""
    return {roles.VARIABLES[role]: addresses.build(parts) for role, parts in found.items()}


def server_urls(here: Checkout, named: dict[str, str], *, for_tests: bool) -> dict[str, str]:
    """Addresses on the person's own server: as given, or made from the owner's.

    One address alone is the owner's.
    """
    variables = {variable: role for role, variable in roles.VARIABLES.items()}
    given = {variables[name]: addresses.parse(value, name) for name, value in named.items()}
    if roles.OWNER not in given:
        given[roles.OWNER] = given.pop(roles.RUNTIME)
    return urls(roles.prepare_server(here, given, for_tests=for_tests))


@contextmanager
def database(here: Checkout, cluster: Cluster, *, detached: bool) -> Iterator[dict[str, str]]:
    """Yield the environment of a running database; the last user of a cluster stops it."""
    named = named_server()
    if named:
        urls = server_urls(here, named, for_tests=cluster.disposable)
        yield here.base_environment() | project_environment(here, urls)
        return
    with users(here, cluster) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        try:
            yield embedded_environment(here, cluster, detached=detached)
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
            stop_unused(here, cluster)


def users(here: Checkout, cluster: Cluster) -> IO[str]:
    """The file that each user of a cluster holds a shared lock on."""
    return (here.local / f"{cluster.name}.users").open("a")


def stop_unused(here: Checkout, cluster: Cluster) -> None:
    """Stop the cluster unless a command of this checkout still uses it."""
    with users(here, cluster) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        cluster.stop()


def is_embedded(env: Mapping[str, str]) -> bool:
    return MARK in env


def embedded_environment(here: Checkout, cluster: Cluster, *, detached: bool) -> dict[str, str]:
    """The environment that leads to the cluster, started when needed."""
    with one_at_a_time(here.local / f"{cluster.name}.lock"):
        cluster.ensure_running(detached=detached)
        urls = embedded_urls(cluster)
    plain = {k: v for k, v in here.base_environment().items() if not k.startswith("PG")}
    return plain | project_environment(here, urls)
