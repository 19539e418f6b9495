"""Nobody works for an organisation without saying so: at first, or after their last role there."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from accounts.actions import invitation as invitations
from accounts.actions import membership as memberships
from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from audit.models import JournalEntry
from audit.scope import within
from programs.violations import explained
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
FROM_2026 = DateRange(dt.date(2026, 1, 1), None)
OVER = DateRange(dt.date(2020, 1, 1), dt.date(2021, 1, 1))
DAY = dt.timedelta(days=1)
GIVEN = {"role": "coordinator", "active_0": "2026-01-01", "active_1": ""}


@pytest.fixture
def organisation():
    return make_organisation("Prerana")


@pytest.fixture
def administrator(organisation):
    return make_user(Role.ADMINISTRATOR, organisation, display_name="Priti")


@pytest.fixture
def former(organisation):
    """Somebody who left years ago, and works elsewhere."""
    person = make_user(Role.PARTNER, language="fr")
    make_membership(person, Role.FIELD_WORKER, organisation, active=OVER)
    return person


@pytest.fixture
def link(client, administrator, former, mailoutbox):
    """What the e-mail opens, once the administrator has given the role from the screen."""
    client.force_login(administrator)
    client.post(reverse("membership_grant", args=[former.pk]), GIVEN)
    run_jobs()
    client.logout()
    return re.search(r"https?://[^/]+(/invitations/\S+)", mailoutbox[-1].body)[1]


def offer(person, by, **fields) -> Invitation:
    organisation = by.access.memberships[0].organisation
    where = {"organisation": organisation, "role": Role.COORDINATOR, "active": FROM_2026} | fields
    return invitations.give_role(user=person, by=by, **where)


def given(person, by, organisation, **fields) -> Membership:
    defaults = {"role": Role.COORDINATOR, "active": FROM_2026}
    return Membership(user=person, organisation=organisation, granted_by=by, **(defaults | fields))


def refused(name: str, work, *args, **fields) -> str:
    with pytest.raises(ValidationError) as told, explained():
        work(*args, **fields)
    assert told.value.code == name
    return told.value.messages[0]


def works_at(organisation, person) -> bool:
    return person.memberships.lasting().filter(organisation=organisation).exists()


def test_a_former_colleague_is_asked_and_not_given(
    client, administrator, former, organisation, mailoutbox
):
    client.force_login(administrator)
    page = reverse("membership_grant", args=[former.pk])
    assert "once they have accepted it" in client.get(page).content.decode()
    html = client.post(page, GIVEN, follow=True).content.decode()
    assert "an invitation is on its way" in html
    assert not works_at(organisation, former)
    assert "Last came" not in client.get(reverse("account", args=[former.pk])).content.decode()
    run_jobs()
    mail = mailoutbox[-1]
    assert mail.to == [former.email]
    assert "vous propose un rôle" in mail.body
    assert reverse("factor_reset_ask", args=[former.pk]) not in html
    assert client.get(reverse("factor_reset_ask", args=[former.pk])).status_code == 403


def test_a_colleague_of_today_has_one_more_role_at_once(administrator, organisation):
    colleague = make_user(Role.FIELD_WORKER, organisation)
    assert isinstance(offer(colleague, administrator), Membership)
    assert not Invitation.objects.exists()


def test_a_role_to_come_is_held_too(administrator, organisation):
    tomorrow = DateRange(timezone.localdate() + DAY, None)
    colleague = make_user(None)
    make_membership(colleague, Role.FIELD_WORKER, organisation, active=tomorrow)
    assert isinstance(offer(colleague, administrator), Membership)


def test_they_sign_in_and_say_yes(client, link, former, organisation):
    assert "Sign in with it to accept" in client.get(link).content.decode()
    client.post(link)
    assert not works_at(organisation, former)
    client.force_login(former)
    assert "votre nom" in client.get(link).content.decode()
    client.post(link)
    held = former.memberships.lasting().get(organisation=organisation)
    assert (held.role, str(held.granted_by)) == ("coordinator", "Priti")
    assert client.get(link).status_code == 410


def test_they_say_no_and_who_invited_is_told(client, link, former, organisation, mailoutbox):
    client.force_login(former)
    html = client.post(f"{link}no/", follow=True).content.decode()
    assert "Vous avez décliné cette invitation" in html
    run_jobs()
    assert mailoutbox[-1].to == [str(User.objects.get(display_name="Priti").email)]
    assert former.email in mailoutbox[-1].body
    assert client.post(link).status_code == 410
    assert not works_at(organisation, former)
    line = JournalEntry.objects.get(action="decline_invitation")
    assert (line.user_id, line.organisation_id) == (former.pk, organisation.pk)


def test_the_link_alone_says_no(client, link, former, organisation):
    """Whoever has lost their password declines as well, and whoever has no account."""
    assert client.get(f"{link}no/").status_code == 405
    client.post(f"{link}no/")
    assert Invitation.objects.get().declined_at
    assert client.post(f"{link}no/").status_code == 410
    assert client.post("/invitations/no-such-link/no/").status_code == 404


def test_two_noes_at_once_are_one(client, link, monkeypatch, mailoutbox):
    stale = Invitation.objects.select_related("organisation", "invited_by").get()
    client.post(f"{link}no/")
    monkeypatch.setattr(invitations, "find", lambda token: stale)
    assert client.post(f"{link}no/").status_code == 302
    mailoutbox.clear()
    run_jobs()
    assert len(mailoutbox) == JournalEntry.objects.filter(action="decline_invitation").count() == 1


def test_another_account_does_not_answer(client, link, administrator):
    client.force_login(administrator)
    assert client.post(f"{link}no/", follow=True).status_code == 200
    assert Invitation.objects.get().is_waiting
    with pytest.raises(PermissionDenied):
        invitations.decline(invitation=Invitation.objects.get(), by=administrator)


def test_declined_they_are_asked_again_by_a_new_invitation_alone(administrator, former):
    sent = offer(former, administrator)
    assert "already waiting" in refused("invitation_open_once", offer, former, administrator)
    invitations.decline(invitation=sent, by=None)
    with pytest.raises(ValidationError, match="answered or withdrawn"):
        invitations.resend(invitation=sent, by=administrator)
    assert not Invitation.objects.waiting().exists()
    offer(former, administrator)


def test_who_was_closed_out_and_works_nowhere_opens_their_account_to_answer(
    client, link, former, organisation
):
    former.memberships.lasting().update(active=OVER)
    User.objects.filter(pk=former.pk).update(is_active=False)
    assert "Open my account again" in client.get(link).content.decode()
    answer = client.post(link)
    assert answer["Location"] == reverse("account_login", query={"next": link})
    former.refresh_from_db()
    assert former.is_active
    assert not works_at(organisation, former)
    line = JournalEntry.objects.get(action="reactivate_account")
    assert (line.user_id, line.organisation_id) == (None, organisation.pk)


def test_who_works_elsewhere_is_opened_by_those_alone(client, link, former):
    User.objects.filter(pk=former.pk).update(is_active=False)
    assert "the organisation you work for" in client.get(link).content.decode()
    client.post(link)
    former.refresh_from_db()
    assert not former.is_active
    with pytest.raises(PermissionDenied):
        invitations.reopen(invitation=Invitation.objects.get(), user=former)


def test_the_database_takes_nobody_in_without_an_answer(
    administrator, former, organisation, acting
):
    row = given(former, administrator, organisation)
    with acting(administrator):
        said = refused("membership_given_with_consent", row.save)
    assert "accept it first" in said
    sent = offer(former, administrator)
    with acting(administrator):
        refused("membership_given_with_consent", row.save)
        changed = Invitation.objects.filter(pk=sent.pk)
        refused("invitation_accepted_by_its_person", changed.update, accepted_at=timezone.now())


@pytest.mark.parametrize(
    "other",
    [
        {"role": Role.ADMINISTRATOR},
        {"active": DateRange(dt.date(2020, 1, 1), None)},
        {"granted_by": "boss"},
        {"organisation": "other"},
        {"user": "other"},
    ],
    ids=["role", "days", "giver", "organisation", "person"],
)
def test_an_answer_is_to_what_was_offered(administrator, former, organisation, acting, other):
    sent = offer(former, administrator)
    made = {
        "boss": lambda: make_user(Role.ADMINISTRATOR, organisation),
        "other": lambda: make_organisation() if "organisation" in other else make_user(None),
    }
    fields = {name: made.get(value, lambda v=value: v)() for name, value in other.items()}
    with acting(former), within(organisation.pk):
        Invitation.objects.filter(pk=sent.pk).update(accepted_at=timezone.now())
    row = given(former, administrator, organisation)
    for name, value in fields.items():
        setattr(row, name, value)
    refused("membership_given_with_consent", row.save)
    given(former, administrator, organisation).save()


def test_a_role_that_ended_is_not_opened_again_instead(administrator, former, organisation, acting):
    row = former.memberships.get(organisation=organisation)
    answer = {"membership": row, "revision": row.revision, "by": administrator}
    later = timezone.localdate() + 30 * DAY
    with acting(administrator):
        refused(
            "membership_given_with_consent", memberships.end_membership, last_day=later, **answer
        )
        memberships.end_membership(last_day=dt.date(2021, 6, 1), **answer)
    make_membership(former, Role.PARTNER, organisation)
    row.refresh_from_db()
    with acting(administrator):
        memberships.end_membership(last_day=later, **(answer | {"revision": row.revision}))
