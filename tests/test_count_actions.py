"""One report of a month, from its opening to its correction."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.actions import correction as corrections
from beneficiaries.actions import report as reports
from beneficiaries.checks import NotReady
from beneficiaries.models import CountReport

from .factories import (
    make_filled_report,
    make_program,
    make_program_indicator,
    make_program_site,
    make_report,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 1, 1)
REASON = "The register was read again."


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def worker(place):
    return make_user(Role.FIELD_WORKER, place.organisation)


@pytest.fixture
def coordinator(place):
    return make_user(Role.COORDINATOR, place.organisation)


def opened(place, by, month=MONTH):
    return reports.open_report(program=place.program, site=place.site, month=month, by=by)


def test_a_month_opens_once(place, worker):
    first = opened(place, worker)
    assert (first.status, first.version, first.organisation_id) == (
        "draft",
        1,
        place.organisation_id,
    )
    assert opened(place, worker) == first


def test_a_site_that_is_not_open_has_no_report(place, worker):
    other = make_site(place.organisation)
    with pytest.raises(ValidationError, match="not open for this program"):
        reports.open_report(program=place.program, site=other, month=MONTH, by=worker)


def test_a_month_to_come_is_refused(place, worker):
    with pytest.raises(ValidationError, match="not begun"):
        opened(place, worker, dt.date(2126, 1, 1))


def test_a_worker_of_another_site_opens_nothing(place):
    elsewhere = make_user(Role.FIELD_WORKER, place.organisation, site=make_site(place.organisation))
    with pytest.raises(PermissionDenied):
        opened(place, elsewhere)


def test_an_unfinished_report_is_not_submitted(place, worker):
    make_program_indicator(place.program)
    report = opened(place, worker)
    with pytest.raises(NotReady) as refused:
        reports.submit(report=report, by=worker)
    assert [f.code for f in refused.value.findings] == ["missing"]
    assert refused.value.findings[0].anchor.startswith("cell-")


def test_from_draft_to_approved(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    reports.approve(report=report, by=coordinator)
    report.refresh_from_db()
    assert report.status == "approved"
    assert (report.submitted_by, report.reviewed_by) == (worker, coordinator)
    actions = JournalEntry.objects.filter(target_id=report.pk).values_list("action", flat=True)
    assert list(actions.order_by("id")) == ["submit", "approve"]


def test_four_eyes(place, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=coordinator)
    with pytest.raises(ValidationError, match="Someone else approves"):
        reports.approve(report=report, by=coordinator)


def test_a_worker_approves_nothing(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=coordinator)
    with pytest.raises(PermissionDenied):
        reports.approve(report=report, by=worker)


def test_only_a_submitted_report_is_approved(place, coordinator):
    with pytest.raises(ValidationError, match="This report is draft"):
        reports.approve(report=make_filled_report(place, MONTH), by=coordinator)


def test_a_second_submission_is_refused(place, worker):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    with pytest.raises(ValidationError, match="This report is submitted"):
        reports.submit(report=report, by=worker)


def test_a_return_says_why(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    with pytest.raises(ValidationError, match="ten characters"):
        reports.return_to_author(report=report, reason="no", by=coordinator)
    with pytest.raises(ValidationError, match="ten characters"):
        reports.return_to_author(report=report, reason=" " * 20, by=coordinator)
    reports.return_to_author(report=report, reason=REASON, by=coordinator)
    report.refresh_from_db()
    assert (report.status, report.return_reason) == ("returned", REASON)
    reports.submit(report=report, by=worker)


def test_a_submission_is_taken_back_by_its_author_alone(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    with pytest.raises(PermissionDenied):
        reports.take_back(report=report, by=coordinator)
    assert reports.take_back(report=report, by=worker).status == "draft"


def test_a_correction_leaves_the_approved_report_until_it_is_approved(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    reports.approve(report=report, by=coordinator)
    version = corrections.correct(report=report, reason=REASON, by=worker)
    assert version.counts.count() == report.counts.count()
    assert CountReport.objects.approved().get() == report
    reports.submit(report=version, by=worker)
    reports.approve(report=version, by=coordinator)
    report.refresh_from_db()
    assert report.status == "superseded"
    assert CountReport.objects.approved().get() == version


def test_a_correction_says_why_and_there_is_one_at_a_time(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    reports.approve(report=report, by=coordinator)
    with pytest.raises(ValidationError, match="ten characters"):
        corrections.correct(report=report, reason="typo" + " " * 20, by=worker)
    version = corrections.correct(report=report, reason=REASON, by=worker)
    with pytest.raises(ValidationError, match="already"):
        corrections.correct(report=report, reason=REASON, by=worker)
    corrections.discard(report=version, by=worker)
    assert corrections.correct(report=report, reason=REASON, by=worker).version == 2


def test_a_correction_that_was_reviewed_is_not_given_up(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    reports.approve(report=report, by=coordinator)
    version = corrections.correct(report=report, reason=REASON, by=worker)
    reports.submit(report=version, by=worker)
    reports.return_to_author(report=version, reason=REASON, by=coordinator)
    for move in (reports.submit, reports.take_back):
        move(report=version, by=worker)
    with pytest.raises(ValidationError, match="nobody has reviewed"):
        corrections.discard(report=version, by=worker)


def test_a_correction_that_was_taken_back_is_given_up(place, worker, coordinator):
    report = make_filled_report(place, MONTH)
    reports.submit(report=report, by=worker)
    reports.approve(report=report, by=coordinator)
    version = corrections.correct(report=report, reason=REASON, by=worker)
    reports.submit(report=version, by=worker)
    reports.take_back(report=version, by=worker)
    corrections.discard(report=version, by=worker)
    assert CountReport.objects.get() == report


def test_the_lead_reviews_what_its_partner_submitted(place):
    program = make_program()
    partner_site = make_site()
    program.partnerships.create(
        organisation=partner_site.organisation, role="implementing", active=place.active
    )
    shared = make_program_site(program, partner_site)
    partner = make_user(Role.PARTNER, shared.organisation)
    lead = make_user(Role.COORDINATOR, program.organisation)
    report = make_filled_report(shared, MONTH)
    with pytest.raises(PermissionDenied):
        reports.approve(report=report, by=lead)
    assert not CountReport.objects.visible_to(lead).exists()
    reports.submit(report=report, by=partner)
    assert CountReport.objects.visible_to(lead).get() == report
    assert reports.approve(report=report, by=lead).status == "approved"


def test_a_comment_that_somebody_else_changed_is_not_lost(place, worker):
    report = make_report(place, MONTH)
    saved = reports.comment_month(report=report, text="Roof repairs.", revision=1, by=worker)
    with pytest.raises(reports.StaleText) as refused:
        reports.comment_month(report=report, text="Holidays.", revision=1, by=worker)
    assert (refused.value.text, refused.value.revision) == ("Roof repairs.", saved.revision)
