import sys
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ngo_portal.backup import restoring
from ngo_portal.backup.refusal import RefusalError


class Command(BaseCommand):
    help = "Restore a backup into the empty database of DATABASE_OWNER_URL and PORTAL_FILES_DIR."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("backup", type=Path)
        parser.add_argument("--identity", required=True, help="file of age's secret key; - to type")

    def handle(self, *args, backup: Path, identity: str, **options) -> None:
        owner = settings.DATABASE_OWNER_URL
        try:
            with restoring.opened(backup, restoring.read_identity(identity)) as saved:
                restoring.load(saved, owner)
                wrong = restoring.compare(saved, settings.DATABASE_BACKUP_URL)
                wrong += restoring.changed_files(saved)
                restoring.put_files(saved, Path(settings.FILES_DIR))
        except RefusalError as error:
            raise CommandError(str(error)) from None
        for difference in wrong:
            self.stdout.write(f"✗ {difference}")
        if wrong:
            sys.exit(1)
        self.stdout.write(
            "Restored, and nothing differs. Now bring it to this version (upgrade), then seal the "
            "ledger (manage.py seal) before the portal opens: docs/security/backup.md, “Restore”."
        )
