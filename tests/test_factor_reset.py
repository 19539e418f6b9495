"""A lost second factor: one person asks, another confirms, its owner brings password and link."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import factors
from accounts.actions import factor_reset as actions
from accounts.models import FactorReset, User
from accounts.roles import Role
from accounts.two_people import DAYS_HELD
from audit.models import JournalEntry
from tests.factories import make_membership, make_organisation, make_user
from tests.jobs import run_jobs
from tests.signing import SignedClient, sign_in, with_application

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
ADD = "/me/sign-in/application/"


@pytest.fixture
def organisation():
    return make_organisation()


@pytest.fixture
def worker(organisation):
    person = make_user(Role.FIELD_WORKER, organisation, email="asha@example.org")
    with_application(person)
    return person


@pytest.fixture
def administrator(organisation):
    return make_user(Role.ADMINISTRATOR, organisation)


@pytest.fixture
def coordinator(organisation):
    return make_user(Role.COORDINATOR, organisation)


@pytest.fixture
def reset(worker, administrator, coordinator, acting):
    with acting(administrator):
        asked = actions.ask(person=worker, by=administrator)
    run_jobs()
    return asked


def link_of(mail) -> str:
    return re.search(r"https?://[^/]+(/new-factor/\S+)", mail.body)[1]


def give_password(client, person):
    data = {"login": person.email, "password": PASSWORD}
    return client.post(reverse("account_login"), data)


def test_from_the_request_to_the_new_method(client, worker, administrator, coordinator, mailoutbox):
    sign_in(client, worker)
    admin, second = SignedClient(), SignedClient()
    admin.force_login(administrator)
    second.force_login(coordinator)
    assert admin.post(reverse("factor_reset_ask", args=[worker.pk])).status_code == 302
    run_jobs()
    told = {address for mail in mailoutbox for address in mail.to}
    assert {worker.email, coordinator.email} <= told
    assert worker.display_name in second.get(reverse("factor_resets")).content.decode()
    assert client.get("/me/").status_code == 200  # nothing is lifted yet
    answer = reverse("factor_reset_answer", args=[FactorReset.objects.get().pk])
    assert second.post(answer, {"answer": "confirm"}).status_code == 302
    assert client.get("/me/").status_code == 302
    assert not factors.of(worker).exists()

    run_jobs()
    owner, link = SignedClient(), link_of(mailoutbox[-1])
    owner.post(link)
    assert give_password(owner, worker).status_code == 302
    html = owner.get(ADD).content.decode()
    secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', html)[1].replace(" ", "")
    code = factors.code_at(secret, factors.step_now())
    assert owner.post(ADD, {"code": code}).status_code == 302
    assert owner.get("/").status_code == 200
    assert owner.get(link).status_code == 404
    done = set(JournalEntry.objects.values_list("action", flat=True))
    assert {"ask_factor_reset", "confirm_factor_reset", "add_second_factor"} <= done


def test_the_password_without_the_link_adds_nothing(client, worker, reset, coordinator, acting):
    with acting(coordinator):
        actions.confirm(reset=reset, by=coordinator)
    give_password(client, worker)
    assert client.get("/")["Location"] == "/me/sign-in/first/"
    assert client.get(ADD).status_code == 403
    assert client.get("/me/sign-in/passkey/").status_code == 403


def test_the_link_without_the_password_opens_nothing(
    client, worker, reset, coordinator, acting, mailoutbox
):
    with acting(coordinator):
        actions.confirm(reset=reset, by=coordinator)
    run_jobs()
    client.post(link_of(mailoutbox[-1]))
    assert client.get(ADD)["Location"].startswith("/sign-in/")


def test_the_link_of_somebody_else_is_worth_nothing(
    client, worker, reset, coordinator, acting, mailoutbox
):
    with acting(coordinator):
        actions.confirm(reset=reset, by=coordinator)
    run_jobs()
    other = make_user(factor_link="f" * 64, factor_link_until=timezone.now() + dt.timedelta(1))
    client.post(link_of(mailoutbox[-1]))
    give_password(client, other)
    assert client.get(ADD).status_code == 403


def test_the_link_works_for_a_day(client, worker, reset, coordinator, acting, mailoutbox):
    with acting(coordinator):
        actions.confirm(reset=reset, by=coordinator)
    run_jobs()
    client.post(link_of(mailoutbox[-1]))
    User.objects.filter(pk=worker.pk).update(factor_link_until=timezone.now())
    give_password(client, worker)
    assert client.get(ADD).status_code == 403
    assert client.get(link_of(mailoutbox[-1])).status_code == 404


def test_nobody_alone_lifts_a_factor(reset, administrator, worker, acting):
    with acting(administrator), pytest.raises(ValidationError, match="second person"):
        actions.confirm(reset=reset, by=administrator)
    with acting(administrator), pytest.raises(PermissionDenied):
        actions.ask(person=administrator, by=administrator)
    assert factors.of(worker).exists()


@pytest.mark.parametrize("who", ["asked_by", "person"])
def test_the_database_refuses_it_too(reset, who):
    row = FactorReset.objects.filter(pk=reset.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(decided_by=getattr(reset, who), decided_at=timezone.now(), outcome="confirmed")


def test_a_day_later_it_is_asked_again(reset, worker, administrator, coordinator, acting):
    late = timezone.now() - dt.timedelta(hours=25)
    other = make_user(Role.FIELD_WORKER, reset.organisation)
    old = FactorReset.objects.create(
        organisation=reset.organisation, person=other, asked_by=administrator, asked_at=late
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.filter(pk=old.pk).update(
            decided_by=coordinator, decided_at=timezone.now(), outcome="confirmed"
        )
    assert old not in FactorReset.objects.waiting()


def test_it_is_asked_once(reset, worker, administrator, acting):
    with acting(administrator), pytest.raises(ValidationError, match="asked already"):
        actions.ask(person=worker, by=administrator)


def test_without_anybody_to_confirm_it_is_not_asked(client, worker, administrator, organisation):
    new = timezone.now() - dt.timedelta(days=DAYS_HELD - 1)
    make_membership(make_user(None), Role.COORDINATOR, organisation, granted_at=new)
    client.force_login(administrator)
    page = client.post(reverse("factor_reset_ask", args=[worker.pk])).content.decode()
    assert "Nobody else here can confirm this yet" in page
    assert not FactorReset.objects.exists()


def test_an_answer_stays(reset, coordinator):
    row = FactorReset.objects.filter(pk=reset.pk)
    row.update(decided_by=coordinator, decided_at=timezone.now(), outcome="refused")
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic():
        row.update(outcome="confirmed")


def test_a_refusal_leaves_everything(client, reset, worker, coordinator):
    client.force_login(coordinator)
    answer = reverse("factor_reset_answer", args=[reset.pk])
    client.post(answer, {"answer": "refuse"})
    client.post(answer, {"answer": "confirm"})
    reset.refresh_from_db()
    assert reset.outcome == "refused"
    assert factors.of(worker).exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.COORDINATOR, Role.AUDITOR])
def test_another_organisation_answers_nothing(client, reset, role):
    client.force_login(make_user(role, make_organisation()))
    answer = reverse("factor_reset_answer", args=[reset.pk])
    assert client.post(answer, {"answer": "confirm"}).status_code == 404


@pytest.mark.parametrize("token", ["x", "unknown" * 20, "%00"])
def test_a_link_that_is_none_is_said_so(client, token):
    assert client.get(f"/new-factor/{token}/").status_code in (400, 404)
