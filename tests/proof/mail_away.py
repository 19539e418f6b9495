"""The mail server away: what people do works, and their e-mails leave once it is back."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.mail import send_mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from accounts import factors, letters
from accounts.models import FactorReset, User
from accounts.roles import Role
from ngo_portal.launch.checkout import HERE
from ngo_portal.launch.checks import choose_port
from ngo_portal.launch.demo import IN_WORKER, WORKER, Part
from ngo_portal.launch.processes import end
from programs.models import Organisation
from tests.factories import make_organisation, make_user
from tests.mail_server import MailServer, listening
from tests.proof import Figure, Run, proof
from tests.signing import (
    PASSWORD,
    SignedClient,
    code,
    give_code,
    give_password,
    is_in,
    with_application,
    with_proofs,
)

FIRST_PORT = 18_600
PATIENCE_SECONDS = 400
# A new browser, a factor, a password; a reset asked for, to be confirmed, and confirmed.
LEAST = 6
NEW = "another long and quiet evening"
LETTERS = (
    "SELECT args->>'letter', args->>'sealed', attempts FROM procrastinate_jobs WHERE task_name = %s"
)
OTHERS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'accounts.jobs.tell%%'"


def browser() -> SignedClient:
    """Never seen before; it meets a 500 as a person would."""
    return SignedClient(raise_request_exception=False)


class Day:
    """What people of one organisation do while no e-mail leaves."""

    def __init__(self, organisation: Organisation, number: int) -> None:
        def person(role: Role) -> User:
            return make_user(role, organisation, email=f"{role}{number}@example.org")

        self.worker, self.newcomer = person(Role.FIELD_WORKER), person(Role.PARTNER)
        self.administrator, self.coordinator = person(Role.ADMINISTRATOR), person(Role.COORDINATOR)
        with_application(self.worker)
        User.objects.filter(pk=self.worker.pk).update(last_login=timezone.now())

    def undone(self) -> list[str]:
        """Which of these did not work."""
        return [step.__name__ for step in self.steps() if not step()]

    def steps(self) -> list[Callable[[], bool]]:
        return [self.new_browser, self.new_factor, self.new_password, self.confirmed_reset]

    def new_browser(self) -> bool:
        client = browser()
        give_password(client, self.worker)
        return give_code(client, code()).status_code == 302 and is_in(client)

    def new_factor(self) -> bool:
        client = browser()
        with_proofs(client, self.newcomer)
        html = client.get(reverse("totp_add")).content.decode()
        secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', html)[1].replace(" ", "")
        first = factors.code_at(secret, factors.step_now())
        answer = client.post(reverse("totp_add"), {"code": first})
        return answer.status_code == 302 and factors.main_of(self.newcomer).exists()

    def new_password(self) -> bool:
        client = browser()
        client.force_login(self.coordinator)
        data = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        client.post(reverse("account_change_password"), data)
        self.coordinator.refresh_from_db()
        return self.coordinator.check_password(NEW)

    def confirmed_reset(self) -> bool:
        admin, second = browser(), browser()
        admin.force_login(self.administrator)
        admin.post(reverse("factor_reset_ask", args=[self.worker.pk]))
        asked = FactorReset.objects.filter(person=self.worker).first()
        if asked is None:
            return False
        second.force_login(self.coordinator)
        second.post(reverse("factor_reset_answer", args=[asked.pk]), {"answer": "confirm"})
        return not factors.of(self.worker).exists()


@proof(
    "The mail server away: sign-ins, factors, resets go on, and each e-mail leaves", commits=True
)
def mail_away(run: Run) -> Figure:
    """Wrong: a step that does not work, an e-mail that does not leave, or leaves twice."""
    port = choose_port(FIRST_PORT + os.getpid() % 1000)
    settings = run.fixture("settings")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    days = [Day(make_organisation(), n) for n in range(run.amount(quick=1, full=25))]
    wrong = [step for day in days for step in day.undone()]
    with working(port):
        written = until(lambda: all_tried(1))
        with listening(port) as server:
            if run.is_full:
                server.is_busy = True
                until(lambda: all_tried(2))
                server.is_busy = False
            until(lambda: not waiting())
        wrong += unlike(written, server)
    wrong += [f"{len(written)} e-mails"] if len(written) < LEAST * len(days) else []
    with run.fixture("monkeypatch").context() as patch:
        patch.setattr(letters, "post", at_once)
        control = len(Day(make_organisation(), len(days)).undone())
    return Figure(
        tried=sum(len(day.steps()) for day in days) + len(written),
        wrong=len(wrong),
        control=control,
        unit=f"steps and e-mails, {len(written)} of them e-mails",
        without="of 4 steps with e-mails sent in the request",
        examples=tuple(wrong[:10]),
    )


def at_once(email: str, subject: str, text: str) -> None:
    """The control: before the answer, within its transaction."""
    send_mail(subject, text, None, [email])


@contextmanager
def working(port: int) -> Iterator[None]:
    """The worker, as the demonstration and production start it."""
    url = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    more = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "DATABASE_URL": url}
    more |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(port), **IN_WORKER}
    part = Part(f"worker-{os.getpid()}", WORKER, more=more)
    part.start(HERE, os.environ)
    try:
        yield
        assert part.process.poll() is None, part.log.read_text()[-2000:]
    finally:
        end(part.process, patience=40)
        part.log.unlink(missing_ok=True)


def waiting() -> list[tuple[str, str, int]]:
    """The e-mails that have not left: sealed, and how often they were tried."""
    with connection.cursor() as cursor:
        cursor.execute(LETTERS, [letters.deliver.name])
        return cursor.fetchall()


def all_tried(times: int) -> list[tuple[str, str, int]]:
    """All the e-mails that there are, once each was tried so often; before, none."""
    found = waiting()
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        others = cursor.fetchone()[0]
    return [] if others or any(tried < times for *_sealed, tried in found) else found


def until(what: Callable) -> list:
    """What it says, once it says something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := what()):
        if time.monotonic() > deadline:
            return []
        time.sleep(0.1)
    return found


def unlike(written: list[tuple[str, str, int]], server: MailServer) -> list[str]:
    """E-mails that did not arrive, or came more than once."""
    addressed = Counter(letters.opened(*sealed)[0] for *sealed, _tried in written)
    arrived = Counter(to for to, _text in server.taken)
    wrong = addressed - arrived, arrived - addressed
    return [f"{to}: {n}" for found in wrong for to, n in found.items()]
