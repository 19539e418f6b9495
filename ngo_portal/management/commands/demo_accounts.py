from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import translation

from accounts.roles import Role
from ngo_portal.demo import accounts, families
from ngo_portal.demo.accounts import Line


class Command(BaseCommand):
    help = "List the accounts of the demonstration: one per role, or all of them."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--all", action="store_true", help="every account of every family")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO:
            raise CommandError("Demonstration accounts exist in a demonstration only.")
        with translation.override("en"):
            everybody = [line for family in families.SHOWN for line in accounts.lines(family)]
            everybody.append(accounts.platform_line())
            shown = everybody if options["all"] else one_per_role(everybody)
            for row in table(shown):
                self.stdout.write(row)
            self.stdout.write(f"\nPassword of all accounts: {accounts.PASSWORD}")
            if not options["all"]:
                self.stdout.write(
                    f"All {len(everybody)} accounts: on the sign-in page, "
                    "or `manage.py demo_accounts --all`."
                )


def one_per_role(lines: list[Line]) -> list[Line]:
    """The first account of each role, in the order of the roles."""
    first = {line.role: line for line in reversed(lines)}
    return [first[role] for role in Role.values]


def table(lines: list[Line]) -> list[str]:
    """Aligned columns: role, organisation, e-mail, language."""
    rows = [("Role", "Organisation", "E-mail", "Language")]
    rows += [(line.role_name, line.organisation, line.email, line.language) for line in lines]
    widths = [max(len(row[n]) for row in rows) for n in range(3)]
    return [
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
