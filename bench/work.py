"""The works that are measured: a page through every layer, and its rows in raw SQL."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.models import User
from audit.scope import scope
from bench.browser import Browser
from bench.measure import Line, compare, seeing_the_organisation
from bench.names import search
from beneficiaries.models import BeneficiaryCount, CountReport
from programs.models import Cell, Indicator, Organisation, Program, ProgramSite
from reports import charts, figures
from reports.exports import Content, File, Mark, Source, new_passphrase, pack

PERIOD = "period=range&from=2024-11&to=2026-10"

RAW_DASHBOARD = """
SELECT r.program_id, c.indicator_id, r.month, r.site_id, c.cell_id, sum(c.value)
FROM beneficiaries_countreport r
JOIN beneficiaries_beneficiarycount c ON c.report_id = r.id
WHERE r.organisation_id = %s AND r.status = 'approved'
  AND r.month BETWEEN '2024-11-01' AND '2026-10-01'
GROUP BY GROUPING SETS ((1, 2, 3), (1, 2, 4), (1, 2, 5))
"""
RAW_ENTRY = """
SELECT c.indicator_id, c.cell_id, c.value FROM beneficiaries_beneficiarycount c
WHERE c.report_id = %s
"""
RAW_BEFORE = """
SELECT r.month, c.indicator_id, sum(c.value)
FROM beneficiaries_countreport r JOIN beneficiaries_beneficiarycount c ON c.report_id = r.id
WHERE r.program_id = %s AND r.site_id = %s AND r.month < %s AND r.month >= %s
GROUP BY 1, 2
"""
RAW_ALL = """
SELECT p.code, s.code, r.month, r.version, r.status, i.code, c.key, b.value, b.missing_reason
FROM beneficiaries_beneficiarycount b
JOIN beneficiaries_countreport r ON r.id = b.report_id
JOIN programs_program p ON p.id = r.program_id JOIN programs_site s ON s.id = r.site_id
JOIN programs_indicator i ON i.id = b.indicator_id JOIN programs_cell c ON c.id = b.cell_id
WHERE r.organisation_id = %s AND r.status = 'approved'
  AND r.month BETWEEN '2024-11-01' AND '2026-10-01'
"""


def rows(statement: str, parameters: list) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def signed_in(name: str) -> Browser:
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.SECURE_SSL_REDIRECT = False
    return Browser(f"{name}@example.org")


def measure() -> Iterator[Line]:
    """Every work in turn, for the organisation ORG_1."""
    yield from _reading()
    yield from _entering()
    yield from _exporting()
    yield search()


def _reading() -> Iterator[Line]:
    coordinator = signed_in("coordinator")
    organisation = Organisation.objects.get(code="ORG_1").pk
    yield compare(
        "dashboard of one organisation, 24 figures",
        lambda: coordinator.get(f"/dashboard/?{PERIOD}"),
        lambda: rows(RAW_DASHBOARD, [organisation]),
        aim="≤ 2 × raw + 15 ms",
    )
    program = _program()
    one_program = f"/dashboard/?{PERIOD}&program={program.pk}"
    yield compare(
        "dashboard of one of its programs, 8 figures",
        lambda: coordinator.get(one_program),
        lambda: rows(RAW_DASHBOARD.replace("r.organisation_id", "r.program_id"), [program.pk]),
        aim="≤ 2 × raw + 15 ms",
    )
    page = coordinator.get(one_program).decode()
    chart = html.unescape(re.search(r'hx-get="(/dashboard/chart/trend/[^"]+)"', page)[1])

    def fragment() -> bytes:
        return coordinator.get(chart, hx_request="true")

    def forget() -> None:
        cache.clear()
        charts._drawn.cache_clear()

    yield compare("chart fragment, not in the cache", fragment, before=forget, aim="≤ 40 ms")
    yield compare("chart fragment, cached", fragment, aim="≤ 5 ms")


@seeing_the_organisation()
def _program() -> Program:
    return Program.objects.filter(organisation__code="ORG_1").order_by("pk").last()


def _entering() -> Iterator[Line]:
    worker = signed_in("worker")
    report = draft()
    year_before = report.month.replace(year=report.month.year - 1)
    earlier = [report.program_id, report.site_id, report.month, year_before]
    yield compare(
        "entry page of a month",
        lambda: worker.get(f"/counts/{report.pk}/"),
        lambda: (rows(RAW_ENTRY, [report.pk]), rows(RAW_BEFORE, earlier)),
    )
    yield compare(
        "save of a cell",
        cell_saver(worker, report),
        _raw_saver(report),
        aim="≤ raw + 5 ms",
        runs=40,
    )
    # Two runs do not count, one more counts its round trips.
    months, others = _months(11), _months(10)
    submit, raw = _submitter(worker, months), _raw_submitter(others)
    yield compare("submit of a month", submit, raw, runs=8)
    _check_submitted([*months, *others])


@seeing_the_organisation()
def draft() -> CountReport:
    """This month's report of the first site of ORG_1, begun but not filled."""
    place = ProgramSite.objects.filter(organisation__code="ORG_1").order_by("pk").first()
    report, _new = CountReport.objects.get_or_create(
        organisation_id=place.organisation_id,
        program_id=place.program_id,
        site_id=place.site_id,
        month=dt.date(2026, 11, 1),
        version=1,
    )
    return report


