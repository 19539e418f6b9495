"""Exports as somebody asked for them, or as the worker made them."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils import timezone

from accounts.models import User
from programs.models import Organisation
from reports.exports import folder
from reports.models import Export


def make_export(user: User, organisation: Organisation, **fields) -> Export:
    """An export that somebody asked for; nothing is made yet."""
    defaults = {
        "approver_organisation": organisation,
        "content": "counts",
        "filter": {"period": "range", "from": "2024-01", "to": "2024-12"},
        "purpose": "governance",
        "rows": 10,
    }
    export = Export.objects.create(
        organisation=organisation, requested_by=user, **(defaults | fields)
    )
    export.refresh_from_db(fields=["serial", "needs_second_person"])
    return export


def make_built(export: Export, **fields) -> Export:
    """As if the worker had made its file, which holds nothing."""
    Export.objects.filter(pk=export.pk).update(state="building", begun_at=timezone.now())
    export.refresh_from_db()
    export.state, export.built_at, export.built_rows = "built", timezone.now(), export.rows
    export.expires_at = timezone.now() + dt.timedelta(hours=24)
    export.file_name, content = f"{export.pk.hex}.zip", b"an archive"
    folder.path_of(export.file_name).write_bytes(content)
    export.size, export.sha256 = len(content), hashlib.sha256(content).hexdigest()
    export.holds = {"places": [], "whole": [], "reports": []}
    export.passphrase = "AAAAA-BBBBB"
    for name, value in fields.items():
        setattr(export, name, value)
    export.save()
    return export
