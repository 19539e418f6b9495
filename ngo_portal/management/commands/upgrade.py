from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from accounts.models import User
from audit import history, ledger
from audit.walls import sealed
from audit.walls.build import build
from ngo_portal.database import database
from ngo_portal.views import pending_migrations

# Never TRUNCATE: row-level security does not filter it.
NOTHING = "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
TABLES = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
SEQUENCES = "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
NO_MIGRATIONS = "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}"
# Tables under no policy, or that lose no row: what the portal never does there.
NEVER = (
    "REVOKE DELETE ON accounts_user, accounts_membership FROM {role}",
    "REVOKE UPDATE, DELETE ON audit_keyinuse FROM {role}",
    "REVOKE UPDATE ON accounts_user, mfa_authenticator FROM {role}",
    # No e-mail: whoever changes one has the links that are mailed to it.
    "GRANT UPDATE (display_name, language, is_active, password, last_login, seen_at, factor_link,"
    " factor_link_until, factors_set_at, session_epoch) ON accounts_user TO {role}",
    "GRANT UPDATE (data, last_used_at) ON mfa_authenticator TO {role}",
)
# What the upgrade refuses to take for right by itself.
LEFT = """These rules cannot be put back, and nothing was changed:
{said}
Run what is written there yourself, as a role that may, once nothing stands against it (rows that
break a rule, something made by hand); then upgrade again. After a new version of PostgreSQL, or if
you know better: {command} (docs/security/incidents.md, 2)."""
UNKNOWN = """Nothing tells whether the rules of this database are as they were built: {error}
Put the file of keys back, or look at docs/security/incidents.md, 2, and then accept them as they
are: {command}"""
ON_A_SERVER = "OWNER=1 portal-manage upgrade --accept-rules"
IN_A_FOLDER = 'make manage ARGS="upgrade --accept-rules"'


class Command(BaseCommand):
    help = (
        "Bring the database to this version, as its owner, and grant the runtime role its rights. "
        "Rules that somebody altered since the last upgrade are named and put back as they were."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accept-rules",
            action="store_true",
            help="take for right whatever the rules of the database say now, named or not",
        )
        parser.add_argument(
            "--accept-unsealed",
            action="store_true",
            help="the same, only where nothing tells what they were: a demonstration of before",
        )

    def handle(self, *args, **options) -> None:
        """Needs DATABASE_OWNER_URL: the runtime role owns nothing and cannot migrate."""
        runtime = settings.DATABASES["default"]["USER"]
        owner_url = settings.DATABASE_OWNER_URL
        if not owner_url:
            self.stderr.write("Set DATABASE_OWNER_URL to the address of the owner of the database.")
            raise SystemExit(1)
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(database(owner_url), TIME_ZONE=None)
        # Migrations check new foreign keys by reading rows, which walls would hide from them.
        connection.settings_dict["OPTIONS"]["options"] += " -c portal.every_organisation=on"
        known = self.mend(accept=options["accept_rules"], unsealed=options["accept_unsealed"])
        is_old = bool(pending_migrations())
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", verbosity=0)
        grant(runtime, anew=not known)
        if is_old:
            tidy()

    def mend(self, *, accept: bool = False, unsealed: bool = False) -> bool:
        """Name what somebody made of the rules since the last upgrade, and put it back.

        Returns whether all of them are now as they were sealed.
        """
        command = IN_A_FOLDER if settings.DEMO else ON_A_SERVER
        try:
            names = sealed.altered()
        except sealed.UnsealedError as error:
            if is_in_use():
                if not (accept or unsealed):
                    raise CommandError(UNKNOWN.format(error=error, command=command)) from None
                self.stderr.write("No upgrade has sealed these rules: accepted as they are.")
            return False
        if names:
            self.stderr.write(f"Rules altered since the last upgrade: {', '.join(names)}.")
        if names and accept:
            self.stderr.write("They are accepted as they are.")
            return False
        if names:
            self._put_back(command)
        return True

    def _put_back(self, command: str) -> None:
        if left := sealed.put_back():
            said = "\n".join(f"  {name}\n    {why}" for name, why in left.items())
            raise CommandError(LEFT.format(said=said, command=command))
        self.stderr.write("They are put back: docs/security/incidents.md, 2, says what to look at.")


def is_in_use() -> bool:
    """Whether somebody has an account: rules without a seal are then no new database."""
    table = User._meta.db_table
    return table in connection.introspection.table_names() and User.objects.exists()


def tidy() -> None:
    """Leave no dead rows of a migration behind, nor a plan made for the tables of before."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def grant(role: str, *, anew: bool = False) -> None:
    """Let the runtime role read and write rows within the walls, and nothing more."""
    with connection.cursor() as cursor:
        for statement in (NOTHING, TABLES, SEQUENCES, NO_MIGRATIONS, *NEVER):
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
        history.protect(cursor, runtime=role)
        ledger.grant(
            cursor,
            runtime=role,
            auditor=_role_of(settings.DATABASE_AUDITOR_URL),
            sealer=_role_of(settings.DATABASE_SEALER_URL),
        )
    build(role, anew=anew)
    sealed.seal()


def _role_of(url: str) -> str:
    return conninfo_to_dict(url).get("user", "") if url else ""
