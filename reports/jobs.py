"""Exports in the background: made, announced, deleted."""

from __future__ import annotations

import logging

from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from accounts import letters
from accounts.jobs import AGAIN, acting_for
from accounts.models import User
from accounts.rights import holders
from audit.scope import current, scope
from programs.models import Organisation

from .models import Export
from .models.states import Failure, State
from .rights import APPROVE, EXPORT

logger = logging.getLogger(__name__)


def keys(export: Export) -> dict[str, str | int | None]:
    """What a job is told: keys of rows, never a word or a secret."""
    request_id = current().request_id
    return {
        "export_id": str(export.pk),
        "organisation_id": export.organisation_id,
        "requester_id": str(export.requested_by_id),
        "request_id": str(request_id) if request_id else None,
    }


@app.task(name="reports.jobs.build_export")
def build_export(
    *, export_id: str, organisation_id: int, requester_id: str, request_id: str | None = None
) -> None:
    """Make the file for its requester, with the rights they have now; else write down why not.

    Two transactions, so that everyone sees that it is being made. It is not tried again: what
    stopped it is told to its requester, who asks again.
    """
    from .actions import build as builds  # it asks for the jobs below: neither comes first

    export = Export(pk=export_id)
    try:
        with acting_for(requester_id, EXPORT, request_id) as by:
            if not builds.begin(export=export, by=by):
                return
        with acting_for(requester_id, EXPORT, request_id) as by:
            builds.build(export=export, by=by)
        return
    except (PermissionDenied, Export.DoesNotExist):  # out of their organisation, out of sight
        failure = Failure.RIGHTS
    except builds.NotMadeError as error:
        failure = error.failure
    except Exception:
        logger.exception("export %s was not made", export_id)
        failure = Failure.ERROR
    with scope(organisation_ids=[organisation_id]):
        builds.fail(export=export, failure=failure)


@app.task(name="reports.jobs.purge_export", retry=AGAIN)
def purge_export(*, export_id: str, organisation_id: int, **_others) -> None:
    """Delete the file of an export that was given or taken back."""
    from .actions import handover

    with scope(organisation_ids=[organisation_id]):
        handover.purge(export=Export(pk=export_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="reports.jobs.sweep_exports")
def sweep_exports(timestamp: int) -> None:
    """Every ten minutes, end what is over and delete what it left."""
    from .actions import handover

    with scope(organisation_ids=Organisation.objects.values_list("pk", flat=True)):
        strays = handover.sweep()
    if strays:
        logger.warning("%s files of exports that nobody knew were deleted", strays)


@app.task(name="reports.jobs.tell_requester", retry=AGAIN)
def tell_requester(*, export_id: str, organisation_id: int, requester_id: str, **_others) -> None:
    """Send word that an export is ready, refused or not made. Nothing in it says of what."""
    with scope(organisation_ids=[organisation_id]):
        export = Export.objects.get(pk=export_id)
        person = User.objects.filter(pk=requester_id, is_active=True).first()
    if person is None:
        return
    with translation.override(person.language):
        said = {
            State.BUILT: _("The export you asked for is ready. It is kept for one day."),
            State.REFUSED: _("The export you asked for was refused."),
            State.FAILED: _("The export you asked for could not be made."),
        }.get(State(export.state))
        if said:
            _send(person, said, letters.address("export", export.pk))


@app.task(name="reports.jobs.tell_approvers", retry=AGAIN)
def tell_approvers(*, export_id: str, organisation_id: int, requester_id: str, **_others) -> None:
    """Send word to whoever may decide that an export waits for an answer."""
    with scope(organisation_ids=[organisation_id]):
        asked = Export.objects.values_list("approver_organisation_id", flat=True).get(pk=export_id)
    with scope(organisation_ids=[asked]):
        requester = User.objects.get(pk=requester_id)
        for person in holders(asked, APPROVE, besides=[requester], are_settled=True):
            with translation.override(person.language):
                said = _("An export waits for your answer, for three days.")
                _send(person, said, letters.address("export_review", export_id))


def _send(person: User, said: str, url: str) -> None:
    text = render_to_string("reports/email/export_message.txt", {"said": said, "url": url})
    letters.post(person.email, _("Your portal: an export"), text)
