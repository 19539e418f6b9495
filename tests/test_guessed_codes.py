"""Many wrong codes: those of the application open nothing, and the owner has other ways in."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.core import context
from django.core import mail
from django.test import RequestFactory
from django.urls import reverse

from accounts import adapter, factors, tries
from accounts.actions import factor as actions
from accounts.models import User
from accounts.roles import Role
from audit.models import JournalEntry
from tests.factories import make_user
from tests.jobs import run_jobs
from tests.signing import SignedClient, code, next_code, sign_in, with_application

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def all_the_time_there_is(monkeypatch):
    monkeypatch.setattr(tries, "take", lambda counts: 0)


@pytest.fixture
def user():
    person = make_user(Role.FIELD_WORKER, language="fr")
    with_application(person)
    return person


def guess(user: User, times: int = factors.MOST_WRONG) -> None:
    for _ in range(times):
        assert actions.use_code(user=user, code="12345") is None


def letters() -> list:
    run_jobs()
    sent = [(letter.subject, letter.to, letter.body) for letter in mail.outbox]
    mail.outbox.clear()
    return sent


def half_in(user: User) -> SignedClient:
    client = SignedClient()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def opens(user: User) -> bool:
    """Whether the code that the application shows signs in."""
    client = half_in(user)
    client.post(reverse("mfa_authenticate"), {"code": next_code(user)})
    return "_auth_user_id" in client.session


def test_the_right_code_after_many_wrong_ones_says_what_a_wrong_one_says(user):
    client = half_in(user)
    pages = []
    for number in range(factors.MOST_WRONG + 1):
        right, typed = code(), f"{number:05}"
        given = right if number == factors.MOST_WRONG else typed
        page = client.post(reverse("mfa_authenticate"), {"code": given})
        pages.append(page.content.decode().partition("This code")[2].partition("<")[0])
    assert len(set(pages)) == 1
    assert "recovery code" in pages[0]
    assert "_auth_user_id" not in client.session
    assert not opens(user)


def test_a_few_wrong_codes_are_forgotten_by_a_right_one(user):
    guess(user, factors.MOST_WRONG - 1)
    assert actions.use_code(user=user, code=next_code(user))
    guess(user, factors.MOST_WRONG - 1)
    assert opens(user)
    assert letters() == []


def test_the_owner_is_told_once_a_day_in_their_language(user, monkeypatch):
    guess(user, factors.MOST_WRONG + 5)
    [(subject, to, body)] = letters()
    assert "devine" in subject
    assert to == [user.email]
    assert reverse("account_reset_password") in body
    guess(user)
    assert letters() == []
    monkeypatch.setattr(actions, "TOLD_EVERY", 0)
    guess(user, 1)
    assert len(letters()) == 1
    line = JournalEntry.objects.filter(action="rest_second_factor").first()
    assert line.target_id == str(user.pk)
    assert line.user_id is None


def test_a_recovery_code_signs_in_and_lets_codes_count_again(user):
    spare = actions.renew_codes(by=user)
    guess(user)
    client = half_in(user)
    client.post(reverse("mfa_authenticate"), {"code": spare[0]})
    assert "_auth_user_id" in client.session
    assert opens(user)


def test_a_passkey_lets_codes_count_again(user):
    guess(user)
    client = SignedClient()
    sign_in(client, user)  # with a passkey, says its session
    request = RequestFactory().post("/")
    request.session, request.user = client.session, user
    with context.request_context(request):
        adapter.AccountAdapter(request).login(request, user)
    assert opens(user)


def test_a_new_password_by_email_lets_codes_count_again_and_one_from_inside_does_not(user):
    guess(user)
    client = SignedClient()
    sign_in(client, user)
    new = {"password1": "four quiet rivers bend", "password2": "four quiet rivers bend"}
    changed = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, **new})
    assert changed.status_code == 302
    assert actions.use_code(user=user, code=next_code(user)) is None
    user.refresh_from_db()
    link = adapter.reset_url(user_pk_to_url_str(user), default_token_generator.make_token(user))
    client = SignedClient()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    again = {"password1": "seven slow clouds pass", "password2": "seven slow clouds pass"}
    assert client.post(form, again).status_code == 302
    assert actions.use_code(user=user, code=next_code(user))


def test_wrong_codes_are_no_change_of_a_factor(user):
    before = User.objects.get(pk=user.pk).factors_set_at
    guess(user)
    actions.take_codes_again(user)
    assert User.objects.get(pk=user.pk).factors_set_at == before
