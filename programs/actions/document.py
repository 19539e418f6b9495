"""Documents of an organisation: added, replaced by a newer one, withdrawn with a reason."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import journal
from programs import uploads
from programs.models import Document, Organisation
from programs.revisions import locked
from programs.rights import EDIT
from programs.violations import explained


@transaction.atomic
def add_document(
    *,
    organisation: Organisation,
    about: Organisation,
    kind: str,
    title: str,
    language: str,
    valid: DateRange,
    file: uploads.Safe,
    by,
    replaces: Document | None = None,
) -> Document:
    """Keep a file that was checked, sealed on disk before its row is committed."""
    if not by.has_perm(EDIT, organisation):
        raise PermissionDenied
    with uploads.kept(file.data) as stored, explained():
        document = Document.objects.create(
            organisation=organisation,
            about=about,
            kind=kind,
            title=title,
            language=language,
            valid=valid,
            file=stored,
            name=file.name,
            content_type=file.content_type,
            size=len(file.data),
            sha256=file.sha256,
            replaces=replaces,
            uploaded_by=by,
        )
    verb = "replace_document" if replaces else "add_document"
    journal.record(verb, document, by=by, details={"about": about.pk, "sha256": file.sha256})
    return document


@transaction.atomic
def replace_document(*, document: Document, revision: int, by, **fields) -> Document:
    """A new row takes the place of the old one, which stays as it was."""
    old = _standing(document, revision)
    return add_document(
        organisation=old.organisation, about=old.about, replaces=old, by=by, **fields
    )


@transaction.atomic
def withdraw_document(*, document: Document, revision: int, reason: str, by) -> None:
    """The document no longer holds; it stays in the list, with why."""
    if not by.has_perm(EDIT, document):
        raise PermissionDenied
    old = _standing(document, revision)
    old.withdrawn_at, old.withdrawn_by, old.withdrawal_reason = timezone.now(), by, reason
    with explained():
        old.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    journal.record("withdraw_document", old, by=by)


def open_document(*, document: Document, by) -> bytes:
    """The content of a document, journalled since it leaves with its reader."""
    content = uploads.read(document.file)
    journal.record("open_document", document, by=by, shown=[document.pk])
    return content


def _standing(document: Document, revision: int) -> Document:
    """The row, locked; refused when it changed or no longer stands."""
    old = locked(document, revision)
    if not Document.objects.standing().filter(pk=old.pk).exists():
        raise ValidationError(_("This document was already replaced or withdrawn."), code="over")
    return old
