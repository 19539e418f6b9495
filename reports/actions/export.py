"""An export is asked for, decided by somebody else where it is large, or taken back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import role_behind
from audit import journal
from programs.models import Organisation
from programs.violations import explained
from reports import jobs
from reports.asking import Question
from reports.models import Export
from reports.models.states import State
from reports.rights import APPROVE


@transaction.atomic
def request(*, question: Question, purpose: str, purpose_note: str, by: User) -> Export:
    """Ask for a file; it is made at once unless it is so large that somebody else decides first."""
    export = Export(
        organisation=question.organisation,
        approver_organisation=_approver(question),
        requested_by=by,
        content=question.content,
        filter=question.filter,
        purpose=purpose,
        purpose_note=purpose_note.strip(),
        rows=question.rows,
    )
    with explained():
        export.save(force_insert=True)
    export.refresh_from_db(fields=["serial", "needs_second_person"])
    journal.record(
        "request_export", export, by=by, reason=purpose, details={**facts(export), **export.filter}
    )
    if export.needs_second_person:
        jobs.tell_approvers.defer(**jobs.keys(export))
    else:
        jobs.build_export.defer(**jobs.keys(export))
    return export


@transaction.atomic
def decide(*, export: Export, is_approved: bool, reason: str = "", by: User) -> Export:
    """A second person agrees, and the file is made; or says no, and why."""
    export = _waiting(export, by)
    export.state = State.APPROVED if is_approved else State.REFUSED
    export.refusal = "" if is_approved else reason.strip()
    export.decided_by, export.decided_at = by, timezone.now()
    with explained():
        export.save(update_fields=["state", "refusal", "decided_by", "decided_at"])
    action = "approve_export" if is_approved else "refuse_export"
    details = facts(export) | role_behind(by, APPROVE, [export.approver_organisation_id])
    readers = [export.approver_organisation_id]
    journal.record(action, export, by=by, audience=readers, reason=export.purpose, details=details)
    work = jobs.build_export if is_approved else jobs.tell_requester
    work.defer(**jobs.keys(export))
    return export


@transaction.atomic
def withdraw(*, export: Export, by: User) -> Export:
    """Take one's own back before it was downloaded: nothing left, nothing is counted."""
    export = locked(export)
    if export.requested_by_id != by.pk:
        raise PermissionDenied
    if not export.may_be_withdrawn:
        raise ValidationError(_("It is too late to take this export back."), code="late")
    export.state, export.passphrase = State.WITHDRAWN, ""
    export.save(update_fields=["state", "passphrase"])
    journal.record("withdraw_export", export, by=by, details=facts(export))
    if export.file_name:
        jobs.purge_export.defer(**jobs.keys(export))
    return export


def facts(export: Export) -> dict:
    """What the journal keeps of an export: codes and numbers."""
    return {"number": export.number, "content": export.content, "rows": export.rows}


def locked(export: Export) -> Export:
    """The row as it is now, held until the transaction ends."""
    rows = Export.objects.select_related("organisation").select_for_update(of=("self",))
    return rows.get(pk=export.pk)


def _approver(question: Question) -> Organisation:
    """Whose people decide on it, if it is so large that somebody must."""
    if question.approver is None:
        raise ValidationError(
            _(
                "Nobody else may approve an export of this size in your organisation yet: let an "
                "administrator name a coordinator, who approves after 7 days."
            ),
            code="no_approver",
        )
    return question.approver


def _waiting(export: Export, by: User) -> Export:
    """Lock one that waits for an answer which `by` may give."""
    export = locked(export)
    place = (export.approver_organisation_id, None, None)
    if export.requested_by_id == by.pk or not by.access.covers(APPROVE, [place]):
        raise PermissionDenied
    if not export.is_waiting or export.answer_until <= timezone.now():
        raise ValidationError(_("This export no longer waits for an answer."), code="answered")
    return export
