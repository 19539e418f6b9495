from django.core.management import BaseCommand

from audit.scope import PLATFORM, scope
from programs.actions import load_standard_catalogue


class Command(BaseCommand):
    help = "Add what is missing of the standard indicators, breakdowns and code lists."

    def handle(self, *args, **options) -> None:
        """Safe to run again: what is there is kept."""
        with scope(powers=[PLATFORM]):
            added = load_standard_catalogue(by=None)
        self.stdout.write(f"Standard catalogue: {added} rows added.")
