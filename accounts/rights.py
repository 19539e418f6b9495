"""Who may give which role where: the rules that screens show and actions hold."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.scope import current, scope
from programs.models import Organisation

from .roles import CONFIRM_RESET, ELEVATIONS, MANAGE, NEVER_ELEVATED, Role, roles_with

FIRST_ADMINISTRATORS = "programs.manage_organisations"
FIRST_ROLE = frozenset({Role.ADMINISTRATOR})


def manages(user: Model, organisation_id: int) -> bool:
    """Whether `user` manages the access of a whole organisation."""
    return user.access.covers(MANAGE, [(organisation_id, None, None)])


def manageable_organisations(user: Model) -> QuerySet[Organisation]:
    """Organisations whose access one manages; the platform also starts those without anyone."""
    managed = Q(pk__in=user.access.organisations_with(MANAGE))
    if user.has_perm(FIRST_ADMINISTRATORS):
        administered = _memberships().administrators().values("organisation")
        started = Q(is_active=True) & ~Q(pk__in=administered)
        managed = managed | started
    return Organisation.objects.filter(managed)


def roles_to_give(user: Model, organisation: Organisation) -> frozenset[str]:
    """The roles that `user` may give in `organisation`, today."""
    if manages(user, organisation.pk):
        return user.access.gives(organisation.pk)
    if manageable_organisations(user).filter(pk=organisation.pk).exists():
        return FIRST_ROLE
    return frozenset()


def roles_to_offer(user: Model, organisations: Iterable[Organisation]) -> frozenset[str]:
    """The roles that `user` may give in one or another of the organisations they manage."""
    return frozenset().union(
        *(user.access.gives(o.pk) if manages(user, o.pk) else FIRST_ROLE for o in organisations)
    )


def require_giver(by: Model, organisation: Organisation, role: str) -> None:
    """Refuse whoever may not give `role` in `organisation`."""
    if role not in roles_to_give(by, organisation):
        raise PermissionDenied


def require_other(by: Model, person: Model) -> None:
    """Refuse whoever acts on their own account: rights are given and taken by somebody else."""
    if by.pk == person.pk:
        raise PermissionDenied


def require_over(by: Model, person: Model) -> None:
    """Refuse unless `by` may give every role that `person` holds, in every organisation.

    Somebody who also works elsewhere is refused with words: an account belongs to all of them.
    """
    require_over_here(by, person)
    if works_elsewhere(person, than=by.access.organisations_with(MANAGE)):
        raise ValidationError(
            _(
                "This person also works for an organisation that you do not manage: "
                "end their roles here instead."
            ),
            code="elsewhere",
        )


def require_over_here(by: Model, person: Model) -> None:
    """Refuse unless `by` may give every role that `person` holds where `by` manages access."""
    require_other(by, person)
    if not by.has_perm(MANAGE, person):
        raise PermissionDenied
    managed = person.memberships.lasting().filter(
        organisation__in=by.access.organisations_with(MANAGE)
    )
    for membership in managed.select_related("organisation"):
        require_giver(by, membership.organisation, membership.role)


def organisations_of(person_id: uuid.UUID) -> set[int]:
    """Where somebody works or worked, read as themselves: nobody has signed in yet."""
    with scope(user_id=person_id, request_id=current().request_id):
        held = _memberships().filter(user_id=person_id)
        return set(held.values_list("organisation_id", flat=True))


def confirming_organisations(person: Model, *, asked_in: int) -> set[int]:
    """Whose people confirm that somebody lost their factors: the others' they work for, if any.

    Read as themselves: of these, whoever asks or answers sees their own alone.
    """
    with scope(user_id=person.pk, request_id=current().request_id):
        worked = set(person.memberships.lasting().values_list("organisation_id", flat=True))
    return worked - {asked_in} or {asked_in}


def works_elsewhere(person: Model, *, than: Iterable[int]) -> bool:
    """Asked of the database, which shows nobody the roles that somebody has elsewhere."""
    with connection.cursor() as cursor:
        arguments = [person.pk, list(than), timezone.localdate()]
        cursor.execute("SELECT portal_works_elsewhere(%s, %s, %s)", arguments)
        return cursor.fetchone()[0]


def roles_to_elevate_to(user: Model, organisation_id: int) -> frozenset[str]:
    """The roles that emergency access opens to `user` in an organisation they work in."""
    own = [m for m in user.access.memberships if m.organisation_id == organisation_id]
    if any(m.role in NEVER_ELEVATED for m in own):
        return frozenset()
    opened = frozenset().union(*(ELEVATIONS.get(m.role, frozenset()) for m in own))
    return opened - {m.role for m in own if m.program_id is None and m.site_id is None}


def organisations_to_elevate_in(user: Model) -> list[Organisation]:
    """Organisations where emergency access opens something to `user`."""
    found = {m.organisation_id: m.organisation for m in user.access.memberships}
    return [o for pk, o in found.items() if roles_to_elevate_to(user, pk)]


def holders(
    organisation_id: int,
    permission: str,
    *,
    besides: Iterable[Model] = (),
    are_settled: bool = False,
) -> list[Model]:
    """Who holds `permission` over a whole organisation today, or for a week already; once each."""
    held = _over_whole(organisation_id, permission).current().filter(user__is_active=True)
    return _people(held.settled() if are_settled else held, besides)


def watchers(organisation_id: int, *, besides: Iterable[Model]) -> list[Model]:
    """Who may be the second of two people, or could be until a week ago: they are told.

    To close their accounts first, or to end their roles, would hide nothing.
    """
    return _people(_over_whole(organisation_id, CONFIRM_RESET).watching(), besides)


def _over_whole(organisation_id: int, permission: str) -> QuerySet:
    roles = roles_with(permission)
    return _memberships().filter(
        organisation=organisation_id, role__in=roles, program=None, site=None
    )


def _people(held: QuerySet, besides: Iterable[Model]) -> list[Model]:
    others = held.exclude(user__in=[person.pk for person in besides]).select_related("user")
    return list({m.user_id: m.user for m in others}.values())


def counts_from(by: Model, permission: str, organisation_id: int) -> dt.datetime | None:
    """From when on a role of `by` counts for what takes two people; None once it does."""
    held = _over_whole(organisation_id, permission).current().filter(user=by)
    first = min((m.counts_from for m in held.select_related("user")), default=None)
    return first if first and first > timezone.now() else None


def role_behind(by: Model, permission: str, organisations: Iterable[int]) -> dict[str, str | None]:
    """For the journal: since when `by` has the right they act by, and who gave it to them."""
    held = by.memberships.current().filter(
        organisation__in=organisations, role__in=roles_with(permission), program=None, site=None
    )
    if (first := held.order_by("granted_at").first()) is None:
        return {}
    given_by = str(first.granted_by_id) if first.granted_by_id else None
    return {"role_given_by": given_by, "role_given_at": first.granted_at.isoformat()}


def keep_an_administrator(
    organisation_ids: Iterable[int], *, without: Model, after: dt.date | None = None
) -> None:
    """Refuse to leave an organisation with nobody who manages its access after a day.

    Locks the administrators' memberships: of two who end each other, the second is refused.
    """
    last_day = after or timezone.localdate() - dt.timedelta(days=1)
    for organisation_id in sorted(set(organisation_ids)):
        held = _memberships().filter(organisation=organisation_id, role=Role.ADMINISTRATOR)
        list(held.order_by("pk").select_for_update(of=("self",)))
        others = held.administrators().exclude(user=without)
        stay = Q(active__endswith=None) | Q(active__endswith__gt=last_day + dt.timedelta(days=1))
        if not others.filter(stay).exists():
            raise ValidationError(
                _("Nobody else manages access in this organisation: give the role first."),
                code="last_administrator",
            )


def _memberships() -> QuerySet:
    return apps.get_model("accounts.Membership")._default_manager.all()
