from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from psycopg_pool import PoolTimeout


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration, 503 with the reason otherwise."""
    try:
        plan = pending_migrations()
    except (DatabaseError, PoolTimeout):
        return JsonResponse({"database": "unreachable"}, status=503)
    state = {"database": "ok", "migrations": "pending" if plan else "ok"}
    return JsonResponse(state, status=503 if plan else 200)


def pending_migrations() -> list:
    """What this version of the code would still change in the database."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())
