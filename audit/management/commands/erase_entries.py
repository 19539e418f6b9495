import psycopg
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from audit import forgetting


class Command(BaseCommand):
    help = "Empty what the ledger says about one object, when it is erased. Needs the owner."

    def add_arguments(self, parser) -> None:
        parser.add_argument("object", metavar="TYPE:ID", help="for example user:0b7c…")
        parser.add_argument("--reason", required=True, help="kept in the ledger: no name")

    def handle(self, *args, **options) -> None:
        if not settings.DATABASE_OWNER_URL:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner of the database erases.")
        kind, _colon, key = options["object"].partition(":")
        if not key:
            raise CommandError("Name the object as TYPE:ID.")
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as session:
            found = forgetting.erase(session, kind, key, options["reason"])
        self.stdout.write(f"{found} entries emptied.")
