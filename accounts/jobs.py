"""Work in the background: in the name of who asked, with the rights they have when it runs."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial, wraps

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone, translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import Task

from audit import encryption
from audit.scope import current, scope

from . import letters
from .adapter import reset_url
from .models import Elevation, FactorReset, Invitation, Membership, SignInTries, User
from .rights import confirming_organisations, holders, watchers
from .roles import CONFIRM_RESET, REVIEW_ELEVATIONS
from .two_people import Change

logger = logging.getLogger(__name__)
RESET = "procrastinate_jobs:send_reset"
AGAIN = RetryStrategy(max_attempts=6, exponential_wait=4)


@contextmanager
def acting_for(requester_id: str, permission: str, request_id: str | None = None) -> Iterator[User]:
    """Open the scope, language and hours of the requester as they are now.

    Raises PermissionDenied when the account was closed or has lost the right meanwhile.
    """
    by = User.objects.filter(pk=requester_id).first()
    if by is None or not by.has_perm(permission):
        raise PermissionDenied
    with (
        scope(
            user_id=by.pk,
            organisation_ids=by.access.organisation_ids,
            elevation_id=by.access.elevation and by.access.elevation.pk,
            request_id=uuid.UUID(request_id) if request_id else None,
            powers=by.access.powers,
        ),
        translation.override(by.language),
        timezone.override(by.access.time_zone),
    ):
        yield by


def requested(*, permission: str, retry: RetryStrategy | bool = AGAIN) -> Callable:
    """Make `work(*, by, **arguments)` a job that runs for whoever asks for it.

    `work.ask(by=user, **arguments)` queues it inside the caller's transaction: nothing runs if
    that is rolled back. The arguments are keys of rows, never a secret or words about a person.
    Asked again with the same arguments before it ran, it runs once. A requester who has lost
    `permission` when it runs is refused, and it is not tried again.
    """

    def register(work: Callable[..., None]) -> Callable[..., None]:
        name = f"{work.__module__}.{work.__name__}"

        @app.task(name=name, retry=retry)
        @wraps(work)
        def run(*, requester_id: str, request_id: str | None = None, **arguments) -> None:
            try:
                with acting_for(requester_id, permission, request_id) as by:
                    work(by=by, **arguments)
            except PermissionDenied:
                logger.warning("job %s refused: its requester may not do this any more", name)

        run.ask = partial(_ask, run)
        return run

    return register


def _ask(job: Task, /, *, by: User, **arguments) -> None:
    """Queue `job` in the name of `by`, once for the same arguments."""
    keys = [f"{name}={arguments[name]}" for name in sorted(arguments)]
    request_id = current().request_id
    try:
        with transaction.atomic():
            job.configure(queueing_lock=":".join([job.name, str(by.pk), *keys])).defer(
                requester_id=str(by.pk),
                request_id=str(request_id) if request_id else None,
                **arguments,
            )
    except AlreadyEnqueued:
        logger.info("job %s is waiting already", job.name)


@requested(permission="accounts.manage_access")
def send_invitation(*, by: User, invitation_id: str) -> None:
    """Send the e-mail of an invitation with a new link; the links before it stop working."""
    from .actions import invitation as actions  # it asks for this job: neither comes first

    invitation = Invitation.objects.visible_to(by).filter(pk=invitation_id).first()
    if invitation is not None and invitation.is_open:
        actions.send(invitation=invitation, by=by)


@app.task(name="accounts.jobs.tell_of_decline", retry=AGAIN)
def tell_of_decline(*, invitation_id: str, organisation_id: int) -> None:
    """Tell whoever invited that the answer is no."""
    with scope(organisation_ids=[organisation_id]):
        rows = Invitation.objects.select_related("organisation", "invited_by")
        invitation = rows.get(pk=invitation_id)
        if invitation.invited_by.is_active:
            letters.send("invitation_declined", invitation.invited_by, invitation=invitation)


def ask_for_reset(email: str, language: str) -> None:
    """Leave to the worker what is sent to a typed address, which waits sealed for this asking."""
    asked = str(uuid.uuid4())
    sealed = encryption.encrypt(email, f"{RESET}:{asked}")
    send_reset.defer(asked=asked, sealed=sealed, language=language)


@app.task(name="accounts.jobs.send_reset", retry=AGAIN)
def send_reset(*, asked: str, sealed: str, language: str) -> None:
    """A link to the account's own address, a word to who has none; the typed one comes sealed.

    Here and not in the request, whose time would tell which of both it is.
    """
    address, url = encryption.decrypt(sealed, f"{RESET}:{asked}"), ""
    with scope(), translation.override(language):
        user = User.objects.filter(is_active=True).with_email(address)
        if user is not None:
            address = user.email
            url = reset_url(user_pk_to_url_str(user), default_token_generator.make_token(user))
        name = "password_reset_key" if user else "unknown_account"
        context = {"user": user, "password_reset_url": url}
        get_adapter().send_mail(f"account/email/{name}", address, context)


@app.task(name="accounts.jobs.tell_of_elevation", retry=AGAIN)
def tell_of_elevation(*, elevation_id: str, organisation_id: int) -> None:
    """Tell who may review it by then that emergency access was opened: that, and where to read on.

    For the organisation, not for its holder: whose account closes meanwhile is told of as well.
    """
    with scope(organisation_ids=[organisation_id]):
        rows = Elevation.objects.select_related("organisation", "user")
        elevation = rows.get(pk=elevation_id)
        url = letters.address("elevation", elevation.pk)
        people = holders(organisation_id, REVIEW_ELEVATIONS, besides=[elevation.user])
        with timezone.override(elevation.organisation.time_zone):
            for reviewer in people:
                letters.send("elevation", reviewer, elevation=elevation, url=url)


@app.task(name="accounts.jobs.tell_of_reset", retry=AGAIN)
def tell_of_reset(*, reset_id: str, organisation_id: int) -> None:
    """Tell who may confirm that a lost factor is lifted: of the other organisations, if any."""
    with scope(organisation_ids=[organisation_id]):
        reset = FactorReset.objects.select_related("person", "asked_by").get(pk=reset_id)
    people = {}
    for asked in confirming_organisations(reset.person, asked_in=organisation_id):
        with scope(organisation_ids=[asked]):
            besides = [reset.person, reset.asked_by]
            found = holders(asked, CONFIRM_RESET, besides=besides, are_settled=True)
            people |= {person.pk: person for person in found}
    url = letters.address("factor_resets")
    with transaction.atomic():
        for person in people.values():
            letters.send("factor_reset_to_confirm", person, reset=reset, url=url)


@app.task(name="accounts.jobs.tell_of_role", retry=AGAIN)
def tell_of_role(*, membership_id: str, organisation_id: int, change: str, by_id: str) -> None:
    """Tell who is a second person, or just was, of a role that begins or ends, in time to ask."""
    with scope(organisation_ids=[organisation_id]):
        held = Membership.objects.select_related("organisation", "user").get(pk=membership_id)
        by = User.objects.get(pk=by_id)
        begins = change in (Change.GIVEN, Change.OPENED)
        if begins and held.counts_from <= timezone.now():
            return
        people = watchers(organisation_id, besides=[by, held.user] if begins else [by])
        for person in people:
            name = "role_given" if begins else "role_ended"
            letters.send(name, person, held=held, by=by, change=change)


@app.periodic(cron="23 3 * * *")
@app.task(name="accounts.jobs.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Every night, delete the sessions that have expired and the tries of former days."""
    call_command("clearsessions")
    a_day_ago = timezone.now() - timedelta(days=1)
    SignInTries.objects.filter(last_at__lt=a_day_ago).delete()
