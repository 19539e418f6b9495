"""Accounts: one's own settings, and the closing and opening of others'."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import Membership, User
from accounts.models.user import one_case
from accounts.rights import keep_an_administrator, require_over
from accounts.roles import Role
from accounts.two_people import Change
from audit import journal
from audit.scope import within
from programs.models import Organisation, OrganisationKind
from programs.revisions import locked
from programs.violations import explained

from .membership import tell_who_watches


@transaction.atomic
def change_profile(*, by: User, display_name: str, language: str, revision: int) -> User:
    """Change one's own name on screen and language."""
    user = locked(by, revision)
    user.display_name, user.language = display_name, language
    with explained():
        user.save(update_fields=["display_name", "language"])
    journal.record("change_profile", user, by=by, details={"language": language})
    return user


@transaction.atomic
def choose_language(*, by: User, language: str) -> None:
    """Read the portal, and its e-mails, in another language from now on."""
    if by.language != language:
        by.language = language
        by.save(update_fields=["language"])
        journal.record("choose_language", by, by=by, details={"language": language})


@transaction.atomic
def end_session(*, by: User, key: str) -> None:
    """Sign oneself out somewhere else, at once; another person's session is not found."""
    number = int(key) if key.isdecimal() and len(key) < 20 else None  # no longer key exists
    session = UserSession.objects.filter(user=by, pk=number).first()
    if session is not None:
        sessions.end(session)
        journal.record("end_session", by, by=by)


@transaction.atomic
def deactivate(*, user: User, by: User, revision: int, reason: str = "") -> User:
    """Close somebody's account: from the next click nothing opens for them. Roles stay written."""
    require_over(by, user)
    user = locked(user, revision)
    held = user.memberships.lasting()
    administered = held.filter(role=Role.ADMINISTRATOR).values_list("organisation_id", flat=True)
    keep_an_administrator(administered, without=user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _record("deactivate_account", user, by, reason)
    _tell(user, Change.CLOSED, by)
    return user


@transaction.atomic
def reactivate(*, user: User, by: User) -> User:
    """Open a closed account again, with the roles that have not ended; they settle anew."""
    require_over(by, user)
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if user.is_active:  # somebody was faster
        return user
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("reactivate_account", user, by)
    _tell(user, Change.OPENED, by)
    return user


def _tell(user: User, change: Change, by: User) -> None:
    for membership in user.memberships.lasting():
        tell_who_watches(membership, change, by=by)


def _record(action: str, user: User, by: User, reason: str = "") -> None:
    """One line for each organisation whose access `by` manages and that knows this person."""
    known = {organisation_id for organisation_id, _program, _site in user.places(action)}
    said = journal.typed(reason)
    for organisation_id in sorted(known & by.access.organisations_with("accounts.manage_access")):
        journal.record(action, user, by=by, organisation_id=organisation_id, reason=said)


@transaction.atomic
def bootstrap(
    *,
    code: str,
    name_fr: str,
    name_en: str,
    country: str,
    email: str,
    display_name: str,
    language: str,
) -> User:
    """Start an empty portal: its first organisation and the person who invites all others.

    Refused once an organisation exists. The account has no password: a link sets it.
    """
    if Organisation.objects.exists():
        raise ValidationError(_("The portal already has an organisation."), code="started")
    organisation = Organisation(
        code=code, name_fr=name_fr, name_en=name_en, country=country, language=language
    )
    organisation.kinds = [OrganisationKind.OWN]
    organisation.full_clean()
    user = User(email=one_case(email), display_name=display_name, language=language)
    user.set_unusable_password()
    user.full_clean()
    with explained():
        organisation.save()
        user.save()
        _give_first_roles(user, organisation)
    journal.record("bootstrap", user, by=None, organisation_id=organisation.pk)
    return user


def _give_first_roles(user: User, organisation: Organisation) -> None:
    from_today = DateRange(timezone.localdate(), None)
    with within(organisation.pk):
        for role in (Role.PLATFORM_ADMINISTRATOR, Role.ADMINISTRATOR):
            Membership.objects.create(
                user=user, organisation=organisation, role=role, active=from_today
            )
