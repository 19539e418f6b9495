"""The worker goes on by itself once a database that was away is back."""

import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from audit.walls import checks
from ngo_portal.management.commands import worker


@pytest.fixture
def worked(own_database, monkeypatch):
    """How often the worker began to work."""
    times = []
    monkeypatch.setattr(worker, "work", lambda: times.append("begun"))
    monkeypatch.setattr(worker.time, "sleep", lambda seconds: None)
    return times


@pytest.mark.parametrize("error", [ConnectorException, PoolTimeout])
def test_it_works_again_after_the_database_went_away(worked, monkeypatch, error):
    def lose_the_database() -> None:
        worked.append("begun")
        if len(worked) == 1:
            raise error

    monkeypatch.setattr(worker, "work", lose_the_database)
    call_command("worker")
    assert len(worked) == 2


def test_it_waits_for_a_database_before_it_works(worked, monkeypatch):
    port = connection.settings_dict["PORT"]

    def come_back(seconds: int) -> None:
        assert worked == []
        connection.settings_dict["PORT"] = port

    monkeypatch.setitem(checks.KNOWN, "stand", False)
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    monkeypatch.setattr(worker.time, "sleep", come_back)
    connection.close()
    call_command("worker")
    assert worked == ["begun"]
