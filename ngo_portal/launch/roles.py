"""The two database roles: the owner that migrates, the runtime role that owns nothing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ngo_portal.launch import addresses
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError
from ngo_portal.launch.vault import secret

if TYPE_CHECKING:
    from psycopg import Connection

OWNER, RUNTIME, DATABASE = "portal_owner", "portal_app", "portal"
OLDEST_SERVER = 15
OWNER_RIGHTS = "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS"
RUNTIME_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
RUNTIME_LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}


def connect(parts: Mapping[str, str], *, autocommit: bool = True) -> "Connection":
    """Connect within ten seconds, or say what to check."""
    import psycopg

    try:
        return psycopg.connect(**{"connect_timeout": "10", **parts}, autocommit=autocommit)
    except psycopg.OperationalError as error:
        raise RefusalError(
            f"PostgreSQL does not answer at {addresses.shown(parts)}\n    {str(error).strip()}\n"
            "Check that the server runs, and the host, port, database, user and password."
        ) from None


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string without escapes of its own."""
    return "'" + text.replace("'", "''") + "'"


def role_sql(role: str, rights: str, verifier: str, *, exists: bool) -> str:
    """Create a role, or bring an existing one to these rights and password."""
    verb = "ALTER" if exists else "CREATE"
    return f"{verb} ROLE {quoted(role)} {rights} PASSWORD {literal(verifier)}"


def limits_sql(role: str) -> list[str]:
    """Time limits of the runtime role, which work through a connection pool."""
    return [
        f"ALTER ROLE {quoted(role)} SET {name} = {literal(value)}"
        for name, value in RUNTIME_LIMITS.items()
    ]


def verifier(connection: "Connection", role: str, password: str) -> str:
    """What the server stores instead of a password, so that no log ever shows the password."""
    made = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return made.decode()


def has(connection: "Connection", query: str, *values: str) -> bool:
    return connection.execute(query, values).fetchone() is not None


def make_role(connection: "Connection", role: str, rights: str, password: str) -> None:
    exists = has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    stored = verifier(connection, role, password)
    connection.execute(role_sql(role, rights, stored, exists=exists))


def prepare_embedded(superuser: Mapping[str, str], owner: str, runtime: str) -> None:
    """Make both roles (with these passwords) and the owner's database; safe to repeat."""
    with connect(superuser) as connection:
        make_role(connection, OWNER, OWNER_RIGHTS, owner)
        make_role(connection, RUNTIME, RUNTIME_RIGHTS, runtime)
        for statement in limits_sql(RUNTIME):
            connection.execute(statement)
        if not has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


def check_version(connection: "Connection") -> None:
    """Refuse a server that is too old for the rules kept in the database."""
    version = connection.info.server_version // 10_000
    if version < OLDEST_SERVER:
        raise RefusalError(
            f"This PostgreSQL server is version {version}; the portal needs {OLDEST_SERVER} or "
            "newer.\nUpgrade it, or unset DATABASE_URL to use the embedded one."
        )


def check_owner(connection: "Connection", *, for_tests: bool) -> None:
    """Refuse an owner that could not migrate, or not make the tests' databases."""
    user, name = connection.info.user, connection.info.dbname
    allowed = connection.execute(
        "SELECT has_database_privilege(current_database(), 'CREATE')"
        " AND has_schema_privilege('public', 'CREATE'),"
        " (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user)"
    ).fetchone()
    if not allowed[0]:
        raise RefusalError(
            f"The role {user} does not own the database {name}. Ask the keeper of the server:\n\n"
            f"    ALTER DATABASE {quoted(name)} OWNER TO {quoted(user)};"
        )
    if for_tests and not allowed[1]:
        raise RefusalError(
            f"The role {user} may not create the tests' databases. Ask the keeper of the server:"
            f"\n\n    ALTER ROLE {quoted(user)} CREATEDB;"
        )


def prepare_server(
    here: Checkout, owner: Mapping[str, str], runtime: Mapping[str, str] | None, *, for_tests: bool
) -> Mapping[str, str]:
    """Check the person's own server; return how the runtime role connects, made if not given."""
    with connect(owner) as connection:
        check_version(connection)
        check_owner(connection, for_tests=for_tests)
        parts = runtime or runtime_parts(here, connection, owner)
        if not runtime and not can_connect(parts):
            create_runtime(connection, parts["user"], parts["password"])
    connect(parts).close()
    return parts


def runtime_parts(
    here: Checkout, connection: "Connection", owner: Mapping[str, str]
) -> dict[str, str]:
    """The owner's address with the name and the kept password of its runtime role."""
    info = connection.info
    name = f"{info.user}_app"
    kept = f"{info.host}-{info.port}-{name}".replace("/", "_")
    password = secret(here.local / "secrets", kept)
    return {"dbname": info.dbname, **owner, "user": name, "password": password}


def can_connect(parts: Mapping[str, str]) -> bool:
    try:
        connect(parts).close()
    except RefusalError:
        return False
    return True


def create_runtime(connection: "Connection", role: str, password: str) -> None:
    """Create the runtime role where the owner may, else print the SQL for the server's keeper."""
    import psycopg

    exists = has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    stored = verifier(connection, role, password)
    rights = "LOGIN" if exists else RUNTIME_RIGHTS
    statements = [role_sql(role, rights, stored, exists=exists), *limits_sql(role)]
    try:
        with connection.transaction():
            for statement in statements:
                connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        raise RefusalError(
            f"The role {connection.info.user} may not create the portal's runtime role. Ask the "
            "keeper of the server to run this, then run the same command again:\n\n"
            + "".join(f"    {statement};\n" for statement in statements)
        ) from None
