from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import product
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import (
    CompositeForeignKey,
    identified_within_organisation,
    not_empty,
)
from programs.models import Organisation, Program, Site
from programs.months import month_after
from programs.triggers import counts_revisions

# Organisation, program, site.
Place = tuple[int, int, int]
PlaceMonth = tuple[Place, dt.date]

# In a trigger: refuse when a lock holds the month of the row `report`, and no exception of today
# (the day of the organisation) frees its site. Lifted locks hold nothing.
REFUSE_LOCKED_MONTH = """
    IF EXISTS (
        SELECT FROM beneficiaries_periodlock AS held
        JOIN programs_organisation AS holder ON holder.id = held.organisation_id
        WHERE held.organisation_id = report.organisation_id
          AND (held.program_id IS NULL OR held.program_id = report.program_id)
          AND held.lifted_at IS NULL AND held.span @> report.month
          AND NOT EXISTS (
              SELECT FROM beneficiaries_lockexception AS freed
              WHERE freed.lock_id = held.id AND freed.site_id = report.site_id
                AND freed.month = report.month
                AND freed.until >= (now() AT TIME ZONE holder.time_zone)::date))
    THEN
        RAISE EXCEPTION 'month % is locked', report.month
        USING ERRCODE = 'check_violation', CONSTRAINT = 'month_is_locked';
    END IF;
"""


@dataclass
class Holds:
    """What locks do to months of places today: which they forbid, which exceptions free."""

    locks: dict[PlaceMonth, PeriodLock] = field(default_factory=dict)
    exceptions: dict[PlaceMonth, LockException] = field(default_factory=dict)

    def add(self, lock: PeriodLock, place: Place, month: dt.date) -> None:
        """Take account of a lock that holds the month: the first one that forbids it is kept, of
        exceptions the one that ends first."""
        key, freed = (place, month), lock.exception_for(place, month)
        if freed is None:
            self.locks.setdefault(key, lock)
            self.exceptions.pop(key, None)
        elif key not in self.locks:
            also = self.exceptions.get(key, freed)
            self.exceptions[key] = min(freed, also, key=lambda one: one.until)


class PeriodLockQuerySet(models.QuerySet):
    def visible_to(self, user) -> PeriodLockQuerySet:
        return self.filter(
            user.access.filter(
                "beneficiaries.view_counts", organisation="organisation", program="program"
            )
        )

    def with_exceptions(self) -> PeriodLockQuerySet:
        """With all that a list of locks shows, in two queries."""
        exceptions = LockException.objects.select_related("site", "granted_by")
        return self.select_related("organisation", "program", "locked_by").prefetch_related(
            models.Prefetch("exceptions", exceptions)
        )

    def holding(
        self, places: Collection[Place], months: Collection[dt.date]
    ) -> dict[PlaceMonth, PeriodLock]:
        """By place and month, the newest lock that forbids it today, if any."""
        return self.holds(places, months).locks

    def holds(self, places: Collection[Place], months: Collection[dt.date]) -> Holds:
        """The locks and the exceptions of today: the trigger's rule (REFUSE_LOCKED_MONTH), to
        explain it. Two queries, however many places and months."""
        found = Holds()
        if not places or not months:
            return found
        locks = self.filter(
            organisation__in={organisation for organisation, _program, _site in places},
            lifted_at=None,
            span__overlap=(min(months), month_after(max(months))),
        ).order_by("-locked_at", "-pk")
        exceptions = LockException.objects.filter(
            site__in={site for _organisation, _program, site in places}, month__in=months
        )
        for lock in locks.select_related("organisation", "locked_by").prefetch_related(
            models.Prefetch("exceptions", exceptions)
        ):
            for place, month in product(places, months):
                if lock.covers(place, month):
                    found.add(lock, place, month)
        return found


@tracked()
class PeriodLock(models.Model):
    """Months of an organisation (or of one program it takes part in) that nobody may change."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    program = models.ForeignKey(
        Program,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("program"),
        help_text=_("Leave empty to lock all the programs of the organisation."),
    )
    span = DateRangeField(_("from, to"))
    reason = models.TextField(_("reason"))
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("locked by"),
    )
    locked_at = models.DateTimeField(_("locked"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PeriodLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("lock of months")
        verbose_name_plural = _("locks of months")
        ordering = ["-locked_at"]
        constraints = [
            identified_within_organisation("periodlock"),
            CompositeForeignKey(
                name="periodlock_partnership",
                fields=["program", "organisation"],
                to="programs.Partnership",
                to_fields=["program", "organisation"],
                violation_error_message=_("The organisation does not take part in this program."),
            ),
            CheckConstraint(
                name="periodlock_says_why",
                condition=Q(reason__regex=r"\S.{8,}\S"),
                violation_error_message=_("Say in at least ten characters why."),
            ),
            not_empty("periodlock", "span"),
            CheckConstraint(
                name="periodlock_whole_months",
                condition=Q(span__startswith__day=1, span__endswith__day=1),
                violation_error_message=_("A lock holds whole months."),
            ),
        ]
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.span}"

    @property
    def today(self) -> dt.date:
        """The day it is for the organisation, until which an exception may last."""
        return timezone.localdate(timezone=ZoneInfo(self.organisation.time_zone))

    def covers(self, place: Place, month: dt.date) -> bool:
        """Whether a month of a place is among those it holds."""
        organisation_id, program_id, _site_id = place
        return (
            self.organisation_id == organisation_id
            and self.program_id in (None, program_id)
            and month in self.span
        )

    def exception_for(self, place: Place, month: dt.date) -> LockException | None:
        """What frees a month of a place of it today, if anything does."""
        wanted = (place[2], month)
        for freed in self.exceptions.all():
            if (freed.site_id, freed.month) == wanted and freed.until >= self.today:
                return freed
        return None

    @property
    def last_month(self) -> dt.date:
        """The first day of the last month it holds."""
        return (self.span.upper - dt.timedelta(days=1)).replace(day=1)

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, self.program_id, None)]


@tracked()
class LockException(models.Model):
    """One site may still change one locked month, until a day."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    lock = models.ForeignKey(
        PeriodLock, on_delete=models.CASCADE, related_name="exceptions", verbose_name=_("lock")
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, verbose_name=_("site"))
    month = models.DateField(_("month"))
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("granted by"),
    )
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("exception to a lock")
        verbose_name_plural = _("exceptions to locks")
        ordering = ["-granted_at"]
        constraints = [
            UniqueConstraint(
                fields=["lock", "site", "month"],
                name="lockexception_once",
                violation_error_message=_("This site already has an exception for this month."),
            ),
            CompositeForeignKey(
                name="lockexception_lock",
                fields=["lock", "organisation"],
                to="beneficiaries.PeriodLock",
                to_fields=["id", "organisation"],
                violation_error_message=_("This lock belongs to another organisation."),
            ),
            CompositeForeignKey(
                name="lockexception_site",
                fields=["site", "organisation"],
                to="programs.Site",
                to_fields=["id", "organisation"],
                violation_error_message=_("This site belongs to another organisation."),
            ),
            CheckConstraint(
                name="lockexception_month_starts_on_the_first",
                condition=Q(month=TruncMonth("month")),
                violation_error_message=_("A month is written as its first day."),
            ),
            CheckConstraint(
                name="lockexception_says_why",
                condition=Q(reason__regex=r"\S.{8,}\S"),
                violation_error_message=_("Say in at least ten characters why."),
            ),
        ]
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return f"{self.site_id} {self.month:%Y-%m}"
