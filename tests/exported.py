"""Exports as a person takes them: asked for, made by the worker, opened with their passphrase."""

from __future__ import annotations

import csv
import io
import re
from urllib.parse import urlencode

import pyzipper
from django.urls import reverse
from python_calamine import CalamineWorkbook

from reports.models import Export
from tests.jobs import run_jobs

YEAR_2024 = {"period": "2024"}


def asked(client, content: str, *, purpose: str = "governance", note: str = "", **query):
    """The answer to a request for an export of 2024."""
    question = urlencode(YEAR_2024 | query | {"content": content})
    reason = {"purpose": purpose, "purpose_note": note}
    return client.post(f"{reverse('export_request')}?{question}", reason)


def made(client, content: str = "counts", **query) -> Export:
    """An export that the worker has made."""
    answer = asked(client, content, **query)
    assert answer.status_code == 302, answer.content.decode()
    run_jobs()
    return Export.objects.get(pk=answer["Location"].split("/")[-2])


def passphrase(client, export: Export) -> str:
    page = client.post(reverse("export_passphrase", args=[export.pk])).content.decode()
    return re.search(r'id="passphrase">([^<]+)<', page)[1]


def downloaded(client, export: Export) -> bytes:
    answer = client.post(reverse("export_download", args=[export.pk]))
    assert answer["Content-Type"] == "application/zip"
    return answer.content


def opened(archive: bytes, secret: str) -> dict[str, bytes]:
    """The files of an archive by name."""
    with pyzipper.AESZipFile(io.BytesIO(archive)) as packed:
        packed.setpassword(secret.encode())
        return {name: packed.read(name) for name in packed.namelist()}


def taken(client, content: str, **query) -> dict[str, bytes]:
    export = made(client, content, **query)
    secret = passphrase(client, export)
    return opened(downloaded(client, export), secret)


def rows_of(file: bytes) -> list[dict]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))


def read_csv(client, *, content: str = "counts", **query) -> list[dict]:
    return rows_of(taken(client, content, **query)["export.csv"])


def read_xlsx(client, **query) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(
        io.BytesIO(taken(client, "workbook", **query)["export.xlsx"])
    )
