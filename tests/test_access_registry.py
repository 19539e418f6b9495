"""Every URL is declared, and what is declared is what happens."""

import pytest
from django.urls import path, reverse

from accounts.roles import PERMISSIONS, Role, roles_with
from audit.models import JournalEntry
from ngo_portal import access
from tests.factories import make_user
from tests.scene import make_scene

OPEN_PAGES = {
    "healthz",
    "set_language",
    "quick_exit",
    "accept_invitation",
    "decline_invitation",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "new_factor",
}


def test_every_url_is_declared():
    assert access.every_url_is_declared(None) == []


def test_an_undeclared_url_is_refused(monkeypatch):
    stray = [path("stray/", lambda request: None, name="stray")]
    monkeypatch.setattr(access, "urls", lambda: access._walk(stray, "", ""))
    assert "access.E001" in [e.id for e in access.every_url_is_declared(None)]


def test_only_these_pages_open_without_signing_in():
    assert {name for name, page in access.PAGES.items() if page.is_open} == OPEN_PAGES


def test_every_right_is_held_by_a_role():
    asked = {page.permission for page in access.PAGES.values() if page.permission}
    assert {right for right in asked if not roles_with(right)} == set()


def test_separation_of_powers():
    """Who manages access sees no counts; who reads the journal changes nothing.

    An administrator who approves an export reads its purpose and its size, and no figure of it.
    """
    admin = PERMISSIONS[Role.ADMINISTRATOR] | PERMISSIONS[Role.PLATFORM_ADMINISTRATOR]
    admin -= {"reports.approve_exports"}
    assert not {right for right in admin if right.startswith(("beneficiaries.", "reports."))}
    assert PERMISSIONS[Role.AUDITOR] == {
        *("programs.view_catalogue", "audit.view_journal"),
        *("accounts.review_elevations", "accounts.confirm_reset"),
    }


@pytest.mark.parametrize("role", Role)
def test_whoever_enters_counts_sees_them(role):
    """The save of a cell asks for the right to enter alone."""
    held = PERMISSIONS[role]
    assert "beneficiaries.enter_counts" not in held or "beneficiaries.view_counts" in held


@pytest.mark.django_db
@pytest.mark.parametrize("name", [n for n, page in access.PAGES.items() if page.is_logged])
def test_what_is_said_to_be_logged_is(client, name):
    scene = make_scene()
    person = make_user("coordinator", scene.organisation)
    client.force_login(person)
    address = dict(scene.addresses(person)).get(name) or reverse(name)
    before = JournalEntry.objects.count()
    answer = client.generic(access.PAGES[name].methods[0], address)
    assert answer.status_code in {200, 302}
    assert JournalEntry.objects.count() == before + 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["home", "count_board", "dashboard", "access", "programs"])
def test_a_closed_page_asks_to_sign_in(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
