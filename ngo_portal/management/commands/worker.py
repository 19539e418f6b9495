import logging
import time

import psycopg
from django.core.management import BaseCommand
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector

from audit.walls.checks import KNOWN, must_stand

logger = logging.getLogger(__name__)
# A database that is away is asked for again after so long.
PAUSE_SECONDS = 5


class Command(BaseCommand):
    help = "Do the work in the background, as a database role that the walls hold back."

    def handle(self, *args, **options) -> None:
        """Refuses to start where the web server would (audit/walls/checks.py)."""
        while not is_worked():
            logger.warning("the database is away: the work goes on once it is back")
            time.sleep(PAUSE_SECONDS)


def is_worked() -> bool:
    """Work until told to stop; False when the database is away, or went away meanwhile."""
    must_stand()
    connection.close()
    connection.close_pool()
    try:
        if KNOWN["stand"]:
            work()
        return KNOWN["stand"]
    except (ConnectorException, psycopg.OperationalError):
        return False


class OfWorker(PsycopgConnector):
    """The worker has connections of its own; a job asks for others in its own transaction.

    The library's own would ask for them at once, on another connection: rolled back, a job would
    leave its e-mails behind, and send them again when it is tried again.
    """

    def get_sync_connector(self) -> DjangoConnector:
        return DjangoConnector()


def work(**options) -> None:
    """Run the jobs there are and those to come; one that is done leaves nothing behind."""
    with app.replace_connector(OfWorker(kwargs=connector_params())):
        app.run_worker(delete_jobs="successful", **options)
