"""Every e-mail leaves by one door: sealed, by the worker, with the transaction that wrote it."""

import ast
import smtplib
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.mail.backends import locmem
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import letters
from accounts.jobs import ask_for_reset, send_reset
from audit.encryption import TamperedError
from audit.scope import scope
from ngo_portal.management.commands.worker import work
from tests.factories import make_user
from tests.jobs import run_jobs, waiting
from tests.test_architecture import FLOORS, ROOT, modules

LETTERS = letters.deliver.name
DOOR = ROOT / "accounts" / "letters.py"
LINK = "https://portal.example.org/new-factor/s3cr3t/"


def doors(path: Path) -> list[str]:
    """The lines of a module that could send an e-mail by themselves."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(module)):
                named = f"{module}.{node.names[0].name}"
            case ast.Import():
                named = node.names[0].name
            case ast.Call(func=ast.Attribute(attr="send" | "send_messages"), args=[], keywords=[]):
                named = "send()"
            case ast.Call(func=ast.Attribute(attr="send_mail", value=ast.Call())):
                named = "super().send_mail" if "super" in ast.unparse(node) else ""
            case _:
                continue
        if named.startswith(("smtplib", "django.core.mail", "send", "super")):
            found.append(f"{path.name}:{node.lineno} {named}")
    return found


def test_no_other_module_sends_an_email():
    others = [path for floor in FLOORS for path in modules(floor) if path != DOOR]
    assert [line for path in others for line in doors(path)] == []
    assert doors(DOOR)


@pytest.mark.parametrize(
    "text",
    [
        "from django.core import mail",
        "from django.core.mail import EmailMessage",
        "import smtplib",
        "message.send()",
        "get_connection().send_messages()",
        "super().send_mail(template, email, context)",
    ],
)
def test_the_check_sees_another_door(tmp_path, text):
    module = tmp_path / "module.py"
    module.write_text(text)
    assert len(doors(module)) == 1


@pytest.mark.django_db
def test_what_waits_is_sealed_and_what_leaves_is_whole(mailoutbox):
    letters.post("asha@example.org", "Votre portail\u00a0: un export\n", LINK)
    (job,) = waiting()
    assert set(job.args) == {"letter", "sealed"}
    assert not [word for word in ("asha", "portail", "s3cr3t") if word in str(job.args)]
    assert mailoutbox == []
    run_jobs()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["asha@example.org"], "Votre portail\u00a0: un export")
    assert mail.body == LINK


@pytest.mark.django_db
def test_what_was_sealed_for_one_letter_opens_in_no_other():
    """Nor does the address of who asked for a link."""
    for email in ("asha@example.org", "rita@example.org"):
        letters.post(email, "Hello", LINK)
        ask_for_reset(email, "fr")
    for of in (LETTERS, send_reset.name):
        one, other = waiting(of)
        for job in (one, other):
            app.tasks[of](**job.args)
        with pytest.raises(TamperedError):
            app.tasks[of](**other.args | {"sealed": one.args["sealed"]})


@pytest.mark.django_db
def test_a_transaction_that_fails_sends_nothing():
    with transaction.atomic():
        letters.send("factor_reset_confirmed", make_user(), url=LINK)
        transaction.set_rollback(True)
    assert waiting() == []


def test_it_is_tried_for_a_day_with_growing_pauses():
    pauses, begun = [], timezone.now()
    tried = SimpleNamespace(attempts=0)
    while again := letters.deliver.get_retry_exception(OSError(), tried):
        pauses.append(round((again.retry_decision.retry_at - begun).total_seconds()))
        tried.attempts += 1
    assert pauses == sorted(pauses)
    assert pauses[0] <= 15
    assert sum(pauses) == 24 * 60 * 60


@app.task(name="tests.ask_and_fail")
def ask_and_fail() -> None:
    """A job that writes an e-mail, then is rolled back."""
    with scope():
        letters.post("asha@example.org", "Hello", LINK)
        raise RuntimeError


def test_a_job_that_is_rolled_back_sends_nothing(own_database, mailoutbox):
    ask_and_fail.defer()
    work(wait=False)
    assert mailoutbox == []
    (job,) = ProcrastinateJob.objects.filter(task_name__in=[ask_and_fail.name, LETTERS])
    assert (job.task_name, job.status) == (ask_and_fail.name, "failed")


def test_a_mail_server_that_is_away_is_tried_again(own_database, mailoutbox, monkeypatch):
    def away(self, messages):
        raise smtplib.SMTPServerDisconnected

    letters.post("asha@example.org", "Hello", LINK)
    with monkeypatch.context() as outage:
        outage.setattr(locmem.EmailBackend, "send_messages", away)
        work(wait=False)
    (job,) = waiting(LETTERS)
    assert (job.attempts, mailoutbox) == (1, [])
    assert job.scheduled_at > timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    work(wait=False)
    assert [mail.to for mail in mailoutbox] == [["asha@example.org"]]
    assert not ProcrastinateJob.objects.filter(task_name=LETTERS).exists()  # nothing of it stays
