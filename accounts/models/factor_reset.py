from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import CONFIRM_RESET
from audit.history import tracked
from programs.triggers import counts_revisions, keeps

VALID = dt.timedelta(hours=24)


class Outcome(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")


class FactorResetQuerySet(models.QuerySet):
    def visible_to(self, user) -> FactorResetQuerySet:
        """Those of organisations where one may confirm them."""
        return self.filter(user.access.filter(CONFIRM_RESET, organisation="organisation"))

    def waiting(self) -> FactorResetQuerySet:
        """Neither answered nor a day old."""
        return self.filter(decided_at=None, asked_at__gt=timezone.now() - VALID)

    def with_people(self) -> FactorResetQuerySet:
        return self.select_related("person", "asked_by", "organisation").order_by("asked_at")


@tracked()
class FactorReset(models.Model):
    """Somebody lost every second factor: one person asks to lift it, another one confirms."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        "programs.Organisation", on_delete=models.PROTECT, verbose_name=_("organisation")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    decided_at = models.DateTimeField(_("answered"), null=True)
    outcome = models.CharField(_("answer"), max_length=10, blank=True, choices=Outcome.choices)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = FactorResetQuerySet.as_manager()

    class Meta:
        verbose_name = _("lost second factor")
        verbose_name_plural = _("lost second factors")
        ordering = ["-asked_at"]
        constraints = [
            UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(decided_at=None),
                name="factor_reset_open_once",
                violation_error_message=_("This was asked already: a second person answers it."),
            ),
            CheckConstraint(
                name="factor_reset_asked_by_another",
                condition=~Q(asked_by=F("person")),
                violation_error_message=_("Nobody asks this for themselves."),
            ),
            CheckConstraint(
                name="factor_reset_two_people",
                condition=~Q(outcome=Outcome.CONFIRMED)
                | (~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("person"))),
                violation_error_message=_(
                    "A second person confirms: neither who asked nor who it is for."
                ),
            ),
            CheckConstraint(
                name="factor_reset_within_a_day",
                condition=~Q(outcome=Outcome.CONFIRMED) | Q(decided_at__lte=F("asked_at") + VALID),
                violation_error_message=_("This was asked more than a day ago: ask again."),
            ),
            CheckConstraint(
                name="factor_reset_decided_whole",
                condition=Q(decided_at=None, decided_by=None, outcome="")
                | Q(decided_at__isnull=False, decided_by__isnull=False, outcome__in=Outcome.values),
                violation_error_message=_("An answer has an author and a time."),
            ),
        ]
        triggers = [
            counts_revisions(),
            keeps("organisation_id", "person_id", "asked_by_id", "asked_at"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def expires_at(self) -> dt.datetime:
        return self.asked_at + VALID

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]
