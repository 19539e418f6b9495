from __future__ import annotations

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser, call_command

from accounts.actions.account import bootstrap
from accounts.adapter import reset_url
from accounts.models import User
from audit.scope import PLATFORM, scope
from programs.models import Organisation

QUESTIONS = {
    "organisation_code": "Code of the organisation (capital letters, e.g. LA_MIST): ",
    "name_fr": "Its name in French: ",
    "name_en": "Its name in English: ",
    "country": "Its country (two letters, e.g. FR): ",
    "email": "Your e-mail: ",
    "display_name": "Your name on screen: ",
    "language": "Your language (fr or en): ",
}


class Command(BaseCommand):
    help = "Create the first organisation and the person who invites all the others."

    def add_arguments(self, parser: CommandParser) -> None:
        for name in QUESTIONS:
            parser.add_argument(f"--{name.replace('_', '-')}", default="")

    def handle(self, *args, **options) -> None:
        if Organisation.objects.exists():
            raise CommandError("This portal already has an organisation: nothing was changed.")
        answers = {name: options[name] or input(question) for name, question in QUESTIONS.items()}
        code = answers.pop("organisation_code")
        try:
            with scope(powers=[PLATFORM]):
                call_command("load_catalogue", verbosity=0)
                user = bootstrap(code=code, **answers)
        except ValidationError as error:
            raise CommandError("\n".join(_lines(error))) from error
        self.stdout.write("The portal is started. Choose your password here, within three days:")
        self.stdout.write(password_url(user))


def _lines(error: ValidationError) -> list[str]:
    """What to mend, with the name of the answer where it is known."""
    if hasattr(error, "message_dict"):
        return [f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
    return error.messages


def password_url(user: User) -> str:
    """A link that sets the password of an account once."""
    return reset_url(user_pk_to_url_str(user), default_token_generator.make_token(user))
