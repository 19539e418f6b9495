import sys
import time
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ngo_portal.backup import restoring
from ngo_portal.backup.refusal import RefusalError

KINDS = ("row security", "policy", "trigger", "function", "grant", "constraint", "index")


class Command(BaseCommand):
    help = "Restore a backup into a database of its own, compare everything, and remove it."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("backup", type=Path)
        parser.add_argument("--identity", required=True, help="file of age's secret key; - to type")

    def handle(self, *args, backup: Path, identity: str, **options) -> None:
        start = time.monotonic()
        owner, reader = settings.DATABASE_OWNER_URL, settings.DATABASE_BACKUP_URL
        try:
            key = restoring.read_identity(identity)
            with restoring.opened(backup, key) as saved, restoring.scratch(owner) as name:
                restoring.load(saved, owner, dbname=name)
                restored = time.monotonic()
                wrong = restoring.compare(saved, reader, dbname=name)
                wrong += restoring.changed_files(saved)
                self.report(saved.facts, wrong, restored - start, time.monotonic() - restored)
        except RefusalError as error:
            raise CommandError(str(error)) from None
        if wrong:
            sys.exit(1)

    def report(self, facts: dict, wrong: list[str], restoring: float, comparing: float) -> None:
        """One line a kind of thing: how many were saved; then each difference by its name."""
        tables = facts["tables"].values()
        kinds = Counter(kind for kind, _name, _text in facts["schema"])
        lines = {
            "tables": len(tables),
            "rows": sum(rows for rows, _hash in tables),
            **{kind: kinds[kind] for kind in KINDS},
            "sequence": len(facts["sequences"]),
            "role": len(facts["roles"]),
            "file": len(facts["files"]),
        }
        for what, number in lines.items():
            self.stdout.write(f"{what:<14}{number:>10}")
        for difference in wrong:
            self.stdout.write(f"✗ {difference}")
        said = f"{len(wrong)} differences" if wrong else "No difference"
        self.stdout.write(
            f"{said}. Decrypted and restored in {restoring:.1f} s, compared in {comparing:.1f} s."
        )