@seeing_the_organisation()
def cell_saver(worker: Browser, report: CountReport):
    indicator = Indicator.objects.order_by("pk").first()
    cell = Cell.objects.filter(breakdown=indicator.breakdown_id).first()
    values, path = count(1), f"/counts/{report.pk}/cell/"
    BeneficiaryCount.objects.filter(report=report, indicator=indicator, cell=cell).delete()
    state = {"revision": ""}

    def save() -> None:
        sent = {
            "indicator": indicator.pk,
            "cell": cell.pk,
            "value": next(values) % 90,
            "revision": state["revision"],
        }
        answer = worker.post(path, sent, accept="application/json")
        state["revision"] = json.loads(answer)["revision"]

    return save


@seeing_the_organisation()
def _raw_saver(report: CountReport):
    """The cell beside it: one statement and one commit, triggers and history included."""
    indicator = Indicator.objects.order_by("pk").first()
    cell = Cell.objects.filter(breakdown=indicator.breakdown_id).last()
    values = count(1)
    BeneficiaryCount.objects.get_or_create(
        organisation_id=report.organisation_id,
        report=report,
        indicator=indicator,
        breakdown_id=indicator.breakdown_id,
        cell=cell,
        defaults={"value": 0},
    )
    statement = """
        UPDATE beneficiaries_beneficiarycount SET value = %s
        WHERE report_id = %s AND indicator_id = %s AND cell_id = %s
    """
    return lambda: _execute(statement, [next(values) % 90, report.pk, indicator.pk, cell.pk])


def _execute(statement: str, parameters: list) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


FILL = """
INSERT INTO beneficiaries_beneficiarycount
    (organisation_id, report_id, indicator_id, breakdown_id, cell_id, value, missing_reason,
     comment, is_derived, revision)
SELECT r.organisation_id, r.id, i.id, i.breakdown_id, c.id, 40, '', '', false, 1
FROM beneficiaries_countreport r, programs_indicator i
JOIN programs_cell c ON c.breakdown_id = i.breakdown_id
WHERE r.id = %s
"""
SUBMIT = """
UPDATE beneficiaries_countreport SET status = 'submitted', submitted_at = now(),
       submitted_by_id = (SELECT id FROM accounts_user WHERE email = 'worker@example.org')
WHERE id = %s
"""


def _filled_report(number: int) -> CountReport:
    """A complete draft of a month before the measured ones, alone at its site and month."""
    place = ProgramSite.objects.filter(program=_program()).order_by("-pk").first()
    report = CountReport.objects.create(
        organisation_id=place.organisation_id,
        program_id=place.program_id,
        site_id=place.site_id,
        month=dt.date(2023 - number // 12, 12 - number % 12, 1),
        version=1,
    )
    _execute(FILL, [report.pk])
    return report


@seeing_the_organisation()
def _months(number: int) -> list[CountReport]:
    """That many complete drafts of months that no run has used yet."""
    taken = CountReport.objects.filter(organisation__code="ORG_1", month__lt="2024-11-01").count()
    return [_filled_report(each) for each in range(taken, taken + number)]


def _submitter(worker: Browser, months: list[CountReport]) -> Callable[[], object]:
    ready = iter(months)

    def submit() -> None:
        report = next(ready)
        sent = {"revision": report.revision}
        worker.post(f"/counts/{report.pk}/submit/", sent, expected="302")

    return submit


def _raw_submitter(months: list[CountReport]) -> Callable[[], object]:
    ready = iter(months)
    return lambda: _execute(SUBMIT, [next(ready).pk])


@seeing_the_organisation()
def _check_submitted(months: list[CountReport]) -> None:
    keys = [report.pk for report in months]
    if CountReport.objects.filter(pk__in=keys).exclude(status="submitted").exists():
        raise RuntimeError("a month was not submitted")


def _exporting() -> Iterator[Line]:
    """The files of an export, as the worker makes them; the archive is measured apart."""
    by = User.objects.get(email="coordinator@example.org")
    with scope(user_id=by.pk, organisation_ids=by.access.organisation_ids):
        yield from _files_of(by)


def _files_of(by: User) -> Iterator[Line]:
    organisation = Organisation.objects.get(code="ORG_1").pk
    mark = Mark("ORG_1-2026-0001", "Coordinator", "evaluation", timezone.now())
    for kind, content in (("CSV", Content.COUNTS), ("XLSX", Content.WORKBOOK)):

        def made(content=content) -> list[File]:
            return Source(figures.select(by, dict(parse_qsl(PERIOD))), content).files(mark)

        name = f"{kind} of all counts of an organisation"
        yield compare(name, made, lambda: _written(organisation), runs=5)
        yield compare(f"encrypted archive of that {kind}", _packer(made()), runs=5)


def _packer(files: list[File]) -> Callable[[], None]:
    def packed() -> None:
        with tempfile.TemporaryDirectory() as folder:
            pack(files, new_passphrase(), Path(folder) / "export.zip")

    return packed


def _written(organisation: int) -> str:
    """The same rows, written as plain lines."""
    text = io.StringIO()
    for row in rows(RAW_ALL, [organisation]):
        text.write(",".join(map(str, row)) + "\n")
    return text.getvalue()
