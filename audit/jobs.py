"""What the journal's app does by itself."""

import datetime as dt

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from . import submissions
from .scope import scope

KEPT = dt.timedelta(days=2)
# Failed for good: as long as somebody may look why.
HOURS_OF_JOBS = 7 * 24


@app.periodic(cron="17 3 * * *")
@app.task(name="audit.jobs.forget_submitted_forms")
def forget_submitted_forms(timestamp: int) -> None:
    """Every night, forget the keys of forms that were accepted more than two days ago."""
    with scope():
        submissions.forget(before=timezone.now() - KEPT)


@app.periodic(cron="47 3 * * *")
@app.task(name="audit.jobs.forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Every night, delete what failed a week ago; a job that is done leaves nothing anyway."""
    await context.app.job_manager.delete_old_jobs(
        HOURS_OF_JOBS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="*/10 * * * *")
@app.task(name="audit.jobs.resume_jobs", pass_context=True)
async def resume_jobs(context: JobContext, timestamp: int) -> None:
    """Every ten minutes, take up again what a worker that was killed had begun."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)
