"""One account per role and per organisation, through invitations as on the screens."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import get_language, override

from accounts.actions.account import bootstrap
from accounts.actions.factor import add_totp
from accounts.actions.invitation import accept, invite
from accounts.actions.membership import grant
from accounts.models import User
from accounts.roles import Role
from audit.scope import scope

from . import catalogue, families
from .calendar import Calendar
from .shapes import Account, Family, Org, Text, said_in

PASSWORD = "demo-portal-2026"  # noqa: S105 - printed on the sign-in page of the demonstration
PLATFORM = "platform@portal.example"
PORTAL: Text = ("Équipe du portail (fictive)", "Portal team (fictional)")


def said(text: Text) -> str:
    """A text in the reader's language."""
    return said_in(get_language() or "en", text)


@dataclass(frozen=True)
class Line:
    """An account as the tables show it."""

    email: str
    role: str
    display: str
    organisation: str
    place: str
    language: str

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


def email_of(account: Account) -> str:
    return f"{account.name}@{organisations()[account.organisation].domain}.example"


@cache
def organisations() -> dict[str, Org]:
    return {org.code: org for family in families.ALL for org in family.organisations}


def accounts_of(family: Family) -> list[Account]:
    """The accounts of a family; each organisation that has some has an administrator."""
    administered = {a.organisation for a in family.accounts if a.role == Role.ADMINISTRATOR}
    own = [org for org in family.organisations if org.domain and org.code not in administered]
    title = ("Administration", "Administrator")
    added = [
        Account("administration", Role.ADMINISTRATOR, org.code, title, org.language) for org in own
    ]
    return [*family.accounts, *added]


def lines(family: Family) -> list[Line]:
    """The accounts of a family in the reader's language, in the order of the organisations."""
    return [_line(account) for account in accounts_of(family)]


def _line(account: Account) -> Line:
    return Line(
        email_of(account),
        account.role,
        said(account.display),
        said(organisations()[account.organisation].name),
        _place(account),
        account.language,
    )


def _place(account: Account) -> str:
    """The part of the organisation that the role is held in."""
    sites = [p.name for f in families.ALL for p in f.places if p.code == account.site]
    return ", ".join([*account.programs, *map(said, sites)])


def platform_line() -> Line:
    """Who looks after the shared catalogue and the first accounts of each organisation."""
    return Line(PLATFORM, Role.PLATFORM_ADMINISTRATOR, said(PORTAL), said(PORTAL), "", "en")


def make_platform() -> User:
    """Start the portal: the platform's organisation and its administrator."""
    with override("en"):
        user = bootstrap(
            code="PORTAL",
            name_fr=PORTAL[0],
            name_en=PORTAL[1],
            country="FR",
            email=PLATFORM,
            display_name=PORTAL[1],
            language="en",
        )
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    add_totp(by=user, secret=secret_of(user.email), last_step=0)
    return user


def secret_of(email: str) -> str:
    """The secret of an account's application: this checkout's own, the same at each seeding."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"demo {email}".encode(), "sha256")
    return base64.b32encode(digest[:20]).decode()


def is_demo(user: User) -> bool:
    """Whether the demonstration made this account."""
    return User.objects.filter(email=PLATFORM).exists() and user.email.endswith(".example")


def make(family: Family, calendar: Calendar) -> int:
    """Invite and accept everybody: administrators first, then whom they invite."""
    ordered = sorted(accounts_of(family), key=lambda account: account.role != Role.ADMINISTRATOR)
    for account in ordered:
        make_account(account, calendar)
    return len(ordered)


def make_account(account: Account, calendar: Calendar) -> User:
    """Somebody with a role, invited by who may give it."""
    is_first = account.role == Role.ADMINISTRATOR
    by = user(PLATFORM if is_first else f"administration@{email_of(account).split('@')[1]}")
    where = {
        "organisation": catalogue.organisation(account.organisation),
        "role": account.role,
        "active": DateRange(calendar.first_month, None),
        "site": catalogue.site(account.site) if account.site else None,
        "by": by,
    }
    programs = [catalogue.program(code) for code in account.programs] or [None]
    with acting(by):
        invitation = invite(
            email=email_of(account), language=account.language, program=programs[0], **where
        )
    with scope():
        made = accept(
            invitation=invitation,
            display_name=_name(account),
            password=PASSWORD,
            language=account.language,
            at=calendar.opened_at,
        )
        add_totp(by=made, secret=secret_of(made.email), last_step=0)
    with acting(by):
        for program in programs[1:]:
            grant(user=made, program=program, **where)
    return made


def _name(account: Account) -> str:
    """« Coordination, La Mist », in the language of the account."""
    words = account.display, organisations()[account.organisation].name
    return ", ".join(said_in(account.language, text) for text in words)


def user(email: str) -> User:
    return User.objects.get(email=email)


def acting(by: User) -> scope:
    """The scope in which somebody's actions run, as in their requests."""
    return scope(
        user_id=by.pk,
        organisation_ids=by.access.organisation_ids,
        powers=by.access.powers,
    )
