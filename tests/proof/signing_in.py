"""Guesses, codes used twice, fixed sessions, pages without a second factor."""

import re
import time
from math import log2

from django.conf import settings
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse

from accounts import factors, sitting, tries
from accounts.actions import factor as actions
from accounts.models import User
from accounts.roles import Role
from ngo_portal import access
from tests.factories import make_user
from tests.jobs import run_jobs
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import (
    PASSWORD,
    SECRET,
    SignedClient,
    code,
    guess,
    sign_in,
    with_application,
)
from tests.test_access_matrix import without_object


def seconds_to_wait(answer) -> int:
    found = re.search(r"Wait (\d+) second", answer.content.decode())
    return int(found[1]) if found else 0


@proof("The right password after a burst of guesses from one network is not read")
def brute_force(run: Run) -> Figure:
    bursts = run.amount(quick=2, full=40)
    wrong = tried = control = 0
    for number in range(bursts):
        user = make_user(email=f"burst{number}@example.org")
        with_application(user)
        for each in range(25):
            guess(user.email, f"guess {each}", f"198.51.{number}.{each}")
        # A slow machine may come just when a wait is over: the next guess makes it twice as long.
        while seconds_to_wait(guess(user.email, "one more", f"198.51.{number}.1")) < 2:
            tried += 1
        wrong += guess(user.email, PASSWORD, f"198.51.{number}.1").status_code == 302
        tried += 27
        run.tell(number, bursts)
    with run.fixture("monkeypatch").context() as patch:
        patch.setattr(tries, "take", lambda counts: 0)
        control += guess(user.email, PASSWORD, "198.51.0.1").status_code == 302
    return Figure(tried, wrong, control, unit="tries", without="right password without the wait")


@proof("Tries at the same time, and tries that are rolled back, count all", commits=True)
def counted_tries(run: Run) -> Figure:
    amount = run.amount(quick=30, full=2_000)
    free = amount // 3
    count = tries.Count("a" * 64, free, 3600)
    taken, start = 0, time.monotonic()
    for _ in range(amount):
        taken += tries.take([count]) == 0
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute("SELECT 1")
            transaction.set_rollback(True)
    waited = int(log2(1 + time.monotonic() - start))  # waits of 1, 2, 4… seconds that are over
    lost = 0
    for number in range(amount):
        with transaction.atomic():
            lost += tries.take([tries.Count(f"{number % 2}" * 64, 1, 3600)]) == 0
            transaction.set_rollback(True)
    return Figure(
        amount,
        max(0, taken - free - waited),
        lost - 2,
        unit="tries",
        without="inside the transaction",
    )


@proof("A code used once opens nothing again, nor one before it")
def replayed_codes(run: Run) -> Figure:
    amount = run.amount(quick=20, full=1_000)
    wrong = control = 0
    for number in range(amount):
        user = make_user(email=f"replay{number}@example.org")
        with_application(user)
        before, now = code(-1), code()
        actions.use_code(user=user, code=now)
        wrong += actions.use_code(user=user, code=now) is not None
        wrong += actions.use_code(user=user, code=before) is not None
        control += factors.step_of(SECRET, now) is not None  # right, were it not used
        run.tell(number, amount)
    return Figure(2 * amount, wrong, control, unit="codes", without="without the last step")


def gets_in_by_guessing(user: User, address: str) -> bool:
    """Somebody with the password guesses as long as it takes, patiently, and has the code last."""
    thief = SignedClient()
    thief.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    right = code()
    for number in range(factors.MOST_WRONG):
        wrong = f"{(int(right) + 1 + number) % 10**6:06}"
        assert thief.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
    thief.post(reverse("mfa_authenticate"), {"code": code()}, REMOTE_ADDR=address)
    return "_auth_user_id" in thief.session


@proof("Whoever has the password guesses no code, however long; its owner is told and comes in")
def guessed_codes(run: Run) -> Figure:
    amount = run.amount(quick=2, full=40)
    wrong = control = 0
    with run.fixture("monkeypatch").context() as patch:
        patch.setattr(tries, "take", lambda counts: 0)  # all the time there is
        for number in range(amount):
            user = make_user(email=f"phished{number}@example.org")
            with_application(user)
            spare = actions.renew_codes(by=user)
            mail.outbox.clear()
            wrong += gets_in_by_guessing(user, f"198.51.{number}.1")
            run_jobs()
            told = [letter for letter in mail.outbox if "guess" in letter.subject]
            wrong += len(told) != 1 or told[0].to != [user.email]
            wrong += actions.use_code(user=user, code=spare[0]) is None
            wrong += actions.use_code(user=user, code=code(1)) is None
            run.tell(number, amount)
        with_application(user)
        patch.setattr(factors, "rests", lambda factor: False)
        control += gets_in_by_guessing(user, "198.51.0.1")
    tried = amount * (factors.MOST_WRONG + 1)
    return Figure(tried, wrong, control, unit="codes", without="right code without the ceiling")


@proof("A session key known from before signing in opens nothing")
def fixed_sessions(run: Run) -> Figure:
    amount = run.amount(quick=5, full=200)
    wrong = control = 0
    for number in range(amount):
        user = make_user(email=f"fixed{number}@example.org")
        with_application(user)
        client = SignedClient()
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        before = client.session.session_key
        client.post(reverse("mfa_authenticate"), {"code": code()})
        thief = SignedClient()
        for key, opens in ((before, False), (client.session.session_key, True)):
            thief.cookies[settings.SESSION_COOKIE_NAME] = key
            reached = thief.get("/me/").status_code == 200
            wrong += reached and not opens
            control += reached and opens
        run.tell(number, amount)
    return Figure(amount, wrong, control, unit="sessions", without="the key of after")


@proof("Without a second factor no closed page opens, by any method")
def without_second_factor(run: Run) -> Figure:
    scene = make_scene()
    client, tried, wrong, control = SignedClient(), 0, [], 0
    for role in [*Role.values][: run.amount(quick=2, full=len(Role.values))]:
        user = make_user(role, scene.organisation)
        sign_in(client, user)
        session = client.session
        records = session["account_authentication_methods"]
        session["account_authentication_methods"] = records[:1]
        session.save()
        for name, address in [*without_object(), *scene.addresses(user)]:
            if access.PAGES[name].before_factor:
                continue
            for method in access.PAGES[name].methods:
                tried += 1
                led = client.generic(method, address).get("Location") == reverse("second_factor")
                wrong += [] if led else [f"{role} {method} {name}"]
        with run.fixture("monkeypatch").context() as patch:
            patch.setattr(sitting, "missing_factor", lambda request: "")
            control += client.get("/me/").status_code == 200
    return Figure(
        tried, len(wrong), control, unit="page × method × role", examples=tuple(wrong[:3])
    )
