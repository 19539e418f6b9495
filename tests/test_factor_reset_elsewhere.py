"""Somebody who works for two organisations: one asks, the other confirms, neither alone."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import factors
from accounts.actions import factor_reset as actions
from accounts.models import FactorReset
from accounts.roles import Role
from audit.models import JournalEntry
from audit.scope import scope
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs
from tests.signing import SignedClient, with_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    return make_organisation("Here")


@pytest.fixture
def there():
    return make_organisation("There")


@pytest.fixture
def worker(here, there):
    person = make_user(Role.FIELD_WORKER, here)
    make_membership(person, Role.CASE_WORKER, there)
    with_application(person)
    return person


@pytest.fixture
def administrator(here):
    return make_user(Role.ADMINISTRATOR, here)


@pytest.fixture
def coordinator(here):
    return make_user(Role.COORDINATOR, here)


@pytest.fixture
def other(there):
    return make_user(Role.ADMINISTRATOR, there)


@pytest.fixture
def reset(here, worker, administrator):
    return FactorReset.objects.create(organisation=here, person=worker, asked_by=administrator)


def confirmed(**who):
    return {"decided_at": timezone.now(), "outcome": "confirmed"} | who


def test_one_asks_and_the_other_confirms(here, worker, administrator, other, mailoutbox):
    admin, second = SignedClient(), SignedClient()
    admin.force_login(administrator)
    second.force_login(other)
    page = reverse("factor_reset_ask", args=[worker.pk])
    assert "Somebody of that organisation confirms" in admin.get(page).content.decode()
    assert admin.post(page).status_code == 302
    run_jobs()
    assert [other.email] in [mail.to for mail in mailoutbox]
    html = second.get(reverse("factor_resets")).content.decode()
    assert "for another organisation that they work for" in html
    assert str(here) not in html
    answer = reverse("factor_reset_answer", args=[FactorReset.objects.get().pk])
    assert second.post(answer, {"answer": "confirm"}).status_code == 302
    assert not factors.of(worker).exists()
    run_jobs()
    assert mailoutbox[-1].to == [worker.email]
    said = JournalEntry.objects.get(action="confirm_factor_reset")
    assert said.organisation_id == here.pk
    assert said.user_id == other.pk


def test_one_organisation_alone_opens_it_to_nobody(client, reset, worker, coordinator):
    client.force_login(coordinator)
    html = client.get(reverse("factor_resets")).content.decode()
    assert "somebody there confirms" in html
    assert 'value="confirm"' not in html
    answer = reverse("factor_reset_answer", args=[reset.pk])
    page = client.post(answer, {"answer": "confirm"}, follow=True).content.decode()
    assert "a person of that one confirms" in page
    assert factors.of(worker).exists()


def test_the_database_refuses_it_too(reset, coordinator):
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=reset.pk).update(**confirmed(decided_by=coordinator))


def test_an_administrator_of_both_is_one_person(reset, administrator, there, acting):
    make_membership(administrator, Role.ADMINISTRATOR, there)
    with acting(administrator), pytest.raises(ValidationError, match="second person"):
        actions.confirm(reset=reset, by=administrator)


def test_who_works_in_two_of_three_finds_nobody_in_the_second(
    reset, worker, administrator, there, other, acting
):
    """Else they would name somebody there, and open what a third one relies on."""
    make_membership(worker, Role.PARTNER)
    make_membership(administrator, Role.ADMINISTRATOR, there)
    with acting(other):
        row = FactorReset.objects.visible_to(other).listed_for(other).get()
        assert not row.may_confirm
        with pytest.raises(ValidationError, match="where whoever asked does not work"):
            actions.confirm(reset=reset, by=other)


def test_who_works_in_all_of_them_finds_a_second_person(
    reset, administrator, there, other, worker, acting
):
    make_membership(administrator, Role.ADMINISTRATOR, there)
    with acting(other):
        assert FactorReset.objects.visible_to(other).listed_for(other).get().may_confirm
        actions.confirm(reset=reset, by=other)
    assert not factors.of(worker).exists()


def test_the_other_organisation_may_refuse(reset, other, worker, acting):
    with acting(other):
        actions.refuse(reset=reset, by=other)
    reset.refresh_from_db()
    assert reset.outcome == "refused"


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR])
def test_an_organisation_that_does_not_know_them_sees_nothing(reset, role, acting):
    stranger = make_user(role)
    with acting(stranger):
        assert not FactorReset.objects.exists()
        with pytest.raises(PermissionDenied):
            actions.confirm(reset=reset, by=stranger)


def test_an_organisation_they_left_has_no_say(reset, worker, there, other, acting):
    worker.memberships.filter(organisation=there).update(ended_at=timezone.now())
    with acting(other):
        assert not FactorReset.objects.visible_to(other).exists()
        assert not FactorReset.objects.exists()


@pytest.mark.parametrize("column", ["organisation_id", "person_id", "asked_by_id", "asked_at"])
def test_the_other_organisation_writes_its_answer_alone(reset, other, there, column):
    values = {"organisation_id": there.pk, "asked_at": timezone.now()}
    row = FactorReset.objects.filter(pk=reset.pk)
    with scope(user_id=other.pk, organisation_ids=[there.pk]):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(**{column: values.get(column, other.pk)})
        assert row.update(**confirmed(decided_by=other)) == 1


def test_the_list_asks_as_many_questions_for_one_as_for_many(
    client, here, there, other, administrator
):
    def add():
        person = make_user(Role.FIELD_WORKER, here)
        make_membership(person, Role.CASE_WORKER, there)
        FactorReset.objects.create(organisation=here, person=person, asked_by=administrator)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("factor_resets"))
        return len(queries)

    client.force_login(other)
    add()
    asked()
    once = asked()
    for _number in range(4):
        add()
    assert asked() == once
