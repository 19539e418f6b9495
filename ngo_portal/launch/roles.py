"""The database roles: the owner that migrates, and four that own nothing.

The runtime role serves requests and jobs, the auditor's reads the ledger, the sealer's seals it,
the backup role reads everything and writes nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ngo_portal.launch import addresses
from ngo_portal.launch.checkout import Checkout
from ngo_portal.launch.console import RefusalError
from ngo_portal.launch.vault import secret

if TYPE_CHECKING:
    from psycopg import Connection

OWNER, RUNTIME, DATABASE = "portal_owner", "portal_app", "portal"
AUDITOR, SEALER, BACKUP = "portal_auditor", "portal_sealer", "portal_backup"
# The variable of each role's address, the owner's first.
VARIABLES = {
    OWNER: "DATABASE_OWNER_URL",
    RUNTIME: "DATABASE_URL",
    AUDITOR: "DATABASE_AUDITOR_URL",
    SEALER: "DATABASE_SEALER_URL",
    BACKUP: "DATABASE_BACKUP_URL",
}
# Those that own nothing.
SERVANTS = (RUNTIME, AUDITOR, SEALER, BACKUP)
OLDEST_SERVER = 15
OWNER_RIGHTS = "LOGIN NOSUPERUSER CREATEDB NOCREATEROLE NOBYPASSRLS"
PLAIN_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
BACKUP_RIGHTS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS"
REQUEST_LIMITS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}
LIMITS = {
    RUNTIME: REQUEST_LIMITS,
    AUDITOR: REQUEST_LIMITS,
    SEALER: REQUEST_LIMITS | {"statement_timeout": "60s"},
    BACKUP: {"default_transaction_read_only": "on"},
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


def rights_of(role: str) -> str:
    return {OWNER: OWNER_RIGHTS, BACKUP: BACKUP_RIGHTS}.get(role, PLAIN_RIGHTS)


def settings_sql(role: str, name: str) -> list[str]:
    """Limits that work through a connection pool, and what the backup role may read."""
    limits = [
        f"ALTER ROLE {quoted(name)} SET {setting} = {literal(value)}"
        for setting, value in LIMITS.get(role, {}).items()
    ]
    return [*limits, f"GRANT pg_read_all_data TO {quoted(name)}"] if role == BACKUP else limits


def verifier(connection: "Connection", role: str, password: str) -> str:
    """What the server stores instead of a password, so that no log ever shows the password."""
    made = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return made.decode()


def has(connection: "Connection", query: str, *values: str) -> bool:
    return connection.execute(query, values).fetchone() is not None


def make_role(connection: "Connection", role: str, name: str, password: str) -> None:
    """Create a role under a name, or bring it to its rights, limits and password."""
    for statement in statements(connection, role, name, password):
        connection.execute(statement)


def statements(connection: "Connection", role: str, name: str, password: str) -> list[str]:
    """What makes a role, as SQL in which no password can be read."""
    exists = has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name)
    stored = verifier(connection, name, password)
    made = role_sql(name, rights_of(role), stored, exists=exists)
    return [made, *settings_sql(role, name)]


def prepare_embedded(superuser: Mapping[str, str], passwords: Mapping[str, str]) -> None:
    """Make the roles (with these passwords) and the owner's database; safe to repeat."""
    with connect(superuser) as connection:
        for role, password in passwords.items():
            make_role(connection, role, role, password)
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
    here: Checkout, given: Mapping[str, Mapping[str, str]], *, for_tests: bool
) -> dict[str, Mapping[str, str]]:
    """Check the person's own server; return how each role connects, made where not given."""
    owner = given[OWNER]
    with connect(owner) as connection:
        check_version(connection)
        check_owner(connection, for_tests=for_tests)
        found = {
            role: given.get(role) or servant_parts(here, connection, role, owner)
            for role in SERVANTS
        }
        missing = [r for r in SERVANTS if r not in given and not can_connect(found[r])]
        create_roles(connection, {role: found[role] for role in missing})
    for role in SERVANTS:
        connect(found[role]).close()
    return {OWNER: owner, **found}


def servant_parts(
    here: Checkout, connection: "Connection", role: str, owner: Mapping[str, str]
) -> dict[str, str]:
    """The owner's address with the name and the kept password of one of its servants."""
    info = connection.info
    name = info.user + role.removeprefix("portal")
    kept = f"{info.host}-{info.port}-{name}".replace("/", "_")
    password = secret(here.local / "secrets", kept)
    return {"dbname": info.dbname, **owner, "user": name, "password": password}


def can_connect(parts: Mapping[str, str]) -> bool:
    try:
        connect(parts).close()
    except RefusalError:
        return False
    return True


def create_roles(connection: "Connection", wanted: Mapping[str, Mapping[str, str]]) -> None:
    """Create roles where the owner may, else print the SQL of all for the server's keeper."""
    import psycopg

    made = [
        statement
        for role, parts in wanted.items()
        for statement in statements(connection, role, parts["user"], parts["password"])
    ]
    try:
        with connection.transaction():
            for statement in made:
                connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        raise RefusalError(
            f"The role {connection.info.user} may not create the portal's other roles. Ask the "
            "keeper of the server to run this, then run the same command again:\n\n"
            + "".join(f"    {statement};\n" for statement in made)
        ) from None
