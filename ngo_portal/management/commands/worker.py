from django.core.management import BaseCommand
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from audit.walls.checks import must_stand


class Command(BaseCommand):
    help = "Do the work in the background, as a database role that the walls hold back."

    def handle(self, *args, **options) -> None:
        """Refuses to start where the web server would (audit/walls/checks.py)."""
        must_stand()
        connection.close()
        connection.close_pool()
        work()


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
