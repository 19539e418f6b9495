"""A lost second factor: lifted by one person and another, never by one alone."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import factors
from accounts.models import FactorReset, Membership, User
from accounts.models.factor_reset import VALID, Outcome
from accounts.rights import MANAGE, require_over
from accounts.roles import CONFIRM_RESET, roles_with
from audit import journal
from programs.models import Organisation
from programs.violations import explained

from .factor import end_sessions
from .invitation import hashed

LINK_HOURS = 24


def organisations_of(by: User, person: User) -> list[Organisation]:
    """Where `by` manages the access of `person`."""
    managed = by.access.organisations_with(MANAGE)
    rows = person.memberships.lasting().filter(organisation__in=managed)
    return [row.organisation for row in rows.select_related("organisation").order_by("pk")]


@transaction.atomic
def ask(*, person: User, by: User) -> FactorReset:
    """Ask that somebody else's factors be lifted; a second person has a day to answer."""
    _require_over(by, person)
    if not (found := organisations_of(by, person)):
        raise PermissionDenied
    FactorReset.objects.filter(
        person=person, organisation=found[0], decided_at=None, asked_at__lte=timezone.now() - VALID
    ).update(decided_at=timezone.now(), decided_by=by, outcome=Outcome.REFUSED)
    reset = FactorReset(person=person, organisation=found[0], asked_by=by)
    with explained():
        reset.save()
    journal.record("ask_factor_reset", reset, by=by, details={"person": str(person.pk)})
    _tell(person, "factor_reset_asked", reset=reset)
    for second in _who_may_confirm(reset):
        _tell(second, "factor_reset_to_confirm", reset=reset, url=_address("factor_resets"))
    return reset


def _require_over(by: User, person: User) -> None:
    """An account belongs to all who know it: one organisation does not open it for the others."""
    try:
        require_over(by, person)
    except ValidationError as error:
        raise ValidationError(
            _(
                "This person also works for an organisation that you do not manage. Only a "
                "recovery code or another method of their own lets them in."
            ),
            code="elsewhere",
        ) from error


def _who_may_confirm(reset: FactorReset) -> list[User]:
    held = Membership.objects.current().filter(
        organisation=reset.organisation_id, role__in=roles_with(CONFIRM_RESET), user__is_active=True
    )
    people = {row.user_id: row.user for row in held.select_related("user")}
    return [p for key, p in people.items() if key not in (reset.asked_by_id, reset.person_id)]


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
    journal.record("confirm_factor_reset", reset, by=by, details={"person": str(person.pk)})
    _tell(person, "factor_reset_confirmed", reset=reset, url=_address("new_factor", token))


@transaction.atomic
def refuse(*, reset: FactorReset, by: User) -> None:
    """Leave everything as it is."""
    reset = _answered(reset, by, Outcome.REFUSED)
    journal.record("refuse_factor_reset", reset, by=by, details={"person": str(reset.person_id)})


def _answered(reset: FactorReset, by: User, outcome: str) -> FactorReset:
    if not by.has_perm(CONFIRM_RESET, reset):
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


def _address(name: str, *args: str) -> str:
    return settings.PORTAL_ORIGIN + reverse(name, args=args)


def _tell(user: User, template: str, **context) -> None:
    """An e-mail in the language of its reader, which names nobody but who asked."""
    with translation.override(user.language):
        subject = render_to_string(f"accounts/email/{template}_subject.txt", context)
        text = render_to_string(f"accounts/email/{template}_message.txt", context)
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [user.email])
