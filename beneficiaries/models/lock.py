from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.constraints import (
    CompositeForeignKey,
    identified_within_organisation,
    not_empty,
)
from programs.models import Organisation, Program, Site
from programs.triggers import counts_revisions


class PeriodLockQuerySet(models.QuerySet):
    def visible_to(self, user) -> PeriodLockQuerySet:
        return self.filter(
            user.access.filter(
                "beneficiaries.view_counts", organisation="organisation", program="program"
            )
        )


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
        ]
        triggers = [counts_revisions()]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.span}"

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, self.program_id, None)]


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
