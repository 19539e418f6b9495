"""Those who are a second person, or just were, read of each role that begins or ends."""

import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.actions import account, membership
from accounts.actions.invitation import accept, invite
from accounts.models import Membership
from accounts.rights import watchers
from accounts.roles import Role
from tests.factories import make_membership, make_organisation, make_site, make_user
from tests.jobs import run_jobs

pytestmark = pytest.mark.django_db
FROM_2020 = DateRange(dt.date(2020, 1, 1), None)
DAY = dt.timedelta(days=1)


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def administrator(organisation):
    return make_user(Role.ADMINISTRATOR, organisation, display_name="The maker")


@pytest.fixture
def auditor(organisation):
    return make_user(Role.AUDITOR, organisation)


@pytest.fixture
def puppet(organisation):
    return make_user(Role.FIELD_WORKER, organisation, display_name="The puppet")


@pytest.fixture
def told(mailoutbox):
    """The mails that were sent since the last time, by their reader."""

    def read() -> dict[str, str]:
        mailoutbox.clear()
        run_jobs()
        return {mail.to[0]: " ".join(mail.body.split()) for mail in mailoutbox}

    return read


def give(person, role, organisation, by, **where) -> Membership:
    where = {"organisation": organisation, "role": role, "active": FROM_2020} | where
    return membership.grant(user=person, by=by, **where)


def end(row, by, last_day) -> None:
    row.refresh_from_db()
    membership.end_membership(membership=row, last_day=last_day, revision=row.revision, by=by)


def close(person, by) -> None:
    person.refresh_from_db()
    account.deactivate(user=person, by=by, revision=person.revision)


def test_whoever_joins_with_a_link_is_told_of(organisation, administrator, auditor, acting, told):
    make_user(Role.FIELD_WORKER, organisation)
    make_user(Role.AUDITOR)
    who = {"email": "new@example.org", "language": "en", "role": Role.COORDINATOR}
    with acting(administrator):
        sent = invite(organisation=organisation, active=FROM_2020, by=administrator, **who)
    accept(invitation=sent, display_name="New", password="x" * 20, language="en")
    mails = told()
    assert set(mails) == {auditor.email}
    assert "The maker has given New the role of coordinator" in mails[auditor.email]
    assert "new@example.org" not in mails[auditor.email]


def test_it_says_who_gave_it_whom_and_what_to_do_in_french(
    organisation, administrator, puppet, acting, told
):
    reader = make_user(Role.COORDINATOR, organisation, language="fr")
    with acting(administrator):
        row = give(puppet, Role.AUDITOR, organisation, administrator)
    text = told()[reader.email]
    assert "The maker a donné à The puppet le rôle" in text
    assert "pas seulement à The maker" in text
    with acting(administrator):
        end(row, administrator, timezone.localdate() - DAY)
    assert "The maker a mis fin" in told()[reader.email]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR])
def test_a_narrow_role_that_exports_is_told_of(
    organisation, administrator, auditor, puppet, acting, told, role
):
    with acting(administrator):
        give(puppet, role, organisation, administrator, site=make_site(organisation))
    assert set(told()) == {auditor.email}


def test_a_role_that_asks_for_nothing_large_is_not(
    organisation, administrator, auditor, puppet, acting, told
):
    with acting(administrator):
        give(puppet, Role.FIELD_WORKER, organisation, administrator, site=make_site(organisation))
    assert told() == {}


@pytest.mark.parametrize("years", [0, 3])
def test_to_end_the_watchers_roles_first_hides_nothing(
    organisation, administrator, auditor, puppet, acting, told, years
):
    with acting(administrator):
        last_day = timezone.localdate() - DAY - years * 365 * DAY
        end(auditor.memberships.get(), administrator, last_day)
        assert "has ended the role of auditor" in told()[auditor.email]
        give(puppet, Role.AUDITOR, organisation, administrator)
    assert set(told()) == {auditor.email}


def test_to_close_the_watchers_accounts_first_hides_nothing(
    organisation, administrator, auditor, puppet, acting, told
):
    other = make_user(Role.COORDINATOR, organisation)
    with acting(administrator):
        close(auditor, administrator)
        mails = told()
        assert set(mails) == {auditor.email, other.email}
        assert "The maker has closed the account" in mails[other.email]
        give(puppet, Role.COORDINATOR, organisation, administrator)
    assert set(told()) == {auditor.email, other.email}


def test_whoever_left_long_ago_is_told_nothing(organisation, administrator, auditor, monkeypatch):
    gone = make_user(Role.COORDINATOR, organisation, is_active=False)
    former = make_user(None)
    over = DateRange(dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    make_membership(former, Role.AUDITOR, organisation, active=over)
    monkeypatch.setattr("accounts.models.membership.HELD", dt.timedelta(0))
    assert watchers(organisation.pk, besides=[administrator]) == [auditor]
    monkeypatch.undo()
    found = watchers(organisation.pk, besides=[administrator])
    assert {person.pk for person in found} == {auditor.pk, gone.pk, former.pk}


def test_an_account_opened_again_is_told_of(
    organisation, administrator, auditor, puppet, acting, told
):
    make_membership(puppet, Role.COORDINATOR, organisation)
    with acting(administrator):
        close(puppet, administrator)
        told()
        account.reactivate(user=puppet, by=administrator)
    mails = told()
    assert set(mails) == {auditor.email}
    assert "The maker has opened the account of The puppet again" in mails[auditor.email]
