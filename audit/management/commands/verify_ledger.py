import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from audit import sealing, verifying


class Command(BaseCommand):
    # It may run where none of the portal's secrets are.
    requires_system_checks = ()
    help = (
        "Compare the ledger with its seals; name what was altered, removed, inserted or emptied. "
        "The exit code is 1 when anything is wrong."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--head",
            nargs=2,
            action="append",
            default=[],
            metavar=("NUMBER", "HASH"),
            help="a seal that was kept elsewhere (`manage.py seal --head`); may be repeated",
        )
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            help="a public key that was kept elsewhere; without one, the key of the sealing file",
        )

    def handle(self, *args, **options) -> None:
        if not settings.DATABASE_AUDITOR_URL:
            raise CommandError("DATABASE_AUDITOR_URL is not set: docs/administrators/deploy.md.")
        try:
            keys = [sealing.public_key(text) for text in options["key"]] or [own_key()]
            heads = {int(number): expected for number, expected in options["head"]}
        except ValueError as error:
            raise CommandError(f"A head is a number and a hash, a key 44 signs: {error}") from None
        with psycopg.connect(settings.DATABASE_AUDITOR_URL, autocommit=True) as session:
            named = {sealing.key_id(key): key for key in keys}
            verdict = verifying.verify(session, named, heads, now=timezone.now())
        self.tell(verdict)

    def tell(self, verdict: verifying.Verdict) -> None:
        self.stdout.write(f"{verdict.entries} rows, {verdict.seals} seals, head {verdict.head}")
        if verdict.erased:
            self.stdout.write(f"{verdict.erased} rows were erased, with an entry that says so.")
        if verdict.waited:
            self.stdout.write(f"{verdict.waited} rows were sealed more than five minutes late.")
        if verdict.purged_through:
            self.stdout.write(f"Rows through seal {verdict.purged_through} were purged.")
        if verdict.findings:
            for finding in verdict.findings:
                self.stderr.write(f"✗ {finding}")
            raise SystemExit(1)
        self.stdout.write("Everything is as it was sealed.")


def own_key() -> Ed25519PublicKey:
    return sealing.read_key(settings.SEAL_KEY_FILE).public_key()
