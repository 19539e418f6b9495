from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.history import tracked
from programs.constraints import CompositeForeignKey, identified_within_organisation, not_empty
from programs.triggers import counts_revisions, keeps

from .organisation import Organisation

READ = "programs.view_catalogue"


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user) -> DocumentQuerySet:
        """Those that an organisation where one reads the catalogue keeps."""
        return self.filter(organisation__in=user.access.organisations_with(READ))

    def with_state(self) -> DocumentQuerySet:
        """Annotated with whether another document took its place."""
        newer = Document.objects.filter(replaces=OuterRef("pk"), withdrawn_at=None)
        return self.annotate(is_replaced=Exists(newer))

    def standing(self) -> DocumentQuerySet:
        """Neither replaced nor withdrawn: what can still be changed."""
        return self.with_state().filter(is_replaced=False, withdrawn_at=None)

    def for_list(self) -> DocumentQuerySet:
        """What stands first, then by its last day."""
        return (
            self.with_state()
            .select_related("organisation", "uploaded_by")
            .order_by(
                F("withdrawn_at").asc(nulls_first=True), "is_replaced", "-valid", "-uploaded_at"
            )
        )


@tracked()
class Document(models.Model):
    """A file that an organisation keeps about itself or a partner: an agreement, a protocol."""

    class Kind(models.TextChoices):
        AGREEMENT = "AGREEMENT", _("agreement")
        INFORMATION_SHARING = "INFORMATION_SHARING", _("information-sharing protocol")
        OTHER = "OTHER", _("other document")

    class Language(models.TextChoices):
        FRENCH = "fr", _("French")
        ENGLISH = "en", _("English")
        OTHER = "other", _("another language")

    class ContentType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"
        DOCX = (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "DOCX",
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Who keeps it, and alone reads it; `about` is the organisation on whose page it stands.
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name=_("kept by"),
    )
    about = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="documents_about",
        verbose_name=_("about"),
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=150)
    language = models.CharField(_("language"), max_length=5, choices=Language.choices)
    valid = DateRangeField(_("valid"))
    file = models.CharField(max_length=32, unique=True, editable=False)
    name = models.CharField(_("file name"), max_length=120, editable=False)
    content_type = models.CharField(max_length=100, choices=ContentType.choices, editable=False)
    size = models.PositiveIntegerField(_("size"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    uploaded_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    withdrawal_reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-uploaded_at"]
        constraints = [
            identified_within_organisation("document"),
            CompositeForeignKey(
                name="document_replaces_one_of_its_organisation",
                fields=["replaces", "organisation"],
                to="programs.Document",
                to_fields=["id", "organisation"],
                violation_error_message=_("A document replaces one of the same organisation."),
            ),
            UniqueConstraint(
                fields=["replaces"],
                name="document_replaced_once",
                condition=Q(withdrawn_at=None),
                violation_error_message=_("This document was already replaced by another one."),
            ),
            CheckConstraint(
                name="document_replaces_another",
                condition=~Q(replaces=F("id")),
                violation_error_message=_("A document does not replace itself."),
            ),
            not_empty("document", "valid"),
            CheckConstraint(
                name="document_valid_from_a_day",
                condition=Q(valid__isempty=True) | Q(valid__startswith__isnull=False),
                violation_error_message=_("Give the first day."),
            ),
            CheckConstraint(
                name="document_title_filled",
                condition=~Q(title__regex=r"^\s*$"),
                violation_error_message=_("Give the document a title."),
            ),
            CheckConstraint(
                name="document_kind",
                condition=Q(kind__in=["AGREEMENT", "INFORMATION_SHARING", "OTHER"]),
                violation_error_message=_("Choose the kind of document."),
            ),
            CheckConstraint(
                name="document_language",
                condition=Q(language__in=["fr", "en", "other"]),
                violation_error_message=_("Choose the language of the document."),
            ),
            CheckConstraint(
                name="document_content_type",
                condition=Q(
                    content_type__in=[
                        "application/pdf",
                        "image/jpeg",
                        "image/png",
                        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                    ]
                ),
                violation_error_message=_("This kind of file is not taken."),
            ),
            CheckConstraint(
                name="document_file_format",
                condition=Q(file__regex=r"^[0-9a-f]{32}$") & Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A file is known by its SHA-256 in hexadecimal."),
            ),
            CheckConstraint(
                name="document_withdrawn_by_someone_for_a_reason",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawal_reason__regex=r"^\s*$"),
                violation_error_message=_("Say why the document is withdrawn."),
            ),
        ]
        triggers = [
            counts_revisions(),
            keeps(
                *("organisation_id", "about_id", "kind", "title", "language", "valid", "file"),
                *("name", "content_type", "size", "sha256", "replaces_id"),
                *("uploaded_by_id", "uploaded_at"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("document_file", args=[self.pk])

    def places(self, permission: str) -> list[tuple[int, int | None, int | None]]:
        return [(self.organisation_id, None, None)]

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return bool(self.valid.upper and self.valid.upper <= timezone.localdate())

    @property
    def is_ahead(self) -> bool:
        """Whether its first day has not come yet."""
        return self.valid.lower > timezone.localdate()
