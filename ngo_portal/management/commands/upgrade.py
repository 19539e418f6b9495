from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from audit import history, ledger
from audit.walls import sealed
from audit.walls.build import build
from ngo_portal.settings import database
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
    "REVOKE UPDATE ON mfa_authenticator FROM {role}",
    "GRANT UPDATE (data, last_used_at) ON mfa_authenticator TO {role}",
)


class Command(BaseCommand):
    help = (
        "Bring the database to this version, as its owner, and grant the runtime role its rights."
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
        self._say_what_was_altered()
        is_old = bool(pending_migrations())
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("createcachetable", verbosity=0)
        grant(runtime)
        if is_old:
            tidy()

    def _say_what_was_altered(self) -> None:
        """What somebody made of the rules since the last upgrade; triggers say again what they did.

        Policies are all built anew (audit/walls/build.py).
        """
        if sealed.is_there() and (names := sealed.altered()):
            self.stderr.write(
                f"Rules altered since the last upgrade: {', '.join(names)} "
                "(docs/security/incidents.md, 2)."
            )
            call_command("pgtrigger", "install")


def tidy() -> None:
    """Leave no dead rows of a migration behind, nor a plan made for the tables of before."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def grant(role: str) -> None:
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
    build(role)
    sealed.seal()


def _role_of(url: str) -> str:
    return conninfo_to_dict(url).get("user", "") if url else ""
