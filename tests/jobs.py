"""Jobs in tests: what was queued in the test's own transaction is run in it."""

from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.backstage import portal


def waiting() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(status="todo").order_by("id"))


def run_jobs() -> None:
    """Run every waiting job once, as a worker would."""
    app.perform_import_paths()
    for job in waiting():
        with portal():
            app.tasks[job.task_name](**job.args)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.pk]
            )
