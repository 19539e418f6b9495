"""What an installation may have left out (`manage.py check --deploy`, at the end of an upgrade)."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core import checks

TAG = "deployment"


@checks.register(TAG, deploy=True)
def the_journal_can_be_read(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Without the auditor's address the journal is written, and no auditor opens it."""
    if settings.JOURNAL_DATABASE in settings.DATABASES:
        return []
    return [
        checks.Error(
            "DATABASE_AUDITOR_URL is not set: nobody can open the journal.",
            hint="Give it to the web server (docs/administrators/deploy.md, 3).",
            id="deployment.E001",
        )
    ]


@checks.register(TAG, deploy=True)
def folders_are_chosen(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """What people upload and export is not kept inside the code, where a new version replaces it.

    Only the process that makes backups knows where they go.
    """
    named = {"PORTAL_FILES_DIR": settings.FILES_DIR, "PORTAL_EXPORTS_DIR": settings.EXPORTS_DIR}
    if settings.BACKUP_RECIPIENTS:
        named["PORTAL_BACKUP_DIR"] = settings.BACKUP_DIR
    return [
        checks.Warning(
            f"{name} is not set: {folder} lies in the folder of the code.",
            hint="Choose a folder of its own (docs/administrators/deploy.md, 3 and 6).",
            id="deployment.W002",
        )
        for name, folder in named.items()
        if Path(folder).is_relative_to(settings.BASE_DIR)
    ]
