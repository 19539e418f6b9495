"""Who may give which role where: the rules that screens show and actions hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Organisation

from .roles import Role

MANAGE = "accounts.manage_access"
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
    require_other(by, person)
    if not by.has_perm(MANAGE, person):
        raise PermissionDenied
    for membership in person.memberships.lasting().select_related("organisation"):
        if not manages(by, membership.organisation_id):
            raise ValidationError(
                _(
                    "This person also works for an organisation that you do not manage: "
                    "end their roles here instead."
                ),
                code="elsewhere",
            )
        require_giver(by, membership.organisation, membership.role)


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
