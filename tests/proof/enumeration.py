"""Whether an answer, or its time, tells if an e-mail has an account."""

import re
import statistics
import time

from django.core.cache import cache
from django.urls import reverse

from accounts import jobs
from accounts.forms import AskForResetForm
from accounts.models import SignInTries, User
from accounts.roles import Role
from audit import encryption
from tests.factories import make_user
from tests.proof import Figure, Run, proof
from tests.signing import SignedClient, guess

# What differs on a page each time that it is shown.
PASSING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|class="print-only">[^<]*')
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


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
