"""Who edits which row of the catalogue: pages, admin and actions ask here."""

from __future__ import annotations

from django.db.models import Model

from .models import (
    Breakdown,
    Category,
    Code,
    CodeList,
    Dimension,
    Indicator,
    Organisation,
    OrganisationKind,
    OrganisationYear,
    ProgramSite,
)

EDIT = "programs.edit_catalogue"
EDIT_SHARED = "programs.edit_shared_catalogue"
MANAGE_ORGANISATIONS = "programs.manage_organisations"
# What all organisations share: the platform's own role edits it.
SHARED = (Breakdown, Category, Code, CodeList, Dimension, Indicator)


def may_edit(user, row: Model) -> bool:
    """Whether `user` may save `row`, new or changed."""
    if isinstance(row, SHARED):
        return user.has_perm(EDIT_SHARED)
    if isinstance(row, OrganisationYear):
        return _may_edit_organisation(user, row.organisation)
    if isinstance(row, Organisation):
        return _may_edit_organisation(user, row)
    if isinstance(row, ProgramSite) and row._state.adding:
        # Only those whose site it is open it for a program.
        return user.has_perm(EDIT, row.site)
    return user.has_perm(EDIT, row)


def _may_edit_organisation(user, organisation: Organisation) -> bool:
    """One's own; any for the platform; of others, the address book, which gains no tenant."""
    if user.has_perm(MANAGE_ORGANISATIONS):
        return True
    if not user.has_perm(EDIT):
        return False
    if organisation.pk in user.access.organisations_with(EDIT):
        return True
    if OrganisationKind.OWN in organisation.kinds:
        return False
    is_new = organisation.pk is None
    return is_new or Organisation.objects.editable_by(user).filter(pk=organisation.pk).exists()
