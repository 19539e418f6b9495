"""Each rule of the counts' tables refuses what breaks it, in words."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from beneficiaries.models import BeneficiaryCount, CountNote, CountReport
from programs.violations import explained

from .factories import (
    make_breakdown,
    make_organisation,
    make_program,
    make_program_indicator,
    make_program_site,
    make_report,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
REASON = "A reason long enough."


def refuses(name, write):
    """`write` is refused by the constraint `name`, with its own message."""
    with pytest.raises(ValidationError) as refused, explained():
        write()
    assert refused.value.code == name
    assert "database refused" not in refused.value.messages[0]


def people():
    return make_user(None), make_user(None)


def change(report, **fields):
    return lambda: CountReport.objects.filter(pk=report.pk).update(**fields)


def reviewed(**fields):
    one, other = people()
    return {
        "submitted_by": one,
        "submitted_at": NOW,
        "reviewed_by": other,
        "reviewed_at": NOW,
    } | fields


# --- reports ---


def test_a_report_is_of_an_organisation_of_the_program():
    site = make_site()
    fields = {"organisation": site.organisation, "program": make_program(), "site": site}
    report = CountReport(**fields, month=dt.date(2026, 1, 1))
    refuses("countreport_partnership", report.save)


def test_a_report_is_of_a_site_of_its_organisation():
    program = make_program()
    report = CountReport(
        organisation=program.organisation,
        program=program,
        site=make_site(),
        month=dt.date(2026, 1, 1),
    )
    refuses("countreport_site", report.save)


def test_a_version_is_there_once():
    place = make_program_site()
    make_report(place, status="approved", **reviewed())
    refuses("countreport_version_once", lambda: make_report(place))


def test_one_version_is_open():
    place = make_program_site()
    first = make_report(place)
    later = {"version": 2, "supersedes": first, "correction_reason": REASON}
    refuses("countreport_one_open", lambda: make_report(place, **later))


def test_one_version_is_approved():
    place = make_program_site()
    first = make_report(place, status="approved", **reviewed())
    later = {"version": 2, "supersedes": first, "correction_reason": REASON, "status": "approved"}
    refuses("countreport_one_approved", lambda: make_report(place, **later, **reviewed()))


def test_a_later_version_corrects_one_and_says_why():
    place = make_program_site()
    alone = {"version": 2, "correction_reason": REASON}
    refuses("countreport_corrects_a_version", lambda: make_report(place, **alone))
    first = make_report(place, status="approved", **reviewed())
    later = {"version": 2, "supersedes": first}
    refuses("countreport_correction_reason_sealed", lambda: make_report(place, **later))
    short = later | {"correction_reason": "a typo"}
    refuses("countreport_correction_reason_sealed", lambda: make_report(place, **short))


def test_a_month_is_its_first_day():
    refuses(
        "countreport_month_starts_on_the_first",
        lambda: make_report(month=dt.date(2026, 1, 15)),
    )


def test_states_are_known():
    refuses("countreport_status", change(make_report(), status="lost"))


def test_a_state_has_its_people():
    one, other = people()
    report = make_report()
    refuses("countreport_submitted_by_someone", change(report, status="submitted"))
    sent = {"submitted_by": one, "submitted_at": NOW}
    refuses("countreport_reviewed_by_someone", change(report, status="approved", **sent))
    alone = sent | {"reviewed_by": one, "reviewed_at": NOW}
    refuses("countreport_four_eyes", change(report, status="approved", **alone))
    returned = sent | {"reviewed_by": other, "reviewed_at": NOW}
    refuses("countreport_return_reason_sealed", change(report, status="returned", **returned))
    short = returned | {"return_reason": sealed(report, "return_reason", "no")}
    refuses("countreport_return_reason_sealed", change(report, status="returned", **short))


def sealed(row, field, text):
    return row._meta.get_field(field).seal_for(row, text)


@pytest.mark.parametrize("field", ["comment", "return_reason", "correction_reason"])
def test_texts_of_a_report_are_sealed(field):
    report = make_report()
    with connection.cursor() as cursor:
        plain = f"UPDATE beneficiaries_countreport SET {field} = 'plain' WHERE id = %s"
        refuses(f"countreport_{field}_sealed", lambda: cursor.execute(plain, [report.pk]))


def test_a_report_keeps_what_it_is_of():
    refuses("beneficiaries_countreport_keeps", change(make_report(), month=dt.date(2026, 2, 1)))


# --- counts ---


@pytest.fixture
def count():
    """A valid count, not saved."""
    report = make_report()
    indicator = make_program_indicator(report.program).indicator
    return BeneficiaryCount(
        organisation=report.organisation,
        report=report,
        indicator=indicator,
        breakdown=indicator.breakdown,
        cell=indicator.breakdown.cells.first(),
        value=1,
    )


def with_fields(row, **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    return row.save


def test_a_cell_has_one_count(count):
    count.save()
    count.pk = None
    count._state.adding = True
    refuses("beneficiarycount_once", count.save)


def test_a_count_is_of_its_reports_organisation(count):
    refuses("beneficiarycount_report", with_fields(count, organisation=make_organisation()))


def test_a_count_is_of_its_indicators_breakdown(count):
    other = make_breakdown()
    refuses(
        "beneficiarycount_indicator",
        with_fields(count, breakdown=other, cell=other.cells.first()),
    )
    count.breakdown = count.indicator.breakdown
    refuses("beneficiarycount_cell", with_fields(count, cell=other.cells.first()))


def test_a_count_is_within_bounds(count):
    refuses("beneficiarycount_value", with_fields(count, value=100_001))


def test_a_count_is_a_number_or_a_reason(count):
    refuses("beneficiarycount_value_or_reason", with_fields(count, value=None))
    refuses(
        "beneficiarycount_value_or_reason",
        with_fields(count, value=0, missing_reason="withheld"),
    )
    refuses("beneficiarycount_missing_reason", with_fields(count, value=None, missing_reason="x"))


def test_a_count_keeps_its_cell(count):
    count.save()
    other = count.breakdown.cells.last()
    refuses("beneficiaries_beneficiarycount_keeps", with_fields(count, cell=other))


@pytest.mark.parametrize("status", ["submitted", "approved", "superseded"])
def test_counts_freeze_with_their_report(count, status):
    count.save()
    CountReport.objects.filter(pk=count.report_id).update(status=status, **reviewed())
    refuses("beneficiarycount_frozen", with_fields(count, value=2))
    refuses("beneficiarycount_frozen", count.delete)
    fresh = BeneficiaryCount(
        organisation_id=count.organisation_id,
        report_id=count.report_id,
        indicator=count.indicator,
        breakdown=count.breakdown,
        cell=count.breakdown.cells.last(),
        value=1,
    )
    refuses("beneficiarycount_frozen", fresh.save)


def test_a_count_does_not_move_to_or_from_a_frozen_report(count):
    count.save()
    place = count.report.program.program_sites.get()
    frozen = make_report(place, dt.date(2026, 2, 1), status="approved", **reviewed())
    refuses("beneficiarycount_frozen", with_fields(count, report=frozen))


# --- explanations ---


def test_a_row_is_explained_once_in_words(count):
    fields = {
        "organisation": count.organisation,
        "report": count.report,
        "indicator": count.indicator,
    }
    refuses("countnote_text_filled", CountNote(**fields, text="").save)
    CountNote.objects.create(**fields, text="Snow.")
    refuses("countnote_once", CountNote(**fields, text="Rain.").save)
    CountNote.objects.all().delete()
    foreign = fields | {"organisation": make_organisation()}
    refuses("countnote_report", CountNote(**foreign, text="Rain.").save)
