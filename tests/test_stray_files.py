"""A stored file is named by a document, or goes: at once when refused, at night otherwise."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from procrastinate.contrib.django import app

from programs import uploads
from programs.actions import document as actions
from tests.backstage import portal
from tests.factories import make_document, make_organisation, make_user

pytestmark = pytest.mark.django_db


def files() -> set[str]:
    return {path.name for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()}


def test_a_refused_document_leaves_no_file():
    lead = make_organisation()
    said = {"kind": "OTHER", "language": "fr", "valid": (dt.date(2026, 1, 1), None)}
    said["by"] = make_user("administrator", lead)
    file = uploads.Safe(b"%PDF-1.7", "application/pdf", "a.pdf")
    with pytest.raises(ValidationError):
        actions.add_document(organisation=lead, about=lead, title=" ", file=file, **said)
    assert files() == set()
    kept = actions.add_document(organisation=lead, about=lead, title="One", file=file, **said)
    assert files() == {kept.file}


def test_files_of_no_document_are_deleted_once_a_day_old():
    named = {make_document(make_organisation()).file for _ in range(2)}
    young, old = uploads.store(b"young"), uploads.store(b"old")
    draft = uploads.path_of(old).with_name(f"{old}.7.partial")
    foreign = uploads.path_of(old).with_name("README")
    for path in (draft, foreign):
        path.write_bytes(b"left")
    for path in [*map(uploads.path_of, [*named, old]), draft, foreign]:
        os.utime(path, (time.time() - 25 * 3600,) * 2)
    app.perform_import_paths()
    with portal():
        app.tasks["programs.jobs.sweep_files"](timestamp=0)
    assert files() == {*named, young, "README"}
