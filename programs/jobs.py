"""What the catalogue's app does by itself."""

import logging

from procrastinate.contrib.django import app

from audit.scope import scope

from . import uploads
from .models import Document, Organisation

logger = logging.getLogger(__name__)


@app.periodic(cron="37 3 * * *")
@app.task(name="programs.jobs.sweep_files")
def sweep_files(timestamp: int) -> None:
    """Every night, delete the files that no document of any organisation names."""
    with scope(organisation_ids=Organisation.objects.values_list("pk", flat=True)):
        known = set(Document.objects.values_list("file", flat=True))
    strays = uploads.remove_strays(known)
    if strays:
        logger.warning("%s files that no document names were deleted", strays)
