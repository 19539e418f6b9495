from django.core.management import BaseCommand, call_command
from django.db import connection

from audit.walls.checks import must_stand


class Command(BaseCommand):
    help = "Do the work in the background, as a database role that the walls hold back."

    def handle(self, *args, **options) -> None:
        """Refuses to start where the web server would (audit/walls/checks.py)."""
        must_stand()
        connection.close()
        connection.close_pool()
        call_command("procrastinate", "worker")
