"""The address of a database in the environment → Django's form of it, for each of the roles."""

import os

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

# The runtime role's own limits are those of requests (launch/roles.py); a job may take its time.
JOB_LIMITS = (
    "-c statement_timeout=10min -c lock_timeout=30s -c idle_in_transaction_session_timeout=10min"
)
PROCESS_LIMITS = JOB_LIMITS if os.environ.get("PORTAL_PROCESS") == "worker" else ""
# A host that vanishes from the network (a cable, a firewall) closes nothing: without these a
# request would wait for the system's own fifteen minutes. What is sent must be acknowledged within
# five seconds; while an answer is waited for, the other side is asked whether it is still there.
VANISHED = {
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# As many connections as a worker has threads (ngo_portal/serving.py): nobody waits for somebody
# else's, only for one to be made, which takes milliseconds. Whoever waits for two seconds waits for
# a database that is away, and is told so. After as long the pool gives up by itself, and the next
# request tries anew: left to its five minutes it doubles its pauses, and is back long after the
# database.
POOL = {"min_size": 1, "max_size": 4, "timeout": 2, "reconnect_timeout": 2}


def database(url: str) -> dict:
    """Turn a PostgreSQL address (any that libpq accepts, sockets included) into Django's form."""
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured("DATABASE_URL is not a PostgreSQL address.") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            **VANISHED,
            **parts,
            "options": f"{parts.get('options', '')} {PROCESS_LIMITS}".strip(),
            # Statements are planned once for each connection of the pool, not at each request: a
            # third of a page's time in the database. No transaction pooler may stand in between.
            "server_side_binding": True,
            "prepare_threshold": 2,
            "pool": dict(POOL),
        },
    }
