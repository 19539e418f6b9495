"""A lost second factor: lifted by one person and another, never by one alone."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import factors, jobs
from accounts.letters import address, send
from accounts.models import FactorReset, User
from accounts.models.factor_reset import VALID, Outcome
from accounts.rights import (
    confirming_organisations,
    holders,
    require_over_here,
    role_behind,
)
from accounts.roles import CONFIRM_RESET, MANAGE
from audit import journal
from programs.models import Organisation
from programs.violations import explained

from .factor import end_sessions
from .invitation import hashed

LINK_HOURS = 24


def organisation_of(by: User, person: User) -> Organisation:
    """Where `by` manages the access of `person`: the request is made for it."""
    managed = by.access.organisations_with(MANAGE)
    rows = person.memberships.lasting().filter(organisation__in=managed)
    if first := rows.select_related("organisation").order_by("pk").first():
        return first.organisation
    raise PermissionDenied


@transaction.atomic
def ask(*, person: User, by: User) -> FactorReset:
    """Ask that somebody else's factors be lifted; a second person has a day to answer.

    Of somebody who works for several organisations, the second person is of another one.
    """
    require_over_here(by, person)
    organisation = organisation_of(by, person)
    FactorReset.objects.filter(
        person=person,
        organisation=organisation,
        decided_at=None,
        asked_at__lte=timezone.now() - VALID,
    ).update(decided_at=timezone.now(), decided_by=by, outcome=Outcome.REFUSED)
    reset = FactorReset(person=person, organisation=organisation, asked_by=by)
    with explained():
        reset.save()
    _require_second(reset)
    facts = {"person": str(person.pk)} | role_behind(by, MANAGE, [organisation.pk])
    journal.record("ask_factor_reset", reset, by=by, details=facts)
    send("factor_reset_asked", person, reset=reset)
    jobs.tell_of_reset.defer(reset_id=str(reset.pk), organisation_id=organisation.pk)
    return reset


def _require_second(reset: FactorReset) -> None:
    """Refuse what nobody can confirm within the day; of the others' people nothing is known."""
    here = reset.organisation_id
    if confirming_organisations(reset.person, asked_in=here) != {here}:
        return
    besides = [reset.person, reset.asked_by]
    if not holders(here, CONFIRM_RESET, besides=besides, are_settled=True):
        raise ValidationError(
            _(
                "Nobody else here can confirm this yet: it takes a coordinator, an administrator "
                "or an auditor whose role is at least 7 days old. Give the role now, and ask in a "
                "week."
            ),
            code="no_second",
        )


@transaction.atomic
def confirm(*, reset: FactorReset, by: User) -> None:
    """Lift the factors of the person and end their sessions; the mailed link lets them add one."""
    reset = _answered(reset, by, Outcome.CONFIRMED)
    person = reset.person
    factors.of(person).delete()
    token = secrets.token_urlsafe(32)
    person.factor_link, person.factor_link_until = hashed(token), _link_end()
    person.save(update_fields=["factor_link", "factor_link_until"])
    end_sessions(person)
    facts = {"person": str(person.pk)}
    facts |= role_behind(by, CONFIRM_RESET, by.access.organisations_with(CONFIRM_RESET))
    readers = _by_right_of(reset, by)
    journal.record("confirm_factor_reset", reset, by=by, audience=readers, details=facts)
    send("factor_reset_confirmed", person, reset=reset, url=address("new_factor", token))


@transaction.atomic
def refuse(*, reset: FactorReset, by: User) -> None:
    """Leave everything as it is."""
    reset = _answered(reset, by, Outcome.REFUSED)
    readers, facts = _by_right_of(reset, by), {"person": str(reset.person_id)}
    journal.record("refuse_factor_reset", reset, by=by, audience=readers, details=facts)


def _by_right_of(reset: FactorReset, by: User) -> set[int]:
    """The organisations for which `by` answers; whose auditors read it, beside those who asked."""
    asked = confirming_organisations(reset.person, asked_in=reset.organisation_id)
    return asked & by.access.organisations_with(CONFIRM_RESET)


def _answered(reset: FactorReset, by: User, outcome: str) -> FactorReset:
    if not FactorReset.objects.visible_to(by).filter(pk=reset.pk).exists():
        raise PermissionDenied
    reset = FactorReset.objects.select_for_update().get(pk=reset.pk)
    if reset.decided_at or reset.expires_at <= timezone.now():
        raise ValidationError(_("This was answered, or asked more than a day ago."), code="closed")
    reset.decided_by, reset.decided_at, reset.outcome = by, timezone.now(), outcome
    with explained():
        reset.save(update_fields=["decided_by", "decided_at", "outcome"])
    return reset


def find_by_link(token: str) -> User | None:
    """Whose link this is, as long as it works."""
    rows = User.objects.filter(is_active=True, factor_link_until__gt=timezone.now())
    return rows.filter(factor_link=hashed(token)).first()


def _link_end():
    return timezone.now() + timedelta(hours=LINK_HOURS)
