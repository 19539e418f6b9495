"""The passphrase is shown once, the file is given once; then both are gone from here."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import journal
from reports import jobs
from reports.budget import DAYS_WAITING
from reports.exports import folder
from reports.models import Export
from reports.models.states import Failure, State
from reports.rights import EXPORT

from . import build
from .export import facts, locked

# A job that has not ended by then was killed.
HOURS_OF_WORK = 1


@transaction.atomic
def show_passphrase(*, export: Export, by: User) -> str:
    """The passphrase, for the only time: it is wiped by the same transaction."""
    export = _own(export, by)
    if not export.has_passphrase:
        raise ValidationError(
            _("The passphrase was shown already, and is kept nowhere. Ask for the export again."),
            code="shown",
        )
    _require_rights_of_today(export, by)
    passphrase = export.passphrase
    export.passphrase, export.passphrase_shown_at = "", timezone.now()
    export.save(update_fields=["passphrase", "passphrase_shown_at"])
    journal.record("show_export_passphrase", export, by=by, details=facts(export))
    return passphrase


@transaction.atomic
def download(*, export: Export, by: User) -> bytes:
    """The archive, for the only time; a job then deletes it here."""
    export = _own(export, by)
    if not export.is_ready:
        raise ValidationError(
            _("This file is no longer here: it is given once, within a day. Ask for it again."),
            code="gone",
        )
    _require_rights_of_today(export, by)
    content = _read(export)
    export.state, export.downloaded_at = State.DOWNLOADED, timezone.now()
    export.save(update_fields=["state", "downloaded_at"])
    journal.record(
        "download_export",
        export,
        by=by,
        reason=export.purpose,
        details={**facts(export), "built_rows": export.built_rows, "size": export.size},
    )
    jobs.purge_export.defer(**jobs.keys(export))
    return content


@transaction.atomic
def purge(*, export: Export) -> None:
    """Delete the file of an export that was given, taken back or is too old."""
    export = locked(export)
    if export.state == State.BUILT or not export.file_name or export.purged_at:
        return
    folder.remove(export.file_name)
    export.purged_at = timezone.now()
    if export.state == State.DOWNLOADED:
        export.state = State.PURGED
    export.save(update_fields=["state", "purged_at"])
    journal.record("purge_export", export, by=None, details=facts(export))


def sweep() -> int:
    """End what is over, delete what it left, and every file that no row speaks of.

    Returns how many files nobody knew. In the scope of all organisations.
    """
    now = timezone.now()
    for export in Export.objects.filter(_is_over(now)):
        _expire(export, now)
    begun_before = now - dt.timedelta(hours=HOURS_OF_WORK)
    for export in Export.objects.filter(state=State.BUILDING, begun_at__lte=begun_before):
        build.fail(export=export, failure=Failure.ERROR)
    Export.objects.exclude(passphrase="").filter(expires_at__lte=now).update(passphrase="")
    kept = Export.objects.exclude(file_name="").filter(purged_at=None)
    for export in kept.exclude(state=State.BUILT):
        purge(export=export)
    return folder.remove_strays(set(kept.values_list("file_name", flat=True)))


def _is_over(now: dt.datetime) -> Q:
    """Built a day ago, or left without an answer for days."""
    return Q(state=State.BUILT, expires_at__lte=now) | Q(
        state__in=[State.REQUESTED, State.APPROVED],
        requested_at__lte=now - dt.timedelta(days=DAYS_WAITING),
    )


@transaction.atomic
def _expire(export: Export, now: dt.datetime) -> None:
    """Once it is locked, unless it was begun, given or taken back since it was found."""
    export = locked(export)
    if not Export.objects.filter(_is_over(now), pk=export.pk).exists():
        return
    export.state, export.passphrase = State.EXPIRED, ""
    export.save(update_fields=["state", "passphrase"])
    journal.record("expire_export", export, by=None, details=facts(export))


def _own(export: Export, by: User) -> Export:
    export = locked(export)
    held = by.access.organisations_with(EXPORT)
    if export.requested_by_id != by.pk or export.organisation_id not in held:
        raise PermissionDenied
    return export


def _require_rights_of_today(export: Export, by: User) -> None:
    """Whoever takes it reads all that it holds: it was made with rights that may be gone."""
    today = build.asked_again(export, by)
    if today is None or not export.holds or not today.opens(export.holds):
        raise ValidationError(
            _(
                "This file holds figures that you do not see today: your role changed since it "
                "was made, or a report was taken back. Take this export back, then ask for it "
                "again with what you see now."
            ),
            code="narrowed",
        )


def _read(export: Export) -> bytes:
    """The file as it was made; anything else is not given."""
    try:
        content = folder.path_of(export.file_name).read_bytes()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != export.sha256:
        raise ValidationError(
            _("The file was lost or damaged, and is not given. Ask for the export again."),
            code="damaged",
        )
    return content
