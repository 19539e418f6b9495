import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
