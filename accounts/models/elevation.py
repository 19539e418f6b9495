from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Func, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import ELEVATED, REVIEW_ELEVATIONS, Role
from accounts.two_people import DAYS_HELD, holds, refuses
from audit.fields import EncryptedTextField, holds_sealed
from audit.history import tracked
from programs.triggers import counts_revisions, keeps, never_deleted

LONGEST = dt.timedelta(minutes=60)
SHORTEST_REASON = 20
# Renewed again and again, an hour would be a week.
MOST_UNREVIEWED = 2
# Whoever has had it so often in the 24 hours before is reviewed first.
REVIEW_FIRST = f"""
    IF (SELECT count(*) FROM accounts_elevation AS had
        WHERE had.user_id = NEW.user_id AND had.reviewed_at IS NULL
          AND had.starts_at > NEW.starts_at - interval '24 hours'
          AND had.starts_at < NEW.starts_at) >= {MOST_UNREVIEWED} THEN
        RAISE EXCEPTION 'refused' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'elevation_review_first';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - a number of ours
# What was reviewed stays as it was found; it ends once, and never later than it said.
CLOSES_ONCE = """
    IF (OLD.reviewed_at IS NOT NULL
        AND (NEW.reviewed_at, NEW.reviewed_by_id, NEW.outcome, NEW.ended_at)
            IS DISTINCT FROM (OLD.reviewed_at, OLD.reviewed_by_id, OLD.outcome, OLD.ended_at))
       OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at) THEN
        RAISE EXCEPTION 'this emergency access is closed' USING
            ERRCODE = 'check_violation', CONSTRAINT = 'elevation_closes_once';
    END IF;
    RETURN NEW;
"""
OVER = Coalesce(F("ended_at"), F("ends_at"))


def reviews(days: int) -> str:
    """SQL: whether who reviews answers for emergency access there, for `days` already."""
    where = "held.organisation_id = NEW.organisation_id"
    return holds("NEW.reviewed_by_id", REVIEW_ELEVATIONS, where=where, days=days)


class TsTzRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()


class ElevationQuerySet(models.QuerySet):
    def visible_to(self, user) -> ElevationQuerySet:
        """Those of organisations where one answers for emergency access."""
        return self.filter(user.access.filter(REVIEW_ELEVATIONS, organisation="organisation"))

    def ended_by(self, user) -> ElevationQuerySet:
        """One's own, and those one may review."""
        rights = user.access.filter(REVIEW_ELEVATIONS, organisation="organisation")
        return self.filter(Q(user=user) | rights)

    def open(self) -> ElevationQuerySet:
        """Those that open something at this moment."""
        now = timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now, ended_at=None)

    def over(self) -> ElevationQuerySet:
        now = timezone.now()
        return self.filter(Q(ends_at__lte=now) | Q(ended_at__isnull=False))

    def unreviewed(self) -> ElevationQuerySet:
        return self.filter(reviewed_at=None)

    def of_a_day(self) -> ElevationQuerySet:
        """Those that began in the last 24 hours."""
        return self.filter(starts_at__gt=timezone.now() - dt.timedelta(days=1))

    def to_review_by(self, user) -> ElevationQuerySet:
        """Somebody else's that are over and wait, the oldest first."""
        waiting = self.visible_to(user).exclude(user=user).over().unreviewed()
        return waiting.with_people().order_by("starts_at")

    def with_people(self) -> ElevationQuerySet:
        return self.select_related("user", "organisation", "reviewed_by")


@tracked()
class Elevation(models.Model):
    """Emergency access: for an hour at most somebody acts as another role, and answers for it."""

    class Outcome(models.TextChoices):
        JUSTIFIED = "justified", _("justified")
        NOT_JUSTIFIED = "not_justified", _("not justified")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "programs.Organisation", on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="elevations",
        verbose_name=_("person"),
    )
    role = models.CharField(_("acts as"), max_length=30, choices=Role.choices)
    reason = EncryptedTextField(_("reason"), max_length=2000)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended early"), null=True, editable=False)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("reviewed by"),
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, editable=False)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    findings = EncryptedTextField(_("what the review found"), max_length=2000, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    # It stands beside memberships: always of a whole organisation.
    program_id = site_id = None

    objects = ElevationQuerySet.as_manager()

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        ordering = ["-starts_at"]
        constraints = [
            CheckConstraint(
                name="elevation_lasts_an_hour_at_most",
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST),
                violation_error_message=_("Emergency access lasts at most 60 minutes."),
            ),
            CheckConstraint(
                name="elevation_ends_within",
                condition=Q(ended_at=None)
                | Q(ended_at__gte=F("starts_at")) & Q(ended_at__lte=F("ends_at")),
                violation_error_message=_("This emergency access is over."),
            ),
            CheckConstraint(
                name="elevation_role",
                condition=Q(role__in=sorted(ELEVATED)),
                violation_error_message=_("Emergency access does not open this role."),
            ),
            CheckConstraint(
                name="elevation_reviewed_by_another",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
                violation_error_message=_("Somebody else reviews your emergency access."),
            ),
            CheckConstraint(
                name="elevation_reviewed_as_a_whole",
                condition=Q(reviewed_by=None, reviewed_at=None, outcome="")
                | Q(
                    reviewed_by__isnull=False,
                    reviewed_at__isnull=False,
                    outcome__in=["justified", "not_justified"],
                ),
                violation_error_message=_("A review says who, when and with what outcome."),
            ),
            CheckConstraint(
                name="elevation_reviewed_once_over",
                condition=Q(reviewed_at=None) | Q(reviewed_at__gte=OVER),
                violation_error_message=_("It is reviewed once it is over."),
            ),
            holds_sealed(
                "elevation",
                "reason",
                at_least=SHORTEST_REASON,
                unless=Q(pk__isnull=True),
                message=_("Say in at least 20 characters why."),
            ),
            holds_sealed("elevation", "findings"),
            ExclusionConstraint(
                name="elevation_one_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", OVER, RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("You have emergency access already: end it first."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation"],
                condition=Q(reviewed_at=None),
                name="elevation_to_review",
            )
        ]
        triggers = [
            counts_revisions(),
            keeps("user_id", "organisation_id", "role", "starts_at", "ends_at"),
            never_deleted(),
            pgtrigger.Trigger(
                name="closes_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=CLOSES_ONCE,
            ),
            pgtrigger.Trigger(
                name="reviewed_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=REVIEW_FIRST,
            ),
            pgtrigger.Trigger(
                name="reviewed_by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("reviewed_by_id"),
                func="IF NEW.reviewed_by_id IS NULL THEN RETURN NEW; END IF;"
                + refuses(f"NOT {reviews(0)}", "elevation_reviewer")
                + refuses(f"NOT {reviews(DAYS_HELD)}", "elevation_reviewer_is_new")
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]

    @property
    def permissions(self) -> frozenset[str]:
        return ELEVATED.get(self.role, frozenset())

    @property
    def over_at(self) -> dt.datetime:
        """When it stops, or stopped, opening anything."""
        return self.ended_at or self.ends_at

    @property
    def is_open(self) -> bool:
        return self.starts_at <= timezone.now() < self.over_at

    @property
    def minutes_left(self) -> int:
        """Whole minutes until it ends, the begun one included."""
        return max(-((timezone.now() - self.over_at) // dt.timedelta(minutes=1)), 0)
