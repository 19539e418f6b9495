from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import PERMISSIONS, WHOLE_ORGANISATION, Role
from accounts.two_people import (
    ASKING_ROLES,
    DATES_THE_RIGHT,
    HELD,
    OPENS_AGAIN,
    SECOND_ROLES,
    refuses,
)
from audit.history import tracked
from programs.alphabet import alphabetical, by_name
from programs.constraints import CompositeForeignKey, not_empty
from programs.triggers import counts_revisions, keeps, never_deleted, site_runs_program

from .user import User

# Nobody is made to work for an organisation: a first role there, or one after the last has ended,
# stands on an invitation that the person accepts in the same transaction.
WITHOUT_CONSENT = """
    NOT EXISTS (
        SELECT FROM accounts_membership AS held
        WHERE held.user_id = NEW.user_id AND held.organisation_id = NEW.organisation_id
          AND held.id <> NEW.id AND held.ended_at IS NULL
          AND NOT held.active << daterange(current_date, current_date, '[]'))
    AND NOT EXISTS (
        SELECT FROM accounts_invitation AS asked
        JOIN accounts_user AS person ON lower(person.email) = lower(asked.email)
        WHERE person.id = NEW.user_id AND asked.accepted_at = now()
          AND asked.invited_by_id = NEW.granted_by_id AND asked.active = NEW.active
          AND (asked.organisation_id, asked.role) = (NEW.organisation_id, NEW.role)
          AND (asked.program_id, asked.site_id)
              IS NOT DISTINCT FROM (NEW.program_id, NEW.site_id))"""
GIVEN_WITH_CONSENT = f"""
    IF (CASE TG_OP WHEN 'INSERT' THEN NEW.granted_by_id IS NOT NULL ELSE {OPENS_AGAIN} END) THEN
        {refuses(WITHOUT_CONSENT, "membership_given_with_consent")}
    END IF;
    RETURN NEW;
"""


def _today_alone() -> DateRange:
    today = timezone.localdate()
    return DateRange(today, today + dt.timedelta(days=1))


def _changed(model: type[models.Model], key: str) -> models.QuerySet:
    """What the history of a row says of the time that a role takes to count."""
    since = timezone.now() - HELD
    events = model.pgh_event_model.objects
    return events.filter(pgh_obj_id=OuterRef(key), pgh_created_at__gt=since)


class MembershipQuerySet(models.QuerySet):
    def current(self) -> MembershipQuerySet:
        """Those that open something today: an organisation no longer active opens nothing."""
        return self.filter(
            active__contains=timezone.localdate(), ended_at=None, organisation__is_active=True
        )

    def lasting(self) -> MembershipQuerySet:
        """Not ended: of today or of a day to come."""
        return self.filter(ended_at=None).exclude(active__fully_lt=_today_alone())

    def ended(self) -> MembershipQuerySet:
        return self.filter(Q(active__fully_lt=_today_alone()) | Q(ended_at__isnull=False))

    def settled(self) -> MembershipQuerySet:
        """Held long enough to be one of the two people that some changes take."""
        limit = timezone.now() - HELD
        opened = Q(user__opened_at=None) | Q(user__opened_at__lte=limit)
        return self.filter(opened, granted_at__lte=limit)

    def watching(self) -> MembershipQuerySet:
        """Those that opened something within that time, whatever was ended or closed since.

        What was changed meanwhile is asked of the history: a last day can be written years back.
        """
        today = timezone.localdate()
        within = DateRange(today - HELD, today + dt.timedelta(days=1))
        lasted = Q(ended_at=None, active__overlap=within)
        return self.filter(
            lasted | Q(Exists(_changed(Membership, "pk"))),
            Q(user__is_active=True) | Q(Exists(_changed(User, "user_id"))),
        )

    def administrators(self) -> MembershipQuerySet:
        """Who manages the access of an organisation today, with an account that opens."""
        return self.current().filter(role=Role.ADMINISTRATOR, user__is_active=True)

    def with_places(self) -> MembershipQuerySet:
        return self.select_related("user", "organisation", "program", "site")

    def of(self, person) -> MembershipQuerySet:
        """Those of one person, present ones first."""
        present_first = (F("ended_at").asc(nulls_first=True), "-active__endswith", "role")
        rows = self.filter(user=person).with_places().select_related("granted_by")
        return rows.order_by(*present_first)

    def matching(self, *, state: str, organisation=None, role: str = "") -> MembershipQuerySet:
        """Rows of the list of access: current, ended, or of deactivated accounts."""
        if state == "deactivated":
            rows = self.filter(user__is_active=False)
        else:
            rows = (self.ended() if state == "ended" else self.lasting()).filter(
                user__is_active=True
            )
        rows = rows.filter(organisation=organisation) if organisation else rows
        rows = rows.filter(role=role) if role else rows
        return rows.with_places().order_by(
            by_name("organisation__name"),
            "organisation_id",
            alphabetical("user__display_name"),
            "user_id",
            "role",
            "pk",
        )

    def visible_to(self, user) -> MembershipQuerySet:
        return self.filter(
            user.access.filter("accounts.manage_access", organisation="organisation")
        )


