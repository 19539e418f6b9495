"""What stays of a job: nothing once it is done, a week where it failed; none is lost half done."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import letters
from ngo_portal.management.commands.worker import work


def write_letter() -> int:
    letters.post("asha@example.org", "Hello", "How are you?")
    return ProcrastinateJob.objects.latest("id").pk


def kept() -> list[int]:
    """The e-mails; the worker may just have asked for jobs of its own."""
    rows = ProcrastinateJob.objects.filter(task_name=letters.deliver.name)
    return list(rows.values_list("pk", flat=True))


def execute(statement: str, *arguments) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


def run(name: str) -> None:
    """One of the worker's own jobs, by the worker."""
    app.perform_import_paths()
    app.tasks[name].defer(timestamp=0)
    work(wait=False)


@pytest.mark.parametrize("status", ["failed", "cancelled", "aborted", "succeeded"])
def test_what_ended_a_week_ago_is_deleted(own_database, status):
    old, young = write_letter(), write_letter()
    execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status", status)
    execute(
        "UPDATE procrastinate_events SET at = now() - interval '169 hours' WHERE job_id = %s", old
    )
    run("audit.jobs.forget_jobs")
    assert kept() == [young]


def test_what_waits_is_not_deleted(own_database):
    waiting = write_letter()
    execute(
        "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE id = %s",
        waiting,
    )
    execute("UPDATE procrastinate_events SET at = now() - interval '169 hours'")
    run("audit.jobs.forget_jobs")
    assert kept() == [waiting]


def test_an_email_that_a_killed_worker_held_leaves(own_database, mailoutbox):
    letter = write_letter()
    execute("UPDATE procrastinate_jobs SET status = 'doing'")
    assert kept() == [letter]
    run("audit.jobs.resume_jobs")
    assert [mail.to for mail in mailoutbox] == [["asha@example.org"]]
    assert kept() == []
