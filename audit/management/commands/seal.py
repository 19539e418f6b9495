import logging
import signal
import threading

import psycopg
from django.conf import settings
from django.core.management import BaseCommand, CommandError

from audit import sealing

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    # It runs beside the portal, with none of its secrets.
    requires_system_checks = ()
    help = "Seal the ledger: once, or again and again. Needs the sealer's address and its key."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="go on until told to stop (SIGTERM)"
        )
        parser.add_argument(
            "--head", action="store_true", help="print the last seal and the key, to keep elsewhere"
        )

    def handle(self, *args, **options) -> None:
        if not settings.DATABASE_SEALER_URL:
            raise CommandError("DATABASE_SEALER_URL is not set: docs/administrators/deploy.md.")
        self.key = sealing.read_key(settings.SEAL_KEY_FILE)
        if options["every"]:
            self.go_on(options["every"])
            return
        with connected() as session:
            made = sealing.seal(session, self.key)
            for line in self.told(session, made) if options["head"] else summary(made):
                self.stdout.write(line)

    def go_on(self, seconds: int) -> None:
        """A database that is away is tried again: what waits is sealed once it is back."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                with connected() as session:
                    while not stop.is_set():
                        for line in summary(sealing.seal(session, self.key)):
                            logger.info(line)
                        stop.wait(seconds)
            except psycopg.OperationalError:
                logger.warning("the database is away: the ledger is sealed once it is back")
                stop.wait(seconds)

    def told(self, session: psycopg.Connection, made: list) -> list[str]:
        public = self.key.public_key()
        return [
            f"head {sealing.head(session)}",
            f"key {sealing.key_id(public)} {sealing.public_text(public)}",
        ]


def connected() -> psycopg.Connection:
    return psycopg.connect(settings.DATABASE_SEALER_URL, autocommit=True, connect_timeout=10)


def summary(made: list) -> list[str]:
    return [f"seal {each.number}: {len(each.entry_ids)} rows" for each in made]
