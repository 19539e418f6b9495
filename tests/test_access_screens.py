"""The screens of access: who opens them, what they show, what they change."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests.factories import (
    make_invitation,
    make_membership,
    make_organisation,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
ADMINISTRATORS = {"administrator", "platform_administrator"}
OF_A_PERSON = ["account", "account_deactivate", "account_reactivate", "membership_grant"]


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def administrator(organisation, client):
    user = make_user(Role.ADMINISTRATOR, organisation)
    client.force_login(user)
    return user


@pytest.fixture
def worker(organisation):
    return make_user(Role.FIELD_WORKER, organisation, display_name="Asha")


def addresses(person, invitation) -> list[tuple[str, str]]:
    """Every screen of access: its method and its address."""
    end = reverse("membership_end", args=[person.memberships.get().pk])
    rows = [("get", reverse("access")), ("get", reverse("invite")), ("get", end), ("post", end)]
    for name in OF_A_PERSON:
        method = "post" if name == "account_reactivate" else "get"
        rows.append((method, reverse(name, args=[person.pk])))
    for name in ("invitation_resend", "invitation_withdraw"):
        rows.append(("post", reverse(name, args=[invitation.pk])))
    return rows


@pytest.mark.parametrize("role", Role.values)
def test_which_role_opens_which_screen(client, role, organisation):
    user = make_user(role, organisation)
    client.force_login(user)
    colleague = make_user(Role.FIELD_WORKER, organisation)
    for method, address in addresses(colleague, make_invitation(organisation, user)):
        status = getattr(client, method)(address).status_code
        assert (status in {200, 302}) if role in ADMINISTRATORS else (status == 403), address


def test_nobody_opens_them_before_signing_in(client, worker, organisation):
    administrator = make_user(Role.ADMINISTRATOR, organisation)
    for method, address in addresses(worker, make_invitation(organisation, administrator)):
        answer = getattr(client, method)(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_another_organisations_people_are_not_found(client, administrator):
    stranger = make_user(Role.FIELD_WORKER)
    theirs = make_invitation(make_organisation(), make_user(Role.ADMINISTRATOR))
    for method, address in addresses(stranger, theirs)[2:]:
        assert getattr(client, method)(address).status_code == 404, address


def test_the_list_shows_ones_own_organisation_alone(client, administrator, worker):
    stranger = make_user(Role.FIELD_WORKER, display_name="Stranger")
    html = client.get(reverse("access")).content.decode()
    assert "Asha" in html
    assert stranger.display_name not in html


def test_the_states_of_the_list(client, administrator, worker, organisation):
    gone, closed = make_user(None, display_name="Gone"), make_user(None, display_name="Closed")
    past = (dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    make_membership(gone, Role.PARTNER, organisation, active=past)
    make_membership(closed, Role.PARTNER, organisation)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    email = make_invitation(organisation, administrator).email
    shown = {
        state: client.get(reverse("access"), {"state": state}).content.decode()
        for state in ("current", "ended", "deactivated", "invited")
    }
    names = {"current": "Asha", "ended": "Gone", "deactivated": "Closed", "invited": email}
    for state, html in shown.items():
        assert {s for s, name in names.items() if name in html} == {state}


def test_a_filter_that_means_nothing_filters_nothing(client, administrator, worker):
    wrong = {"state": "x", "organisation": make_organisation().pk, "role": "x", "page": "x"}
    html = client.get(reverse("access"), wrong).content.decode()
    assert "Asha" in html


@pytest.mark.parametrize("state", ["current", "invited"])
def test_the_list_asks_the_same_for_one_row_and_for_fifty(
    client, administrator, organisation, state
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse("access"), {"state": state}).status_code == 200
        return len(asked)

    make_invitation(organisation, administrator)
    queries()
    few = queries()
    for _ in range(20):
        site = make_site(organisation)
        make_user(Role.FIELD_WORKER, organisation, site=site)
        make_invitation(organisation, administrator)
    assert queries() == few


def test_the_list_is_cut_in_pages(client, administrator, organisation):
    for _ in range(51):
        make_user(Role.FIELD_WORKER, organisation)
    html = client.get(reverse("access"), {"role": "field_worker"}).content.decode()
    assert "Page 1 of 2" in html
    assert "role=field_worker&amp;page=2" in html


def test_the_person_of_another_organisation_too_shows_only_the_roles_here(
    client, administrator, worker
):
    elsewhere = make_organisation("Elsewhere")
    make_membership(worker, Role.PARTNER, elsewhere)
    html = client.get(reverse("account", args=[worker.pk])).content.decode()
    assert "Elsewhere" not in html


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (None, "never"),
        (timezone.now() - dt.timedelta(minutes=50), "less than an hour ago"),
        (dt.datetime(2024, 3, 4, 9, 52, tzinfo=dt.UTC), "4 Mar 2024"),
    ],
)
def test_when_somebody_came_is_said_no_finer_than_it_is_noted(
    client, administrator, worker, seen, said
):
    User.objects.filter(pk=worker.pk).update(seen_at=seen)
    for page in (reverse("account", args=[worker.pk]), reverse("access")):
        html = client.get(page, {"role": "field_worker"}).content.decode()
        assert said in html
        assert ":52" not in html.split("<main")[1]


def test_a_former_organisation_sees_no_more_of_a_person(
    client, administrator, worker, organisation
):
    """They may work elsewhere: when they come there is nothing of ours."""
    User.objects.filter(pk=worker.pk).update(seen_at=dt.datetime(2024, 3, 4, tzinfo=dt.UTC))
    pages = [reverse("account", args=[worker.pk]), reverse("access", query={"state": "current"})]
    assert all("2024" in client.get(page).content.decode() for page in pages)
    made = worker.memberships.get()
    made.active = (dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    made.save()
    make_membership(worker, Role.PARTNER)
    pages[1] = reverse("access", query={"state": "ended"})
    for page in pages:
        html = client.get(page).content.decode()
        assert worker.display_name in html
        assert "2024" not in html
        assert reverse("account_deactivate", args=[worker.pk]) not in html
    deactivate = reverse("account_deactivate", args=[worker.pk])
    assert client.post(deactivate, {"revision": worker.revision}).status_code == 403


def test_an_open_account_of_ones_own_people_says_what_to_do_about_a_wrong_email(
    client, administrator, worker
):
    hint = "invite the new address, then deactivate this account"
    page = reverse("account", args=[worker.pk])
    assert hint in client.get(page).content.decode()
    assert hint not in client.get(reverse("account", args=[administrator.pk])).content.decode()
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert hint not in client.get(page).content.decode()


def test_ones_own_account_offers_nothing_to_change(client, administrator):
    html = client.get(reverse("account", args=[administrator.pk])).content.decode()
    assert "Give another role" not in html
    assert "Deactivate" not in html
    assert client.get(reverse("membership_grant", args=[administrator.pk])).status_code == 403


def test_an_account_is_deactivated_and_reactivated(client, administrator, worker):
    address = reverse("account_deactivate", args=[worker.pk])
    assert client.post(address, {"revision": worker.revision}).status_code == 302
    worker.refresh_from_db()
    assert not worker.is_active
    client.post(reverse("account_reactivate", args=[worker.pk]))
    worker.refresh_from_db()
    assert worker.is_active


def test_a_deactivated_person_is_out_at_the_next_click(client, administrator, worker, organisation):
    theirs = client.__class__()
    theirs.force_login(worker)
    assert theirs.get(reverse("my_account")).status_code == 200
    client.post(reverse("account_deactivate", args=[worker.pk]), {"revision": worker.revision})
    assert theirs.get(reverse("my_account")).status_code == 302


def test_who_works_elsewhere_is_refused_with_words(client, administrator, worker):
    make_membership(worker, Role.PARTNER)
    address = reverse("account_deactivate", args=[worker.pk])
    html = client.post(address, {"revision": worker.revision}).content.decode()
    assert "end their roles here instead" in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_screen_renders_in_both_languages(
    client, administrator, worker, organisation, language
):
    User.objects.filter(pk=administrator.pk).update(language=language)
    for method, address in addresses(worker, make_invitation(organisation, administrator)):
        if method == "get":
            html = client.get(address).content.decode()
            assert f'<html lang="{language}"' in html
            assert html.count("<h1") == 1
