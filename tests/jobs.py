"""Jobs in tests: what was queued in the test's own transaction is run in it."""

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.backstage import portal


def waiting(*names: str) -> list[ProcrastinateJob]:
    """All of them, or those of these names."""
    jobs = ProcrastinateJob.objects.filter(status="todo").order_by("id")
    return list(jobs.filter(task_name__in=names) if names else jobs)


def run_jobs(*names: str) -> None:
    """Run what waits, and what that asks for in turn, as a worker would."""
    app.perform_import_paths()
    while jobs := waiting(*names):
        for job in jobs:
            with portal():
                app.tasks[job.task_name](**job.args)
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk]
                )
