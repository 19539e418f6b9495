import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class JournalEntry(models.Model):
    """One thing somebody did or saw: who, what, on which object, why, under which request."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    action = models.CharField(_("action"), max_length=60)
    # No foreign keys: an entry outlives what it speaks of, and never blocks it.
    user_id = models.UUIDField(_("by"), null=True)
    organisation_id = models.BigIntegerField(_("organisation"), null=True)
    target_type = models.CharField(_("kind of object"), max_length=60, blank=True)
    target_id = models.CharField(_("object"), max_length=40, blank=True)
    shown_ids = models.JSONField(_("objects shown"), default=list)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(_("details"), default=dict)
    request_id = models.UUIDField(_("request"), null=True)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        indexes = [
            models.Index(fields=["target_type", "target_id", "at"], name="journal_by_object"),
            models.Index(fields=["organisation_id", "at"], name="journal_by_organisation"),
        ]

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
