from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, UniqueConstraint
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.models import Organisation, ProgramSite


class WorkbookUploadQuerySet(models.QuerySet):
    def visible_to(self, user) -> WorkbookUploadQuerySet:
        """One's own uploads, while one may still enter counts somewhere in that organisation."""
        places = ProgramSite.objects.reached_by(user, "beneficiaries.enter_counts").filter(
            organisation=OuterRef("organisation")
        )
        return self.filter(Exists(places), user_id=user.pk)


@tracked()
class WorkbookUpload(models.Model):
    """A workbook that was read: what it would change, and whether it was applied."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    sha256 = models.CharField(max_length=64, editable=False)
    # Rows of [sheet, program, site, indicator, cell, value or null, missing reason, the same as
    # they were when the file was downloaded, name of the cell], where the file changes something.
    rows = models.JSONField(default=list)
    read_at = models.DateTimeField(_("read"), default=timezone.now)
    applied_at = models.DateTimeField(_("applied"), null=True)

    objects = WorkbookUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("workbook upload")
        verbose_name_plural = _("workbook uploads")
        ordering = ["-read_at"]
        constraints = [
            UniqueConstraint(
                fields=["user", "sha256"],
                name="workbookupload_once",
                violation_error_message=_("You already sent this file."),
            ),
            CheckConstraint(
                name="workbookupload_month_starts_on_the_first",
                condition=Q(month=TruncMonth("month")),
                violation_error_message=_("A month is written as its first day."),
            ),
            CheckConstraint(
                name="workbookupload_sha256_format",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A file is known by its SHA-256 in hexadecimal."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
