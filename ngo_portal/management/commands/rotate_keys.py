from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection

from accounts import factors, letters
from audit import encryption, keys, reading, rotation
from audit.walls import sealed
from ngo_portal.database import database
from programs import uploads


class Command(BaseCommand):
    help = (
        "Seal everything with the last key of the file of keys. Run it after the web server and "
        "the worker were restarted with that key; stopped, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--list", action="store_true", help="only count what each key holds, change nothing"
        )

    def handle(self, *args, **options) -> None:
        """Needs DATABASE_OWNER_URL: the runtime role cannot touch history."""
        self._become_owner()
        if not options["list"]:
            self._seal_rules()
            for name, step in steps():
                self._run(name, step)
        found = holding()
        for key_id in sorted({*found, *encryption.ring().keys, *keys.in_use()}):
            self.stdout.write(f"{key_id}: {found[key_id]} values{self._remark(key_id)}")
        if not options["list"]:
            for key_id in rotation.forget_unused(found):
                self.stdout.write(f"{key_id} holds nothing: its line may leave the file of keys.")

    def _seal_rules(self) -> None:
        """What the rules say, too, unless somebody altered them: an upgrade comes first then."""
        try:
            is_right = not sealed.altered()
        except sealed.UnsealedError:
            is_right = False
        if is_right:
            sealed.seal()
        else:
            self.stderr.write("The rules of the database were altered: upgrade, then rotate again.")

    def _become_owner(self) -> None:
        if not settings.DATABASE_OWNER_URL:
            raise CommandError("Set DATABASE_OWNER_URL to the address of the database's owner.")
        owner = database(settings.DATABASE_OWNER_URL)
        if connection.settings_dict["USER"] != owner["USER"]:
            connection.close()
            connection.close_pool()
            connection.settings_dict.update(owner, TIME_ZONE=None)

    def _run(self, name: str, step: Iterator[int]) -> None:
        """One column, with its progress; every batch that is counted is kept."""
        total = 0
        for done in step:
            total += done
            self.stdout.write(f"  {name}: {total}", ending="\r" if self.stdout.isatty() else "\n")
            self.stdout.flush()

    def _remark(self, key_id: str) -> str:
        if key_id == encryption.ring().current:
            return ", seals from now on"
        return "" if key_id in encryption.ring().keys else ", NOT in the file of keys"


def steps() -> Iterator[tuple[str, Iterator[int]]]:
    """What is to be sealed anew, by name; each step yields how many it just did."""
    for column in rotation.sealed_columns():
        yield str(column), rotation.rotate(column)
    yield "second factors", _factors()
    yield "uploaded files", uploads.seal_again()


def _factors() -> Iterator[int]:
    """What second factors hold, in one transaction: there are a few a person."""
    with rotation.everywhere():
        yield factors.seal_again()


def holding() -> Counter[str]:
    """How many values each key seals, everywhere."""
    found: Counter[str] = Counter()
    for column in rotation.sealed_columns():
        found += rotation.keys_found(column)
    with rotation.everywhere():
        held = [factors.sealed_of(factor) for factor in factors.all_sealed()]
    found.update(encryption.key_of_text(text) for text in held)
    found.update(uploads.keys_found())
    found.update(reading.keys_found())
    found.update(letters.keys_found())
    return found
