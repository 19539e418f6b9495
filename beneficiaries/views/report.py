"""The report of a month: its page, and the steps of its life."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from beneficiaries import history
from beneficiaries.actions import correction as corrections
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.count import Key, StaleCell
from beneficiaries.actions.sheet import save_sheet
from beneficiaries.checks import NotReady
from beneficiaries.grid import grid_of
from beneficiaries.lost import lost_with
from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.neighbours import neighbours_of
from beneficiaries.sheet import Sheet, filled
from beneficiaries.steps import steps_of
from beneficiaries.typed import Typed, read_page, read_revision, read_text
from programs.models import Indicator
from programs.months import month_after


def find(request: HttpRequest, pk: int) -> CountReport:
    """The report, if this person may see it."""
    reports_seen = CountReport.objects.visible_to(request.user).select_related(
        "program", "site", "organisation", "submitted_by", "reviewed_by", "superseded_by"
    )
    return get_object_or_404(reports_seen, pk=pk)


def count_report(request: HttpRequest, pk: int) -> HttpResponse:
    """A month on one page: entered, or read and reviewed."""
    report = find(request, pk)
    if request.method == "POST":
        kept = keep(request, report)
        if kept.is_whole:
            messages.success(request, _("Saved."))
            return redirect(report)
        return page(request, report, kept)
    if request.GET.get("part") == "checks":
        grid = grid_of(report, tried="tried" in request.GET)
        context = {"report": report, "grid": grid, "is_part": True}
        return render(request, "beneficiaries/_checks.html", context)
    return page(request, report)


@dataclass
class Kept:
    """What became of a page that was sent: what could not be kept is shown again."""

    typed: Typed
    stale: Mapping[Key, StaleCell]
    comment: str | None = None
    stale_comment: str = ""
    # What somebody else wrote about an indicator.
    stale_notes: tuple[tuple[Indicator, str], ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        refused = (self.typed.mistakes, self.stale, self.stale_notes, self.stale_comment)
        return not (any(refused) or self.problems)


def keep(request: HttpRequest, report: CountReport) -> Kept:
    """Save all that a sent page holds and that can be saved."""
    sheet = filled(report)
    typed = read_page(request.POST, sheet)
    kept = Kept(typed, {})
    try:
        saved = save_sheet(
            report=report, entries=typed.entries, revisions=typed.revisions, by=request.user
        )
        kept.stale = saved.stale
        _keep_notes(request, report, sheet, kept)
        _keep_comment(request, report, kept)
    except ValidationError as error:
        kept.problems = tuple(error.messages)
    return kept


def _keep_notes(request: HttpRequest, report: CountReport, sheet: Sheet, kept: Kept) -> None:
    """Save the explanations; those that stay typed are the ones that could not be kept."""
    for indicator_id, text in list(kept.typed.notes.items()):
        row = sheet.by_indicator[indicator_id]
        if text.strip() != (row.note.text if row.note else ""):
            revision = kept.typed.note_revisions[indicator_id]
            text = read_text(text)
            where = {"report": report, "indicator": row.indicator, "by": request.user}
            try:
                counts.explain(**where, text=text, revision=revision)
            except reports.StaleText as stale:
                kept.stale_notes += ((row.indicator, stale.text),)
                continue
        del kept.typed.notes[indicator_id]


def _keep_comment(request: HttpRequest, report: CountReport, kept: Kept) -> None:
    kept.comment = request.POST.get("comment")
    if kept.comment is None or kept.comment.strip() == report.comment:
        return
    revision = read_revision(request.POST.get("comment-revision", ""))
    text = read_text(kept.comment)
    try:
        reports.comment_month(report=report, text=text, revision=revision, by=request.user)
    except reports.StaleText as stale:
        kept.stale_comment = stale.text


def page(
    request: HttpRequest,
    report: CountReport,
    kept: Kept | None = None,
    *,
    tried: bool = False,
    reason: str = "",
    refused: Sequence[str] = (),
) -> HttpResponse:
    """The report's page; with what was not kept, with what is to mend after `tried`, or with a
    `reason` and why it was `refused`."""
    if kept is not None:
        report = find(request, report.pk)  # as saving left it
    may = steps_of(report, request.user)
    grid = grid_of(report, typed=kept and kept.typed, stale=kept and kept.stale, tried=tried)
    template = "count_report_entry.html" if may.enter else "count_report_reading.html"
    context = {
        "report": report,
        "grid": grid,
        "may": may,
        "kept": kept,
        "tried": tried,
        "reason": reason,
        "refused": refused,
        "comment": kept.comment if kept and kept.comment is not None else report.comment,
        **_around(report, request.user),
    }
    return render(request, f"beneficiaries/{template}", context)


def _around(report: CountReport, user: User) -> dict:
    """What stands around the grid, whatever was typed."""
    return {
        "saved_at": history.saved_at(report),
        "marks": counts.ROW_MARKS,
        "most": BeneficiaryCount.MAX_VALUE,
        "neighbours": neighbours_of(report, user),
        "earlier_months": (month_after(report.month, -1), month_after(report.month, -12)),
    }


def count_report_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Save what the page holds, then hand the month over; what is to mend otherwise."""
    report = find(request, pk)
    if request.method != "POST":
        return redirect(report)
    kept = keep(request, report)
    if not kept.is_whole:
        return page(request, report, kept)
    try:
        reports.submit(report=report, by=request.user)
    except NotReady:
        return page(request, report, kept, tried=True)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Submitted. Someone else now approves it."))
    return redirect(report)


def count_report_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    try:
        reports.take_back(report=report, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken back: you can change it again."))
    return redirect(report)


def count_report_approve(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    if request.method == "POST":
        try:
            reports.approve(report=report, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Approved. Its figures are in the dashboard now."))
    return redirect(report)


def count_report_return(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    if request.method != "POST":
        return redirect(report)
    reason = request.POST.get("reason", "")
    try:
        reports.return_to_author(report=report, reason=read_text(reason), by=request.user)
    except ValidationError as error:
        return _refused(request, report, reason, error)
    messages.success(request, _("Returned, with what is to mend."))
    return redirect("count_board")


def count_report_correct(request: HttpRequest, pk: int) -> HttpResponse:
    report = find(request, pk)
    if request.method != "POST":
        return redirect(report)
    reason = request.POST.get("reason", "")
    try:
        version = corrections.correct(report=report, reason=read_text(reason), by=request.user)
    except ValidationError as error:
        return _refused(request, report, reason, error)
    return redirect(version)


def _refused(
    request: HttpRequest, report: CountReport, reason: str, error: ValidationError
) -> HttpResponse:
    """The page again, with the reason that was typed; the board once it is no longer seen."""
    if not CountReport.objects.visible_to(request.user).filter(pk=report.pk).exists():
        messages.error(request, " ".join(error.messages))
        return redirect("count_board")
    return page(request, find(request, report.pk), reason=reason, refused=error.messages)


def count_report_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what giving up a correction loses, and do it once confirmed."""
    report = find(request, pk)
    try:
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            corrections.discard(report=report, seen=seen, by=request.user)
            messages.success(request, _("The correction is given up: the approved report stands."))
            return redirect("count_report", pk=report.supersedes_id)
        corrections.check_may_discard(report, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        if error.code != "changed":
            return redirect(report)
    context = {"report": report, "lost": lost_with(report)}
    return render(request, "beneficiaries/count_report_discard.html", context)
