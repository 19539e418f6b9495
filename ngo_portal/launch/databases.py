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
PROJECT_NAMES = {
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    MARK,
    "DJANGO_SETTINGS_MODULE",
    "SECRET_KEY",
    "PORTAL_KEY_FILE",
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


def all_clusters(here: Checkout) -> list[Cluster]:
    """Those that may be running; none before PostgreSQL is installed."""
    if not is_installed(here):
        return []
    return [demo_cluster(here), bench_cluster(here), test_cluster(here)]


def named_server() -> dict[str, str]:
    """The addresses that the person set; those that `env` printed do not count."""
    if os.environ.get(MARK):
        return {}
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def project_environment(here: Checkout, urls: dict[str, str]) -> dict[str, str]:
    """What Django reads, for the demonstration and the tests."""
    return {
        **urls,
        "DJANGO_SETTINGS_MODULE": "ngo_portal.settings",
        "SECRET_KEY": secret(here.local / "secrets", "django"),
        "PORTAL_KEY_FILE": str(key_file(here.local / "keys")),
        "PORTAL_DEMO": "1",
        "EMAIL_BACKEND": os.environ.get("EMAIL_BACKEND", MAIL_IN_FILES),
    }


def embedded_urls(cluster: Cluster) -> dict[str, str]:
    """Addresses of the two roles on the cluster, which must be running."""
    place = {"host": str(cluster.socket), "dbname": "postgres"}
    owner, runtime = (cluster.password(role) for role in (roles.OWNER, roles.RUNTIME))
    superuser = {**place, "user": SUPERUSER, "password": cluster.password(SUPERUSER)}
    roles.prepare_embedded(superuser, owner, runtime)
    place["dbname"] = roles.DATABASE
    return {
        "DATABASE_OWNER_URL": addresses.build({**place, "user": roles.OWNER, "password": owner}),
        "DATABASE_URL": addresses.build({**place, "user": roles.RUNTIME, "password": runtime}),
        MARK: "1",
    }


def server_urls(here: Checkout, named: dict[str, str], *, for_tests: bool) -> dict[str, str]:
    """Addresses on the person's own server: both as given, or the owner's and one made from it."""
    parsed = {name: addresses.parse(value, name) for name, value in named.items()}
    runtime = parsed.get("DATABASE_URL") if len(parsed) == 2 else None
    owner = parsed.get("DATABASE_OWNER_URL") or parsed["DATABASE_URL"]
    found = roles.prepare_server(here, owner, runtime, for_tests=for_tests)
    return {
        "DATABASE_OWNER_URL": addresses.build(owner),
        "DATABASE_URL": addresses.build(found),
    }


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
