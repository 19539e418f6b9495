import time

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.utils import timezone, translation

from ngo_portal.demo import families, seeding
from ngo_portal.demo.calendar import Calendar
from ngo_portal.demo.shapes import Family

EVERY = 10


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration: invented figures of five families."

    def handle(self, *args, **options) -> None:
        """What is there is kept; a family that was interrupted is made anew."""
        if not settings.DEMO:
            raise CommandError("Demonstration data is only for a demonstration: set PORTAL_DEMO=1.")
        with translation.override("en"):
            try:
                made = seeding.start()
            except ValidationError as error:
                raise CommandError(
                    "This database already holds other data: the demonstration needs its own."
                ) from error
            if made:
                self.stdout.write("  Shared catalogue: indicators, code lists")
            calendar = Calendar(timezone.now())
            for family in families.ALL:
                self.make(family, calendar)

    def make(self, family: Family, calendar: Calendar) -> None:
        title = family.title[1]
        if seeding.is_there(family):
            self.stdout.write(f"  {title}: already there")
            return
        began = time.monotonic()
        made = seeding.make(family, calendar, lambda done: self.tell(title, done))
        seconds = time.monotonic() - began
        self.stdout.write(
            f"\r  {title}: {made.programs} programs, {made.sites} sites, {made.accounts} accounts, "
            f"{made.reports} reports ({seconds:.0f} s)"
        )

    def tell(self, title: str, done: int) -> None:
        """Progress within a family, on the same line of a terminal."""
        if done % EVERY == 0 and self.stdout.isatty():
            self.stdout.write(f"\r  {title}: {done} reports", ending="")
            self.stdout.flush()
