"""Guesses, codes used twice, fixed sessions, enumeration, pages without a second factor."""

import re
import statistics
import time
from math import log2

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse

from accounts import factors, jobs, sitting, tries
from accounts.actions import factor as actions
from accounts.forms import AskForResetForm
from accounts.models import SignInTries, User
from accounts.roles import Role
from audit import encryption
from ngo_portal import access
from tests.factories import make_user
from tests.jobs import run_jobs
from tests.proof import Figure, Run, proof
from tests.scene import make_scene
from tests.signing import SECRET, SignedClient, code, sign_in, with_application
from tests.test_access_matrix import without_object

PASSWORD = "a long enough password"
# What differs on a page each time that it is shown.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|class="print-only">[^<]*')
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def guess(email: str, password: str, address: str):
    data = {"login": email, "password": password, "credential": "{}"}  # of a passkey: no way round
    return SignedClient().post(reverse("account_login"), data, REMOTE_ADDR=address)


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


def seconds(email: str, number: int) -> float:
    """How long one guess takes that does not come before its turn."""
    cache.clear()
    SignInTries.objects.all().delete()
    address = f"10.{number % 250}.{number // 250 % 250}.1"
    start = time.perf_counter()
    guess(email, "wrong password of a certain length", address)
    return time.perf_counter() - start


def rank_sum(one: list[float], other: list[float]) -> float:
    """Mann-Whitney's U as a number of standard deviations from what chance gives."""
    ranked = sorted((value, which) for which, row in enumerate((one, other)) for value in row)
    ranks = sum(rank for rank, (_value, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    u = ranks - n * (n + 1) / 2
    return abs(u - n * m / 2) / (n * m * (n + m + 1) / 12) ** 0.5


@proof("The time of an answer does not tell whether an e-mail has an account")
def told_by_time(run: Run) -> Figure:
    run.fixture("settings").PASSWORD_HASHERS = ARGON
    amount = run.amount(quick=25, full=500)
    user = make_user(Role.FIELD_WORKER)
    times: dict[str, list[float]] = {"known": [], "unknown": [], "unhashed": []}
    for number in range(amount):
        times["known"].append(seconds(user.email, number))
        times["unknown"].append(seconds(f"nobody{number}@example.org", number))
        run.tell(number, amount)
    with run.fixture("monkeypatch").context() as patch:
        backend = "allauth.account.auth_backends.AuthenticationBackend._mitigate_timing_attack"
        patch.setattr(backend, lambda self, password: None)
        for number in range(amount):
            times["unhashed"].append(seconds(f"none{number}@example.org", number))
    medians = {name: f"{statistics.median(row) * 1000:.1f} ms" for name, row in times.items()}
    return Figure(
        2 * amount,
        int(rank_sum(times["known"], times["unknown"]) > (2.0 if run.is_full else 4.0)),
        int(rank_sum(times["known"], times["unhashed"]) > 4.0),
        unit=f"tries; medians {medians['known']} known, {medians['unknown']} unknown",
        without="not hashing for nobody",
    )


def ask_for_reset(client: SignedClient, email: str, number: int) -> tuple[float, tuple]:
    """How long the answer takes, and what it says."""
    cache.clear()
    client.cookies.clear()
    address = f"10.{number % 250}.{number // 250 % 250}.2"
    start = time.perf_counter()
    answer = client.post(reverse("account_reset_password"), {"email": email}, REMOTE_ADDR=address)
    took = time.perf_counter() - start
    page = client.get(answer["Location"]).content
    return took, (answer.status_code, answer["Location"], PASSING.sub(b"", page))


def mailed_at_once(self: AskForResetForm, request, **kwargs) -> str:
    """The control: mails with a link are made before the answer, for those who have an account.

    Four, so that it shows on a busy machine in few tries.
    """
    user = User.objects.with_email(self.cleaned_data["email"])
    for _mail in range(4 if user is not None else 0):
        sealed = encryption.encrypt(user.email, f"{jobs.RESET}:control")
        jobs.send_reset(asked="control", sealed=sealed, language="fr")
    return save_reset(self, request, **kwargs)


save_reset = AskForResetForm.save


@proof("Asking for a new password does not tell whether an e-mail has an account")
def told_by_reset(run: Run) -> Figure:
    amount = run.amount(quick=25, full=500)
    # Each address is asked for again and again, known or not: the journal tells less of the rest.
    known = [make_user(Role.FIELD_WORKER, email=f"known{n}@example.org").email for n in range(20)]
    unknown = [f"nobody{n}@example.org" for n in range(20)]
    times: dict[str, list[float]] = {"known": [], "unknown": [], "at once": []}
    said, client = set(), SignedClient()
    for number in range(-3, amount):  # the first are slower than all others
        for name in sorted(times, reverse=number % 2 == 0):
            email = (unknown if name == "unknown" else known)[number % 20]
            with run.fixture("monkeypatch").context() as patch:
                if name == "at once":
                    patch.setattr(AskForResetForm, "save", mailed_at_once)
                took, answer = ask_for_reset(client, email, number)
            times[name] += [took] if number >= 0 else []
            said.add(answer)
        run.tell(number, amount)
    medians = {name: f"{statistics.median(row) * 1000:.1f} ms" for name, row in times.items()}
    is_told = rank_sum(times["known"], times["unknown"]) > (2.6 if run.is_full else 4.0)
    return Figure(
        2 * amount,
        int(is_told) + len(said) - 1,
        int(rank_sum(times["at once"], times["unknown"]) > 4.0),
        unit=f"requests; medians {medians['known']} known, {medians['unknown']} unknown",
        without=f"with mails made before the answer ({medians['at once']})",
        examples=(str(medians), *(map(str, said) if len(said) > 1 else ())),
    )
