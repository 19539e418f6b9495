"""What each role may do. One table: pages, actions and screens all read it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    FIELD_WORKER = "field_worker", _("field worker")
    CASE_WORKER = "case_worker", _("case worker")
    COORDINATOR = "coordinator", _("coordinator")
    ADMINISTRATOR = "administrator", _("administrator")
    PARTNER = "partner", _("partner")
    FUNDER = "funder", _("funder")
    AUDITOR = "auditor", _("auditor")
    PLATFORM_ADMINISTRATOR = "platform_administrator", _("platform administrator")


_CATALOGUE = {"programs.view_catalogue"}
_ENTRY = _CATALOGUE | {
    "beneficiaries.view_counts",
    "beneficiaries.enter_counts",
    "beneficiaries.submit_counts",
}

MANAGE = "accounts.manage_access"
# Emergency access: asking for it, and answering for what others did with it.
ELEVATE = "accounts.elevate"
REVIEW_ELEVATIONS = "accounts.review_elevations"
# The second person without whom nobody's lost second factor is lifted.
CONFIRM_RESET = "accounts.confirm_reset"
# Figures that leave: somebody else agrees to much of them at once.
EXPORT = "reports.export_figures"

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.FIELD_WORKER: frozenset(_ENTRY | {ELEVATE}),
    Role.CASE_WORKER: frozenset(_ENTRY | {ELEVATE}),
    Role.COORDINATOR: frozenset(
        _ENTRY
        | {
            REVIEW_ELEVATIONS,
            "beneficiaries.review_counts",
            "beneficiaries.lock_months",
            "programs.view_funding",
            "reports.view_figures",
            EXPORT,
            "reports.approve_exports",
            CONFIRM_RESET,
        }
    ),
    # Who approves an export reads its purpose and its size, and no figure of it.
    Role.ADMINISTRATOR: frozenset(
        _CATALOGUE
        | {
            REVIEW_ELEVATIONS,
            MANAGE,
            "programs.edit_catalogue",
            "programs.view_funding",
            "reports.approve_exports",
            CONFIRM_RESET,
        }
    ),
    Role.PARTNER: frozenset(_ENTRY | {"reports.view_figures", EXPORT}),
    Role.FUNDER: frozenset({"programs.view_funding"}),
    Role.AUDITOR: frozenset(_CATALOGUE | {REVIEW_ELEVATIONS, CONFIRM_RESET, "audit.view_journal"}),
    Role.PLATFORM_ADMINISTRATOR: frozenset(
        {
            MANAGE,
            "programs.view_catalogue",
            "programs.edit_catalogue",
            "programs.edit_shared_catalogue",
            "programs.manage_organisations",
            CONFIRM_RESET,
        }
    ),
}

# Emergency access: for an hour, in one's own organisation, who may act as whom. Only roles that
# work with the same people: whoever manages accounts never comes to read files by it, and
# nobody comes to manage accounts.
ELEVATIONS: dict[str, frozenset[str]] = {
    Role.FIELD_WORKER: frozenset({Role.CASE_WORKER, Role.COORDINATOR}),
    Role.CASE_WORKER: frozenset({Role.COORDINATOR}),
}
# What it opens, right by right: never exports, locks, or the review of emergency access itself.
ELEVATED: dict[str, frozenset[str]] = {
    Role.CASE_WORKER: frozenset(_ENTRY),
    Role.COORDINATOR: frozenset(
        _ENTRY | {"beneficiaries.review_counts", "programs.view_funding", "reports.view_figures"}
    ),
}
# Beside one of these in the same organisation, emergency access would join powers kept apart.
NEVER_ELEVATED = frozenset(
    {Role.ADMINISTRATOR, Role.AUDITOR, Role.FUNDER, Role.PLATFORM_ADMINISTRATOR}
)

# Roles that act for a whole organisation: a program or a site would mean nothing.
WHOLE_ORGANISATION = frozenset(
    {Role.ADMINISTRATOR, Role.FUNDER, Role.AUDITOR, Role.PLATFORM_ADMINISTRATOR}
)

# Roles that open other people's accounts: a passkey alone cannot be read over a shoulder.
PASSKEY_ROLES = frozenset({Role.ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})

# Roles an administrator gives. The platform's own role is given by the platform alone.
GRANTED_BY: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(set(Role.values) - {Role.PLATFORM_ADMINISTRATOR}),
    Role.PLATFORM_ADMINISTRATOR: frozenset(Role.values),
}


def roles_with(permission: str) -> frozenset[str]:
    """The roles that hold `permission` somewhere."""
    return frozenset(role for role, held in PERMISSIONS.items() if permission in held)
