from __future__ import annotations

import datetime as dt
import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import (
    CheckConstraint,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    UniqueConstraint,
    Value,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import CONFIRM_RESET, MANAGE
from accounts.two_people import DAYS_HELD, holds, refuses
from audit.history import tracked
from programs.triggers import counts_revisions, keeps

from .membership import Membership

VALID = dt.timedelta(hours=24)
# An account belongs to all organisations that it works for: of one that works for several, the
# second person speaks for another one than the first, and for none where the first works, unless
# the first works in all of them. Each organisation sees its own memberships alone: both people are
# looked at when they act.
SPEAKS_FOR = """(
        (held.organisation_id = {row}.organisation_id AND NOT portal_works_elsewhere(
            {row}.person_id, ARRAY[{row}.organisation_id], current_date))
        OR (held.organisation_id <> {row}.organisation_id
            AND held.organisation_id IN (
                SELECT worked.organisation_id FROM accounts_membership AS worked
                WHERE worked.user_id = {row}.person_id AND worked.ended_at IS NULL
                  AND NOT worked.active << daterange(current_date, current_date, '[]'))
            AND (portal_shares_all({row}.person_id, {row}.asked_by_id, current_date)
                OR held.organisation_id NOT IN (
                    SELECT first.organisation_id FROM accounts_membership AS first
                    WHERE first.user_id = {row}.asked_by_id AND first.ended_at IS NULL
                      AND NOT first.active << daterange(current_date, current_date, '[]')))))"""


def asks(days: int) -> str:
    """SQL: whether who asks manages the access of the organisation, for `days` already."""
    where = "held.organisation_id = NEW.organisation_id"
    return holds("NEW.asked_by_id", MANAGE, where=where, days=days)


def confirms(days: int, *, person: str = "NEW.decided_by_id", row: str = "NEW") -> str:
    """SQL: whether who confirms, or `person`, may be the second person, for `days` already."""
    return holds(person, CONFIRM_RESET, where=SPEAKS_FOR.format(row=row), days=days)


class Outcome(models.TextChoices):
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("refused")


class FactorResetQuerySet(models.QuerySet):
    def visible_to(self, user) -> FactorResetQuerySet:
        """Those about people of organisations where one may confirm them."""
        here = user.access.filter(CONFIRM_RESET, organisation="organisation")
        return self.filter(here | Q(Exists(_worked_where(user))))

    def waiting(self) -> FactorResetQuerySet:
        """Neither answered nor a day old."""
        return self.filter(decided_at=None, asked_at__gt=timezone.now() - VALID)

    def listed_for(self, user) -> FactorResetQuerySet:
        """With the people, whether it is of one's own organisation, and whether one may confirm.

        `seen_in` holds the organisations where one may confirm and the person works.
        """
        here = user.access.filter(CONFIRM_RESET, organisation="organisation")
        rows = self.select_related("person", "asked_by").prefetch_related("organisation")
        rows = rows.annotate(
            is_own=ExpressionWrapper(here, models.BooleanField()),
            is_of_several=_of_several(),
            seen_in=ArraySubquery(_worked_where(user).values("organisation")),
        )
        is_second = ~Q(asked_by=user.pk) & ~Q(person=user.pk) & Q(_confirmed_by(user))
        return rows.annotate(
            may_confirm=ExpressionWrapper(is_second, models.BooleanField())
        ).order_by("asked_at")


def _worked_where(user) -> models.QuerySet:
    """The roles of the person in question in organisations where `user` may confirm."""
    here = user.access.filter(CONFIRM_RESET, organisation="organisation")
    return Membership.objects.lasting().filter(here, user=OuterRef("person"))


def _confirmed_by(user) -> Func:
    """The trigger's own question, about a row that `user` has not answered yet."""
    row = FactorReset._meta.db_table
    template = confirms(0, person="%(expressions)s", row=row)
    return Func(Value(user.pk), template=template, output_field=models.BooleanField())


def _of_several() -> Func:
    """Whether the person also works for another organisation than that of the request."""
    keys = ArrayField(models.BigIntegerField())
    own = Func(F("organisation_id"), template="ARRAY[%(expressions)s]", output_field=keys)
    return Func(
        F("person_id"),
        own,
        Value(timezone.localdate()),
        function="portal_works_elsewhere",
        output_field=models.BooleanField(),
    )


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
            pgtrigger.Trigger(
                name="asked_by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=refuses(f"NOT {asks(0)}", "factor_reset_asker")
                + refuses(f"NOT {asks(DAYS_HELD)}", "factor_reset_asker_is_new")
                + "RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="confirmed_by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=refuses("OLD.decided_at IS NOT NULL", "factor_reset_answered_once")
                + "IF NEW.outcome IS DISTINCT FROM 'confirmed' THEN RETURN NEW; END IF;"
                + refuses(f"NOT {confirms(0)}", "factor_reset_second_person")
                + refuses(f"NOT {confirms(DAYS_HELD)}", "factor_reset_second_is_new")
                + "RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def expires_at(self) -> dt.datetime:
        return self.asked_at + VALID
