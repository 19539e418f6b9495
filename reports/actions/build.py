"""The file of an export is made, with the rights that its requester has by then."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import journal
from programs.violations import explained
from reports import figures, jobs
from reports.budget import HOURS_KEPT
from reports.exports import Mark, Source, folder, new_passphrase, pack
from reports.figures import Selection
from reports.models import Export
from reports.models.states import FOLLOWS, Failure, Purpose, State
from reports.rights import EXPORT

from .export import facts, locked

READY = (State.REQUESTED, State.APPROVED)


class NotMadeError(Exception):
    """It cannot be made any more; holds why."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


@transaction.atomic
def begin(*, export: Export, by: User) -> bool:
    """Say that it is being made; False if it was taken back, or begun, meanwhile."""
    export = locked(export)
    _require_right(export, by)
    if export.state not in READY or export.is_waiting:
        return False
    export.state, export.begun_at = State.BUILDING, timezone.now()
    with explained():
        export.save(update_fields=["state", "begun_at"])
    return True


@transaction.atomic
def build(*, export: Export, by: User) -> Export:
    """Write the archive under a passphrase of its own, which the requester may see once."""
    export = locked(export)
    _require_right(export, by)
    source = _source(export, by)
    export.built_at, export.built_rows = timezone.now(), source.rows
    export.holds = source.holds
    export.expires_at = export.built_at + dt.timedelta(hours=HOURS_KEPT)
    _write(export, source, by)
    export.state = State.BUILT
    with explained():
        export.save()
    journal.record(
        "build_export",
        export,
        by=by,
        shown=source.report_ids,
        reason=export.purpose,
        details={**facts(export), "built_rows": export.built_rows, "size": export.size},
    )
    jobs.tell_requester.defer(**jobs.keys(export))
    return export


def asked_again(export: Export, by: User) -> Selection | None:
    """The question with the rights of this moment; None when a part of it cannot be asked."""
    selection = figures.select(by.within(export.organisation_id), export.filter)
    return None if selection.ignored or selection.period.errors else selection


@transaction.atomic
def fail(*, export: Export, failure: str) -> None:
    """Write down that it was not made and why; its rows count no more."""
    export = locked(export)
    if State.FAILED not in FOLLOWS.get(State(export.state), ()):
        return
    export.state, export.failure = State.FAILED, failure
    export.save(update_fields=["state", "failure"])
    journal.record("fail_export", export, by=None, reason=failure, details=facts(export))
    jobs.tell_requester.defer(**jobs.keys(export))


def _require_right(export: Export, by: User) -> None:
    is_own = export.requested_by_id == by.pk
    if not is_own or export.organisation_id not in by.access.organisations_with(EXPORT):
        raise PermissionDenied


def _source(export: Export, by: User) -> Source:
    """What was asked for is what leaves: a filter that its requester sees no more, or rows added
    since, stop it."""
    selection = asked_again(export, by)
    if selection is None:
        raise NotMadeError(Failure.RIGHTS)
    source = Source(selection, export.content)
    if source.rows > export.rows:
        raise NotMadeError(Failure.MORE)
    if source.rows == 0:
        raise NotMadeError(Failure.RIGHTS)
    return source


def _write(export: Export, source: Source, by: User) -> None:
    purpose = Purpose(export.purpose).label
    mark = Mark(export.number, by.display_name, purpose, export.built_at)
    export.passphrase, export.file_name = new_passphrase(), folder.new_name()
    path = folder.path_of(export.file_name)
    pack(source.files(mark), export.passphrase, path)
    export.size = path.stat().st_size
    export.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
