"""Giving up a correction: what is lost is said first, and nothing is lost by one click."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import correction as corrections
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.count import Entry
from beneficiaries.models import CountReport

from .factories import make_filled_report, make_user, submit_as_is
from .forms import form_with
from .month_page import place, worker

pytestmark = pytest.mark.django_db
__all__ = ["place", "worker"]
REASON = "The register says otherwise."


@pytest.fixture
def approved(place):
    report = make_filled_report(place, dt.date(2026, 1, 1))
    submit_as_is(report)
    return report


@pytest.fixture
def correction(approved, worker, acting):
    with acting(worker):
        return corrections.correct(report=approved, reason=REASON, by=worker)


def url(report):
    return reverse("count_report_discard", args=[report.pk])


def write(report, acting, user, *values):
    cells = list(report.counts.order_by("cell"))[: len(values)]
    pairs = zip(cells, values, strict=True)
    entries = {(count.indicator_id, count.cell_id): Entry(value) for count, value in pairs}
    with acting(user):
        counts.save_cells(report=report, entries=entries, by=user)


def test_what_is_lost_is_said_before_it_is(client, worker, place, correction, approved, acting):
    bina = make_user(Role.FIELD_WORKER, place.organisation, display_name="Bina")
    write(correction, acting, worker, 7, 8, 9)
    write(correction, acting, bina, 5)
    indicator = correction.counts.first().indicator
    counts.explain(report=correction, indicator=indicator, text="A new shelter.", by=worker)
    assert url(correction) in client.get(correction.get_absolute_url()).content.decode()
    page = " ".join(client.get(url(correction)).content.decode().split())
    assert "2 numbers · Asha · last typed" in page
    assert "1 number · Bina · last typed" in page
    assert "1 explanation of an unusual total" in page
    assert "The comment on the month" not in page
    assert REASON in page
    assert CountReport.objects.filter(pk=correction.pk).exists()
    answer = client.post(url(correction), form_with(page, "seen").data())
    assert answer["Location"] == approved.get_absolute_url()
    assert not CountReport.objects.filter(version=2).exists()


def test_one_click_gives_nothing_up(client, worker, correction):
    page = client.post(url(correction)).content.decode()
    assert "No number: it says what the approved report says." in page
    assert CountReport.objects.filter(pk=correction.pk).exists()


def test_what_was_typed_after_the_look_is_shown_before_it_is_lost(
    client, worker, place, correction, acting
):
    seen = form_with(client.get(url(correction)).content.decode(), "seen").data()
    write(correction, acting, make_user(Role.FIELD_WORKER, place.organisation), 5)
    page = client.post(url(correction), seen).content.decode()
    assert "Somebody typed in this correction since you looked." in page
    assert "1 number" in page
    correction.refresh_from_db()
    with acting(worker):
        reports.comment_month(
            report=correction, text="Snow.", revision=correction.revision, by=worker
        )
    page = client.post(url(correction), form_with(page, "seen").data()).content.decode()
    assert "The comment on the month" in page
    client.post(url(correction), form_with(page, "seen").data())
    assert not CountReport.objects.filter(version=2).exists()


def test_a_first_version_is_not_given_up(client, worker, place):
    draft = make_filled_report(place, dt.date(2026, 2, 1))
    answer = client.get(url(draft), follow=True)
    assert answer.redirect_chain[0][0] == draft.get_absolute_url()
    assert "Only a correction that nobody has reviewed can be given up." in answer.content.decode()
