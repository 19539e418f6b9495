from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.utils import translation

from ngo_portal.demo import seeding
from ngo_portal.demo.seeding import Made


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration: invented figures of five families."

    def handle(self, *args, **options) -> None:
        """What is there is kept; a family that was interrupted is made anew."""
        if not settings.DEMO:
            raise CommandError("Demonstration data is only for a demonstration: set PORTAL_DEMO=1.")
        with translation.override("en"):
            try:
                seeding.start()
            except ValidationError as error:
                raise CommandError(
                    "This database already holds other data: the demonstration needs its own."
                ) from error
            for made in seeding.make_all(seeding.calendar(), self.tell):
                self.stdout.write(self.line(made))

    def line(self, made: Made) -> str:
        if made.reports is None:
            return f"  {made.family}: already there"
        return (
            f"  {made.family}: {made.programs} programs, {made.sites} sites, "
            f"{made.accounts} accounts, {made.reports} monthly reports"
        )

    def tell(self, done: int) -> None:
        """Progress within the families, on the same line of a terminal."""
        if self.stdout.isatty():
            self.stdout.write(f"  {done} monthly reports…\r", ending="")
            self.stdout.flush()
