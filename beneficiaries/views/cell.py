"""One cell, one row, one text of a month: saved as it is typed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from beneficiaries import history
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.cell import save_cell
from beneficiaries.actions.count import StaleCell
from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.sheet import filled
from beneficiaries.typed import (
    CELL_MARKS,
    read_entry,
    read_place,
    read_revision,
    read_text,
    shown,
)
from programs.models import Indicator

from .report import find, keep, page

# What a saved cell asks of its report; the rest is read where it is asked for.
REPORT = """
SELECT id, organisation_id, program_id, site_id, month, status
FROM beneficiaries_countreport WHERE id = %s
"""


def count_cell_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save a cell's number, or its comment."""
    report = _report(request.user, pk)
    cell = read_place(request.POST)
    try:
        entry = read_entry(request.POST, report=report, **cell)
        revision = read_revision(request.POST.get("revision", ""))
        count = save_cell(report=report, **cell, entry=entry, revision=revision, by=request.user)
    except ValidationError as error:
        _cell_or_404(**cell)
        return _answer(request, report, error=" ".join(error.messages), status=422)
    except StaleCell as stale:
        message = render_to_string("beneficiaries/_conflict.html", {"stale": stale})
        return _answer(request, report, error=message, status=409, **_cell(stale.count))
    return _answer(request, report, **_cell(count))


def count_row_mark(request: HttpRequest, pk: int, indicator_pk: int) -> HttpResponse:
    """Fill the empty cells of a row with 0, or with why they are missing."""
    report = find(request, pk)
    indicator = get_object_or_404(Indicator, pk=indicator_pk)
    kept = keep(request, report)
    if not kept.is_whole:
        return page(request, report, kept)
    mark = request.POST.get("mark", "")
    try:
        counts.mark_row(report=report, indicator=indicator, mark=mark, by=request.user)
    except ValidationError as error:
        return _answer(request, report, error=" ".join(error.messages), status=422)
    cells = BeneficiaryCount.objects.filter(report=report, indicator=indicator)
    return _answer(request, report, cells={count.cell_id: _cell(count) for count in cells})


def count_note_save(request: HttpRequest, pk: int, indicator_pk: int) -> HttpResponse:
    """Save why an indicator is unusual."""
    report = find(request, pk)
    indicator = get_object_or_404(Indicator, pk=indicator_pk)
    try:
        note = counts.explain(
            report=report,
            indicator=indicator,
            text=read_text(request.POST.get("text", "")),
            revision=read_revision(request.POST.get("revision", "")),
            by=request.user,
        )
    except ValidationError as error:
        return _answer(request, report, error=" ".join(error.messages), status=422)
    except reports.StaleText as stale:
        return _stale(request, report, stale)
    return _answer(request, report, revision=note.revision if note else 0)


def count_comment_save(request: HttpRequest, pk: int) -> HttpResponse:
    """Save the comment of the month."""
    report = find(request, pk)
    try:
        saved = reports.comment_month(
            report=report,
            text=read_text(request.POST.get("text", "")),
            revision=read_revision(request.POST.get("revision", "")),
            by=request.user,
        )
    except ValidationError as error:
        return _answer(request, report, error=" ".join(error.messages), status=422)
    except reports.StaleText as stale:
        return _stale(request, report, stale)
    return _answer(request, report, revision=saved.revision)


def count_cell_history(
    request: HttpRequest, pk: int, indicator_pk: int, cell_pk: int | None = None
) -> HttpResponse:
    """Who wrote what in a row, or in one cell with its comment."""
    report = find(request, pk)
    sheet = filled(report)
    row = sheet.row_or_404(indicator_pk)
    column = sheet.column_or_404(indicator_pk, cell_pk) if cell_pk else None
    count = row.counts.get(cell_pk) if cell_pk else None
    context = {
        "report": report,
        "row": row,
        "column": column,
        "count": count,
        "marks": CELL_MARKS,
        "changes": history.changes(report, row.indicator, cell_pk, by=request.user),
        "columns": {one.cell_id: one for one in row.columns},
        "can_write": report.is_editable
        and not (count and count.is_derived)
        and request.user.has_perm("beneficiaries.enter_counts", report),
    }
    part = "_cell_history.html" if request.headers.get("HX-Request") else "cell_history.html"
    return render(request, f"beneficiaries/{part}", context)


def _report(by: User, pk: int) -> CountReport:
    """The report of a cell, asked as its row is.

    Whoever enters counts in it sees it; anybody else is answered as everywhere.
    """
    for report in CountReport.objects.raw(REPORT, [pk]):
        if by.has_perm("beneficiaries.enter_counts", report):
            return report
    return get_object_or_404(CountReport.objects.visible_to(by), pk=pk)


def _cell_or_404(*, indicator_id: int, cell_id: int) -> None:
    """A refusal is about a cell that is there; another one is not found."""
    get_object_or_404(Indicator.objects.filter(breakdown__cells=cell_id), pk=indicator_id)


def _cell(count: BeneficiaryCount | None) -> dict:
    """How a cell stands on the page: text, revision, whether it has a comment."""
    return {
        "value": shown(count),
        "revision": count.revision if count else 0,
        "commented": bool(count and count.comment),
    }


def _stale(request: HttpRequest, report: CountReport, stale: reports.StaleText) -> HttpResponse:
    message = render_to_string("beneficiaries/_conflict.html", {"text": stale.text})
    return _answer(request, report, error=message, status=409, revision=stale.revision)


def _answer(
    request: HttpRequest, report: CountReport, *, error: str = "", status: int = 200, **fields
) -> HttpResponse:
    """JSON to the page that asked for it; back to the report for a plain form."""
    error = error.strip()
    if "application/json" in request.headers.get("Accept", ""):
        saved = render_to_string("beneficiaries/_saved.html", {"at": timezone.now()}).strip()
        note = {"error": error} if error else {"saved": saved}
        return JsonResponse(fields | note, status=status)
    if error:
        messages.error(request, error)
    anchor = f"#cell-{cell}" if (cell := request.POST.get("anchor", "")) else ""
    response = redirect(report)
    if anchor.replace("-", "").removeprefix("#cell").isdigit():
        response["Location"] += anchor
    return response
