from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from audit import journal
from audit.scope import scope
from ngo_portal.backup import making
from ngo_portal.backup.refusal import RefusalError


class Command(BaseCommand):
    help = "Save database and files, encrypted to PORTAL_BACKUP_RECIPIENTS, in PORTAL_BACKUP_DIR."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("--keep-days", type=int, default=14, help="one a day, so many days")
        parser.add_argument("--keep-weeks", type=int, default=8, help="one a week, so many weeks")

    def handle(self, *args, keep_days: int, keep_weeks: int, **options) -> None:
        folder = Path(settings.BACKUP_DIR)
        try:
            made = making.make(
                url=settings.DATABASE_BACKUP_URL,
                files=Path(settings.FILES_DIR),
                folder=folder,
                keys=settings.BACKUP_RECIPIENTS,
            )
        except RefusalError as error:
            raise CommandError(str(error)) from None
        gone = making.thin(folder, days=keep_days, weeks=keep_weeks)
        with scope():
            details = {"rows": made.rows, "files": len(made.facts["files"]), "sha256": made.sha256}
            journal.record("backup", by=None, details=details)
        self.stdout.write(
            f"{made.path}: {made.rows} rows, {len(made.facts['files'])} files, "
            f"{made.path.stat().st_size // 1024} KB; {len(gone)} older removed."
        )