@tracked()
class Membership(models.Model):
    """A role of a person in an organisation, or in one program or site of it, from, to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("person"),
    )
    organisation = models.ForeignKey(
        "programs.Organisation", on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        "programs.Program",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("program"),
    )
    site = models.ForeignKey(
        "programs.Site", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("site")
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    active = DateRangeField(_("from, to"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("given by"),
    )
    # Two people who agree have held their roles for a while (two_people.py); the database dates it.
    granted_at = models.DateTimeField(_("given"), default=timezone.now, editable=False)
    # Ended on its first day or before it: no range of days can say so.
    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "role"]
        constraints = [
            CompositeForeignKey(
                name="membership_program",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CompositeForeignKey(
                name="membership_site",
                fields=["site", "organisation"],
                to="programs.Site",
                to_fields=["id", "organisation"],
                violation_error_message=_("This site belongs to another organisation."),
            ),
            CheckConstraint(
                name="membership_role",
                condition=Q(role__in=Role.values),
                violation_error_message=_("Choose a role."),
            ),
            CheckConstraint(
                name="membership_scope_of_role",
                condition=~Q(role__in=sorted(WHOLE_ORGANISATION))
                | (Q(program=None) & Q(site=None)),
                violation_error_message=_("This role is held in a whole organisation."),
            ),
            CheckConstraint(
                name="membership_not_self_granted",
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")),
                violation_error_message=_("Nobody gives themselves a role."),
            ),
            ExclusionConstraint(
                name="membership_no_overlap",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    (Coalesce("program", 0), RangeOperators.EQUAL),
                    (Coalesce("site", 0), RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("active", RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
                violation_error_message=_("This person already has this role there then."),
            ),
            not_empty("membership", "active"),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="membership_organisation")]
        triggers = [
            counts_revisions(),
            keeps("user_id", "organisation_id", "role", "program_id", "site_id", "granted_by_id"),
            never_deleted(),
            site_runs_program("membership_site_runs_program"),
            pgtrigger.Trigger(
                name="dates_the_right",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=DATES_THE_RIGHT,
            ),
            pgtrigger.Trigger(
                name="given_with_consent",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=GIVEN_WITH_CONSENT,
            ),
            pgtrigger.Trigger(
                name="ends_sessions",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    UPDATE accounts_user SET session_epoch = session_epoch + 1
                    WHERE id = NEW.user_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organisation}"

    @property
    def last_day(self) -> dt.date | None:
        return self.active.upper and self.active.upper - dt.timedelta(days=1)

    @property
    def permissions(self) -> frozenset[str]:
        return PERMISSIONS[self.role]

    @property
    def is_ended(self) -> bool:
        upper = self.active.upper
        return self.ended_at is not None or (upper is not None and upper <= timezone.localdate())

    @property
    def is_watched(self) -> bool:
        """Whether it makes of its holder one of two people: who asks, or who agrees."""
        is_whole = self.program_id is None and self.site_id is None
        return self.role in ASKING_ROLES or (is_whole and self.role in SECOND_ROLES)

    @property
    def counts_from(self) -> dt.datetime:
        """When it counts for what takes two people."""
        return max(self.granted_at, self.user.opened_at or self.granted_at) + HELD

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]
