from __future__ import annotations

import copy
import datetime as dt
import string
import uuid
from functools import cached_property

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.two_people import DATES_THE_OPENING
from audit.history import tracked
from audit.scope import reading_rights_of
from programs.models.organisation import Language
from programs.triggers import counts_revisions

# Whoever is not signed in has no membership: the same questions, always answered no.
AnonymousUser.access = Access(())


CAPITALS = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
# ASCII alone: other letters look alike, or fold into these (ı, ſ and K into i, s and k).
PLAIN_EMAIL = r"^[\x21-\x7e]+$"

# How often it is noted that somebody came.
NOTED_EVERY = dt.timedelta(hours=1)

NOT_PLAIN = _(
    "Write the e-mail without accents or letters of another alphabet; a domain that has some is "
    "also written “xn--…”."
)


def one_case(email: str) -> str:
    """How an e-mail is compared: A to Z small, and every other letter as it is."""
    return email.translate(CAPITALS)


def display(user: User) -> str:
    """How allauth names a person."""
    return user.display_name


class UserQuerySet(models.QuerySet):
    def visible_to(self, user) -> UserQuerySet:
        """People with a role, past or present, in organisations whose access one manages.

        `seen_in` holds these organisations.
        """
        managed = user.access.organisations_with("accounts.manage_access")
        found = self.filter(memberships__organisation__in=managed)
        return found.annotate(seen_in=ArrayAgg("memberships__organisation", distinct=True))

    def with_email(self, email: str) -> User | None:
        """Never by `iexact`: PostgreSQL makes an I of ı, and finds another mailbox's account."""
        return self.filter(Exact(Lower("email"), one_case(email))).first()


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email: str) -> User:
        return self.get(Exact(Lower("email"), one_case(email)))


@tracked(
    exclude=[
        "password",
        "last_login",
        "seen_at",
        "opened_at",
        "session_epoch",
        "factor_link",
        "factor_link_until",
    ]
)
class User(AbstractBaseUser):
    """A person who signs in: e-mail, name on screen, language; rights are memberships."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    display_name = models.CharField(_("name on screen"), max_length=100)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    seen_at = models.DateTimeField(_("last came"), null=True, editable=False)
    # When it was last opened again, dated by the database: roles settle from then (two_people.py).
    opened_at = models.DateTimeField(_("opened again"), null=True, editable=False)
    # Set while a new factor needs the link of an e-mail beside the password.
    factor_link = models.CharField(max_length=64, blank=True, editable=False)
    factor_link_until = models.DateTimeField(null=True, editable=False)
    # Raised when rights, the account's state or its factors change: older sessions end.
    session_epoch = models.PositiveIntegerField(default=1, editable=False)
    # Dated by the database, whoever writes: history keeps no secret, but that it was changed.
    password_set_at = models.DateTimeField(null=True, editable=False)
    factors_set_at = models.DateTimeField(null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    is_superuser = False

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["display_name"]
        constraints = [
            UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("An account already uses this e-mail."),
            ),
            CheckConstraint(
                name="user_email_plain",
                condition=Q(email__regex=PLAIN_EMAIL),
                violation_error_message=NOT_PLAIN,
            ),
            CheckConstraint(
                name="user_display_name_filled",
                condition=~Q(display_name=""),
                violation_error_message=_("Give a name to show on screen."),
            ),
        ]
        triggers = [
            counts_revisions("email", "display_name", "language", "is_active"),
            pgtrigger.Trigger(
                name="dates_the_password",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("password"),
                condition=pgtrigger.Condition("OLD.password IS DISTINCT FROM NEW.password"),
                func="NEW.password_set_at := clock_timestamp(); RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="ends_sessions",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("is_active"),
                condition=pgtrigger.Condition("OLD.is_active IS DISTINCT FROM NEW.is_active"),
                func="NEW.session_epoch := OLD.session_epoch + 1; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="dates_the_opening",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("is_active", "opened_at"),
                func=DATES_THE_OPENING,
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What each session is compared with at every request: the password and the epoch."""
        salt = "accounts.models.user.session"
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def came_lately(self) -> bool:
        """Within the hour: no write tells of each request (ngo_portal/middleware.py)."""
        return self.seen_at is not None and timezone.now() - self.seen_at < NOTED_EVERY

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    @cached_property
    def access(self) -> Access:
        """What holds today: memberships, emergency access; nothing for a deactivated account."""
        if not self.is_active:
            return Access(())
        with reading_rights_of(self.pk):
            memberships = self.memberships.current().select_related("organisation")
            return Access(memberships, self.elevations.open())

    def within(self, organisation_id: int) -> User:
        """The same person with their roles in one organisation alone."""
        one = copy.copy(self)
        one.access = self.access.within(organisation_id)
        return one

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        """A right over a person comes from any organisation they have a role in that lasts."""
        held = self.memberships.lasting().values_list("organisation_id", flat=True).distinct()
        return [(organisation_id, None, None) for organisation_id in held.order_by()]

    @property
    def is_staff(self) -> bool:
        """Whether the catalogue's editing pages open: Django's admin asks for this name."""
        return self.has_perm("programs.edit_catalogue")

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Rights come from memberships: anywhere (`obj=None`) or over one object."""
        if obj is None:
            return perm in self.access.permissions
        return self.access.covers(perm, obj.places(perm))

    def has_perms(self, perms, obj: models.Model | None = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.access.permissions)
