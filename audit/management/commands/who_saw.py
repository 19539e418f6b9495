"""The two questions of an incident, answered from the whole ledger."""

import datetime as dt
from collections import defaultdict

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError
from django.utils import timezone, translation

from audit import reading
from audit.journal import reason_in_words
from audit.words import action_name


class Command(BaseCommand):
    help = "Say whom an account saw or exported between two days, or who touched an object."

    def add_arguments(self, parser) -> None:
        asked = parser.add_mutually_exclusive_group(required=True)
        asked.add_argument("--account", metavar="EMAIL", help="whom did this account see?")
        asked.add_argument("--object", metavar="TYPE:ID", help="who saw, changed, exported it?")
        for name in ("from", "to"):
            parser.add_argument(
                f"--{name}", metavar="DAY", type=dt.date.fromisoformat, help="as 2027-01-31"
            )

    def handle(self, *args, **options) -> None:
        try:
            self.answer(options)
        except reading.ClosedError as error:
            raise CommandError(str(error)) from None

    def answer(self, options: dict) -> None:
        if options["from"] and options["to"] and options["to"] < options["from"]:
            raise CommandError("The last day (--to) must not be before the first (--from).")
        with reading.whole() as entries, translation.override("en"):
            entries = entries.between(options["from"], options["to"]).order_by("id")
            if options["account"]:
                lines = seen_by(entries, account(options["account"]))
            else:
                lines = touched(entries, options["object"])
            for line in lines:
                self.stdout.write(line)


def account(email: str):
    found = get_user_model()._default_manager.with_email(email)
    if found is None:
        raise CommandError(f"No account has the e-mail {email}.")
    return found


def seen_by(entries, user) -> list[str]:
    """Each key that was shown to an account, how often, first and last, on which pages."""
    seen, pages = defaultdict(list), defaultdict(set)
    for entry in entries.filter(user_id=user.pk).exclude(shown_ids=[]).exclude(shown_ids=None):
        for key in entry.shown_ids:
            seen[key].append(entry.at)
            pages[key].add(str((entry.details or {}).get("page", entry.action)))
    lines = []
    for key, at in sorted(seen.items(), key=lambda item: item[1][0]):
        span = f"{minute(at[0])} to {minute(at[-1])}"
        lines.append(f"{key}  {len(at)} times  {span}  {' '.join(sorted(pages[key]))}")
    return [*lines, f"{len(seen)} in all"]


def touched(entries, name: str) -> list[str]:
    """Each entry about an object, the account that made it among it."""
    kind, colon, key = name.partition(":")
    if not colon:
        raise CommandError("Name the object as TYPE:ID, for example program:12.")
    found = list(entries.about(kind, key))
    people = get_user_model()._default_manager.in_bulk({e.user_id for e in found} - {None})
    lines = []
    for entry in found:
        who = people[entry.user_id].email if entry.user_id in people else entry.user_id or "nobody"
        did = f"{action_name(entry.action)}  {reason_in_words(entry)}"
        lines.append(f"{minute(entry.at)}  {who}  {did}")
    return [line.rstrip() for line in [*lines, f"{len(found)} entries"]]


def minute(at: dt.datetime) -> str:
    return timezone.localtime(at).isoformat(" ", "minutes")
