"""Databases of the measures: made once and kept up to date by the owner, used as the runtime
role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from bench.generate import generate
from ngo_portal.database import database
from ngo_portal.management.commands.upgrade import grant

RUNTIME = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
OPTIONS = connection.settings_dict["OPTIONS"].get("options", "")
# As in `manage.py upgrade`: walls would hide rows from migrations.
AT_WORK = f"{OPTIONS} -c portal.every_organisation=on"


@contextmanager
def prepared(organisations: int) -> Iterator[int]:
    """Go on in a database of that many organisations, made if missing; yields its counts."""
    name = f"portal_bench_{organisations}"
    owner = database(settings.DATABASE_OWNER_URL)
    if not _exists(name):
        print(f"Making {name}: a minute or two …", flush=True)
        draft = f"{name}_draft"
        _as_owner(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft)))
        _as_owner(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
        _use(draft, owner)
        _bring_to_this_version()
        generate(organisations)
        _use(name, owner)
        names = [sql.Identifier(each) for each in (draft, name)]
        _as_owner(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*names))
    _use(name, owner)
    _bring_to_this_version()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM beneficiaries_beneficiarycount")
        rows = cursor.fetchone()[0]
    _use(name, RUNTIME)
    yield rows


def _bring_to_this_version() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    grant(RUNTIME["USER"])
    # A migration may write a table anew; a server that runs for days has tidied up since.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _use(name: str, account: dict) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["OPTIONS"]["options"] = OPTIONS if account is RUNTIME else AT_WORK
    connection.settings_dict.update(
        {"NAME": name, "USER": account["USER"], "PASSWORD": account["PASSWORD"]}
    )


def _as_owner(statement: sql.Composable) -> list[tuple]:
    parts = conninfo_to_dict(settings.DATABASE_OWNER_URL) | {"dbname": "postgres"}
    with psycopg.connect(**parts, autocommit=True) as session:
        result = session.execute(statement)
        return result.fetchall() if result.description else []


def _exists(name: str) -> bool:
    found = sql.SQL("SELECT 1 FROM pg_database WHERE datname = {}").format(sql.Literal(name))
    return bool(_as_owner(found))
