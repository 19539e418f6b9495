"""What stands in the header: the places that this person may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import sitting
from accounts.roles import PASSKEY_ROLES

from .access import PAGES


@dataclass(frozen=True)
class Place:
    """One entry of the main menu."""

    name: str
    label: str
    # Names of the pages under it, by their beginning.
    under: tuple[str, ...]

    @property
    def url(self) -> str:
        return reverse(self.name)


PLACES = (
    Place("home", _("Today"), ("home",)),
    Place("count_board", _("Counts"), ("count", "tally", "workbook", "period", "lock")),
    Place("dashboard", _("Dashboard"), ("dashboard", "figure", "export")),
    Place("programs", _("Programs"), ("program", "site", "organisation", "indicator")),
    Place("projects", _("Funding"), ("project",)),
    Place(
        *("access", _("Access")),
        ("access", "invit", "account", "membership", "elevation", "factor_reset"),
    ),
    Place("journal", _("Journal"), ("journal",)),
    Place("catalogue:index", _("Catalogue"), ("catalogue",)),
)

# Pages about one's own account, whatever their names begin with.
OWN = (
    *("my_account", "own_sessions", "sign_in_methods", "second_factor", "totp_", "passkey_"),
    *("recovery_codes", "factor_remove", "account_change_password", "account_reauthenticate"),
    *("mfa_", "elevate"),
)


def navigation(request: HttpRequest) -> dict:
    """Header of every page: organisation, menu, where one is, whether this is the demo."""
    user = getattr(request, "user", None)
    frame = {"is_demo": settings.DEMO, "printed_at": timezone.now()}
    if user is None or not user.is_authenticated:
        return frame | {"places": [], "organisation_names": []}
    match = request.resolver_match
    here = (match.view_name or "") if match else ""
    is_own = here.startswith(OWN)
    return frame | {
        "emergency": user.access.elevation,
        "places": [
            (place, not is_own and here.startswith(place.under))
            for place in PLACES
            if _opens(user, place)
        ],
        "is_own": is_own,
        "organisation_names": sorted({str(m.organisation) for m in user.access.memberships}),
        "is_excused": settings.DEMO and bool(user.access.roles & PASSKEY_ROLES),
        "idle_seconds": sitting.IDLE_SECONDS,
        "warn_seconds": sitting.WARN_SECONDS,
        "role_names": sorted({str(m.get_role_display()) for m in user.access.memberships}),
    }


def _opens(user, place: Place) -> bool:
    page = PAGES.get(place.name)
    permission = page.permission if page else "programs.edit_catalogue"
    return not permission or user.has_perm(permission)
