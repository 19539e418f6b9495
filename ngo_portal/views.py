from __future__ import annotations

import logging
import sys

from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout

logger = logging.getLogger(__name__)


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration, 503 with the reason otherwise."""
    try:
        plan = _pending_migrations()
    except (DatabaseError, PoolTimeout):
        return JsonResponse({"database": "unreachable"}, status=503)
    state = {"database": "ok", "migrations": "pending" if plan else "ok"}
    return JsonResponse(state, status=503 if plan else 200)


def _pending_migrations() -> list:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    detail = str(exception) if isinstance(exception, BadRequest) else ""
    return render(request, "400.html", {"detail": detail}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is away is said as such, and needs no page that reads from it."""
    error = sys.exc_info()[1]
    away = isinstance(error, OperationalError | InterfaceError | PoolTimeout)
    template, status = ("503.html", 503) if away else ("500.html", 500)
    return render(request, template, {"request_id": getattr(request, "id", "")}, status=status)
