"""The files of a dashboard's question, read back as a person's spreadsheet would."""

from __future__ import annotations

import csv
import io

from django.urls import reverse
from python_calamine import CalamineWorkbook

YEAR_2024 = {"period": "2024"}


def fetched(client, name: str, **query) -> bytes:
    response = client.get(reverse(name), YEAR_2024 | query)
    assert response.status_code == 200
    return b"".join(response)


def read_csv(client, **query) -> list[dict]:
    text = fetched(client, "export_csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def read_xlsx(client, **query) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(fetched(client, "export_xlsx", **query)))
