import psycopg
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from audit import forgetting


class Command(BaseCommand):
    help = "Delete ledger entries that were sealed more than twelve months ago. Needs the owner."

    def handle(self, *args, **options) -> None:
        if not settings.DATABASE_OWNER_URL:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the database purges.")
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as session:
            gone = forgetting.purge(session, now=timezone.now())
        self.stdout.write(f"{gone} entries deleted.")
