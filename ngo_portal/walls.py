"""Tables of Django and of libraries: none holds a word about anybody's work, and why no wall."""

from audit.walls.rules import Walls

WALLS = Walls(
    free={
        "account_emailaddress": "addresses of accounts, read before signing in",
        "account_emailconfirmation": "one-use links to addresses, found by their key",
        "auth_group": "not used: rights are memberships",
        "auth_group_permissions": "not used: rights are memberships",
        "auth_permission": "names of permissions, made by migrations",
        "django_admin_log": "not used: the journal replaces it",
        "django_content_type": "names of models, made by migrations",
        "django_migrations": "names of migrations; the runtime role reads only",
        "django_session": "signed-in browsers, sealed, found by a hash of their key",
        "mfa_authenticator": "second factors of accounts, sealed; read before signing in is done",
        "pghistory_context": "not used: the context is on each event",
        "portal_cache": "counters of limits, pictures, forms left in haste: sealed for their key",
        "procrastinate_events": "what became of a job",
        "procrastinate_jobs": "keys of rows, and sealed e-mails until they have left: each job "
        "opens the scope of who asked or of one organisation",
        "procrastinate_periodic_defers": "when a periodic job was last asked for",
        "procrastinate_workers": "workers that are alive",
        "usersessions_usersession": "browsers of an account, by hashes of their keys",
    },
)
