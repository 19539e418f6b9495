from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .words import KINDS, Kind, actions_of


class JournalEntryQuerySet(models.QuerySet):
    def of_kind(self, kind: str) -> JournalEntryQuerySet:
        """Entries that answer one question; a change is whatever answers none of the others."""
        if kind == Kind.CHANGED:
            others = [action for action, other in KINDS.items() if other != Kind.CHANGED]
            return self.exclude(action__in=others)
        return self.filter(action__in=actions_of(kind))

    def about(self, kind: str, key: str) -> JournalEntryQuerySet:
        """What was done to an object, and who was shown it."""
        return self.filter(Q(target_type=kind, target_id=key) | Q(shown_ids__contains=[key]))

    def between(self, first_day: dt.date | None, last_day: dt.date | None) -> JournalEntryQuerySet:
        """Days of the reader's own time zone, both included."""
        rows = self
        if first_day:
            rows = rows.filter(at__gte=_midnight(first_day))
        if last_day:
            rows = rows.filter(at__lt=_midnight(last_day + dt.timedelta(days=1)))
        return rows

    def matching(
        self, *, kind, person, organisation, first_day, last_day, about, request_id, before
    ) -> JournalEntryQuerySet:
        """The filters of the auditor's page; each may be nothing."""
        exact = {
            "user_id": person and person.pk,
            "organisation_id": organisation and organisation.pk,
            "request_id": request_id,
            "pk__lt": before,
        }
        rows = self.filter(**{name: value for name, value in exact.items() if value})
        rows = rows.of_kind(kind) if kind else rows
        rows = rows.about(*about.split(":", 1)) if about else rows
        return rows.between(first_day, last_day)

    def under(
        self, elevation_id: uuid.UUID, *, by: uuid.UUID, since: dt.datetime
    ) -> JournalEntryQuerySet:
        """What one person did under one emergency access, in its order."""
        own = self.filter(user_id=by, at__gte=since)
        return own.filter(details__elevation=str(elevation_id)).order_by("pk")

    def newest(self, most: int) -> JournalEntryQuerySet:
        return self.order_by("-id")[:most]


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class JournalEntry(models.Model):
    """One thing somebody did or saw: who, what, on which object, why, under which request.

    A row of the ledger, read as `portal_auditor`; `journal.record` alone adds one. The last
    four fields are empty once they were erased.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"))
    action = models.TextField(_("action"))
    # No foreign keys: an entry outlives what it speaks of, and never blocks it.
    user_id = models.UUIDField(_("by"), null=True)
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    audience = ArrayField(models.BigIntegerField(), verbose_name=_("read by the auditors of"))
    target_type = models.TextField(_("kind of object"))
    request_id = models.UUIDField(_("request"), null=True)
    target_id = models.TextField(_("object"), null=True)  # noqa: DJ001 - null is erased
    shown_ids = ArrayField(models.TextField(), verbose_name=_("objects shown"), null=True)
    reason = models.TextField(_("reason"), null=True)  # noqa: DJ001
    details = models.JSONField(_("details"), null=True)

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = '"ledger"."entry"'
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class SubmittedForm(models.Model):
    """One form that was accepted: sending it again leads to the same place, once."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True)
    location = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("submitted form")
        verbose_name_plural = _("submitted forms")
        indexes = [models.Index(fields=["at"], name="submitted_form_at")]

    def __str__(self) -> str:
        return str(self.key)


class KeyInUse(models.Model):
    """One encryption key that holds something in this database (its id, never the key)."""

    key_id = models.CharField(_("key"), max_length=8, primary_key=True)
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("key in use")
        verbose_name_plural = _("keys in use")

    def __str__(self) -> str:
        return self.key_id
