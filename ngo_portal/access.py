"""The access registry: every URL of the portal, who opens it, how.

A URL that is not here does not start (`manage.py check`, and the server itself). A page says
the right it needs; the roles follow from `accounts.roles`. Rows are narrowed afterwards by
`visible_to`, objects by `user.has_perm(right, object)` inside the action.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.core import checks
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver

from accounts.roles import CONFIRM_RESET, ELEVATE, REVIEW_ELEVATIONS, Role, roles_with

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
WRITE = ("POST",)


class Scope(StrEnum):
    """Whose rows a page is about."""

    EVERYONE = "everyone"  # before signing in: sign-in itself, invitations, health
    ACCOUNT = "account"  # one's own account and work
    SHARED = "shared"  # the same rows for all who hold the right
    ORGANISATION = "organisation"  # rows narrowed by `visible_to`


@dataclass(frozen=True)
class Page:
    """How one URL may be used."""

    methods: tuple[str, ...] = READ
    # The right it takes; "" for anyone signed in.
    permission: str = ""
    scope: Scope = Scope.ORGANISATION
    # Its action leaves a line of its own (tests/test_access_registry.py holds it to that).
    is_logged: bool = False
    # It takes a password or a second factor given in the last five minutes.
    step_up: bool = False
    # It opens without the second factor: what gives one, and what leaves.
    before_factor: bool = False
    # Whom it shows, "person" or "account" ("" for nobody): the journal names each of them.
    shows: str = ""
    # Its form sends files: more may be sent than elsewhere (ngo_portal/errors.py).
    takes_files: bool = False

    @property
    def is_open(self) -> bool:
        return self.scope == Scope.EVERYONE

    @property
    def roles(self) -> frozenset[str]:
        """The roles that open it; every role when it takes no right of its own."""
        return roles_with(self.permission) if self.permission else frozenset(Role.values)


def _pages(names: str, page: Page) -> dict[str, Page]:
    return dict.fromkeys(names.split(), page)


EDIT_CATALOGUE = Page(FORM, permission="programs.edit_catalogue")
VIEW_COUNTS = Page(permission="beneficiaries.view_counts")
ENTER_COUNTS = Page(FORM, permission="beneficiaries.enter_counts")
REVIEW_COUNTS = Page(FORM, permission="beneficiaries.review_counts")
EXPORT = Page(permission="reports.export_figures")
APPROVE_EXPORTS = Page(permission="reports.approve_exports")
MANAGE_ACCESS = Page(FORM, permission="accounts.manage_access", step_up=True)

PAGES: dict[str, Page] = {
    # everyone
    **_pages(
        "healthz account_reset_password_done account_reset_password_from_key_done",
        Page(scope=Scope.EVERYONE),
    ),
    **_pages("set_language", Page(WRITE, scope=Scope.EVERYONE)),
    **_pages(
        "account_login account_reset_password account_reset_password_from_key "
        "accept_invitation new_factor mfa_authenticate mfa_login_webauthn",
        Page(FORM, scope=Scope.EVERYONE),
    ),
    **_pages("quick_exit decline_invitation", Page(WRITE, scope=Scope.EVERYONE)),
    **_pages("account_change_password my_account own_sessions", Page(FORM, scope=Scope.ACCOUNT)),
    **_pages(
        "account_logout account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn",
        Page(FORM, scope=Scope.ACCOUNT, before_factor=True),
    ),
    **_pages("still_here", Page(WRITE, scope=Scope.ACCOUNT)),
    **_pages("second_factor", Page(scope=Scope.ACCOUNT, before_factor=True)),
    **_pages(
        "totp_add passkey_add",
        Page(FORM, scope=Scope.ACCOUNT, before_factor=True, step_up=True),
    ),
    **_pages(
        "recovery_codes passkey_rename factor_remove",
        Page(FORM, scope=Scope.ACCOUNT, step_up=True),
    ),
    **_pages("home resume_form sign_in_methods", Page(scope=Scope.ACCOUNT)),
    # the catalogue, read
    **_pages(
        "organisations organisation programs program sites site",
        Page(permission="programs.view_catalogue"),
    ),
    **_pages(
        "indicators indicator", Page(permission="programs.view_catalogue", scope=Scope.SHARED)
    ),
    **_pages("projects project", Page(permission="programs.view_funding")),
    **_pages("document_add document_replace", replace(EDIT_CATALOGUE, takes_files=True)),
    **_pages("document_withdraw", EDIT_CATALOGUE),
    **_pages("document_file", Page(permission="programs.view_catalogue", is_logged=True)),
    # people and their rights
    **_pages("access account", Page(permission="accounts.manage_access", shows="account")),
    **_pages("invite", MANAGE_ACCESS),
    **_pages(
        "account_deactivate membership_grant membership_end",
        replace(MANAGE_ACCESS, shows="account"),
    ),
    **_pages(
        "invitation_resend invitation_withdraw account_reactivate",
        Page(WRITE, permission="accounts.manage_access", step_up=True),
    ),
    # emergency access
    **_pages("elevate", Page(FORM, permission=ELEVATE, step_up=True)),
    **_pages("elevation_end", Page(WRITE)),
    **_pages("elevations", Page(permission=REVIEW_ELEVATIONS, shows="account")),
    **_pages("elevation", Page(FORM, permission=REVIEW_ELEVATIONS, shows="account")),
    **_pages("journal journal_entry", Page(permission="audit.view_journal", shows="account")),
    **_pages("factor_reset_ask", replace(MANAGE_ACCESS, shows="account")),
    **_pages("factor_resets", Page(permission=CONFIRM_RESET, shows="account")),
    **_pages("factor_reset_answer", Page(WRITE, permission=CONFIRM_RESET, step_up=True)),
    # counts
    **_pages("count_board count_cell_history", VIEW_COUNTS),
    **_pages("count_report", Page(FORM, permission="beneficiaries.view_counts")),
    **_pages("count_report_open count_report_paste count_report_discard", ENTER_COUNTS),
    **_pages(
        "count_cell_save count_row_mark count_note_save count_comment_save",
        Page(WRITE, permission="beneficiaries.enter_counts"),
    ),
    **_pages("count_report_submit", Page(FORM, permission="beneficiaries.submit_counts")),
    **_pages("count_report_take_back", Page(WRITE, permission="beneficiaries.submit_counts")),
    **_pages("count_report_correct", Page(FORM, permission="beneficiaries.enter_counts")),
    **_pages("count_report_approve count_report_return", REVIEW_COUNTS),
    **_pages(
        "tally_places tally_sheets workbooks workbook workbook_download",
        Page(permission="beneficiaries.enter_counts"),
    ),
    **_pages("tally_sheet workbook_apply", ENTER_COUNTS),
    **_pages("workbook_upload", replace(ENTER_COUNTS, takes_files=True)),
    **_pages(
        "tally_sheet_cancel tally_sheet_restore",
        Page(WRITE, permission="beneficiaries.enter_counts"),
    ),
    **_pages(
        "period_locks period_lock period_lock_lift lock_exception",
        Page(FORM, permission="beneficiaries.lock_months"),
    ),
    # figures
    **_pages("dashboard dashboard_chart figure_evidence", Page(permission="reports.view_figures")),
    # exports: the one door by which figures leave
    **_pages("exports export", EXPORT),
    **_pages("export_request", replace(EXPORT, methods=FORM, step_up=True)),
    **_pages(
        "export_passphrase export_download",
        replace(EXPORT, methods=WRITE, step_up=True, is_logged=True),
    ),
    **_pages("export_withdraw", replace(EXPORT, methods=WRITE, is_logged=True)),
    **_pages("export_approvals", APPROVE_EXPORTS),
    **_pages("export_review", replace(APPROVE_EXPORTS, methods=FORM, step_up=True)),
}

# Django's admin, which edits the catalogue alone: one right for all its URLs.
CATALOGUE_NAMESPACE = "catalogue:"


def page(view_name: str | None) -> Page | None:
    """The declaration of a URL by its name, `namespace:name` included."""
    if view_name == "catalogue:jsi18n":
        return replace(EDIT_CATALOGUE, methods=READ)
    if view_name and view_name.startswith(CATALOGUE_NAMESPACE):
        return EDIT_CATALOGUE
    return PAGES.get(view_name or "")


def page_of(match: ResolverMatch) -> Page | None:
    """The declaration of a resolved address; the admin's nameless routes stand under its own."""
    found = page(match.view_name)
    return EDIT_CATALOGUE if found is None and is_of_catalogue(match.route) else found


def urls() -> Iterator[tuple[str, str | None]]:
    """Every URL of the resolver: its route and its full name."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns, route: str, namespace: str) -> Iterator[tuple[str, str | None]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, here, inner)
        elif isinstance(pattern, URLPattern):
            yield here, f"{namespace}{pattern.name}" if pattern.name else None


@checks.register("access")
def every_url_is_declared(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Refuse to start on a URL that nobody declared, or a declaration without its URL."""
    known = list(urls())
    errors: list[checks.CheckMessage] = [
        checks.Error(
            f"The URL {route!r} ({name}) is not in ngo_portal/access.py.", id="access.E001"
        )
        for route, name in known
        if page(name) is None and not is_of_catalogue(route)
    ]
    names = {name for _route, name in known}
    errors += [
        checks.Warning(
            f"ngo_portal/access.py declares {name!r}, which no URL has.", id="access.W002"
        )
        for name in PAGES
        if name not in names
    ]
    return errors


def is_of_catalogue(route: str) -> bool:
    """The admin's nameless routes (its catch-all) stand under the same right."""
    return route.lstrip("^").startswith("catalogue/")
