"""What the journal's app does by itself."""

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from . import submissions
from .scope import scope

KEPT = dt.timedelta(days=2)


@app.periodic(cron="17 3 * * *")
@app.task(name="audit.jobs.forget_submitted_forms")
def forget_submitted_forms(timestamp: int) -> None:
    """Every night, forget the keys of forms that were accepted more than two days ago."""
    with scope():
        submissions.forget(before=timezone.now() - KEPT)
