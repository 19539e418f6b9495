"""The pages of the tally sheets, as people use them without any script."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beneficiaries import tallies
from beneficiaries.actions import tally
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock, TallySheet

from .factories import (
    make_program_site,
    make_site,
)
from .tally_pages import DAY, MARCH, place, url, worker

pytestmark = pytest.mark.django_db
__all__ = ["place", "worker"]


def names(place) -> list[str]:
    [row] = tallies.tallied_rows(place.program, MARCH)
    return [f"n{row.indicator.pk}_{column.cell_id}" for column in row.columns]


def post(client, place, *numbers: object, revision=0, number=1, **fields):
    values = dict(zip(names(place), numbers, strict=False))
    return client.post(url(place, number=number), values | {"revision": revision} | fields)


def saved(place, worker, acting, **fields) -> TallySheet:
    [row] = tallies.tallied_rows(place.program, MARCH)
    values = {(row.indicator.pk, row.columns[0].cell_id): 3}
    with acting(worker):
        return tally.save_sheet(
            **{"place": place, "day": DAY, "number": 1, "revision": 0, "values": values} | fields,
            by=worker,
        )


def test_a_sheet_is_filled_in_by_a_plain_post(client, place, worker):
    answer = post(client, place, "3", "", "12", note="Rain all evening.")
    assert answer["Location"] == reverse("tally_sheets", args=[place.pk, MARCH])
    sheet = TallySheet.objects.get()
    assert sorted(count.value for count in sheet.counts.all()) == [3, 12]
    assert (sheet.note, sheet.entered_by) == ("Rain all evening.", worker)
    values = BeneficiaryCount.objects.filter(is_derived=True).values_list("value", flat=True)
    assert sorted(values) == [0] * 7 + [3, 12]


def test_the_page_shows_what_was_saved(client, place, worker, acting):
    saved(place, worker, acting)
    html = client.get(url(place)).content.decode()
    assert 'value="3"' in html
    assert worker.display_name in html


def test_a_number_stands_after_its_unit_which_need_not_agree(client, place, worker, acting):
    saved(place, worker, acting)
    for address in (reverse("tally_sheets", args=[place.pk, MARCH]), url(place)):
        html = " ".join(client.get(address).content.decode().split())
        assert re.search(r"contacts:(</small>)? <(b|output) [^>]*>3</", html), address


def test_a_mistake_keeps_what_was_typed(client, place, worker):
    answer = post(client, place, "many", "7")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Give a whole number." in html
    assert 'value="7"' in html
    assert not TallySheet.objects.exists()


def test_the_most_a_box_holds_is_written_with_the_houses_spaces(client, place, worker):
    html = post(client, place, "10001").content.decode()
    assert "Give a number of at most 10\u202f000." in html
    assert not TallySheet.objects.exists()


def test_no_total_adds_what_is_refused(client, place, worker):
    html = post(client, place, "10001", "7").content.decode()
    assert "data-total>7</output>" in html
    assert 'value="10001"' in html


def test_a_million_digits_are_refused_in_words(client, place, worker):
    answer = post(client, place, "9" * 1_000_000, "7")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not TallySheet.objects.exists()


def test_a_stale_sheet_shows_the_numbers_of_both(client, place, worker, acting):
    saved(place, worker, acting)
    html = post(client, place, "8", revision=0).content.decode()
    assert 'value="8"' in html
    assert "saved meanwhile: 3" in html
    assert f"{worker.display_name} saved this sheet meanwhile" in html
    revision = TallySheet.objects.get().revision
    assert f'name="revision" value="{revision}"' in html
    post(client, place, "8", revision=revision)
    assert TallySheet.objects.get().counts.get().value == 8


def test_a_submitted_month_says_so_when_the_form_opens(client, place, worker, acting):
    saved(place, worker, acting)
    report = CountReport.objects.get()
    CountReport.objects.update(
        status="submitted", submitted_by=worker, submitted_at="2026-04-02T08:00Z"
    )
    html = client.get(url(place)).content.decode()
    assert "waits for approval" in html
    assert reverse("count_report", args=[report.pk]) in html
    assert "tally-save" not in html
    html = post(client, place, "8", revision=TallySheet.objects.get().revision).content.decode()
    assert "waits for approval" in html
    assert TallySheet.objects.get().counts.get().value == 3


def test_a_locked_month_says_why(client, place, worker):
    PeriodLock.objects.create(
        organisation=place.organisation,
        span=(MARCH, dt.date(2026, 4, 1)),
        reason="Sent to the funder.",
        locked_by=worker,
    )
    html = client.get(url(place)).content.decode()
    assert "This month is locked: Sent to the funder." in html


def test_a_sheet_is_cancelled_and_restored(client, place, worker, acting):
    saved(place, worker, acting)
    list_url = reverse("tally_sheets", args=[place.pk, MARCH])
    answer = client.post(url(place, name="tally_sheet_cancel"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{list_url}#sheet-2026-03-20-1"
    assert "cancelled, does not count" in answer.content.decode()
    assert "Restore this sheet" in client.get(url(place)).content.decode()
    client.post(url(place, name="tally_sheet_restore"))
    assert TallySheet.objects.get().cancelled_at is None
    assert client.get(url(place, name="tally_sheet_cancel")).status_code == 405


def test_the_list_shows_totals_that_run_and_days_without_a_sheet(client, place, worker, acting):
    saved(place, worker, acting)
    saved(place, worker, acting, number=2)
    saved(place, worker, acting, day=dt.date(2026, 3, 21))
    html = client.get(reverse("tally_sheets", args=[place.pk, MARCH])).content.decode()
    assert [total in html for total in ("3 so far", "6 so far", "9 so far")] == [True] * 3
    assert "29 days without a sheet" in html


@pytest.mark.parametrize(
    ("kind", "at", "day"),
    [
        ("NIGHT_CENTRE", "2026-03-21T01:00Z", dt.date(2026, 3, 20)),
        ("NIGHT_CENTRE", "2026-03-21T06:00Z", dt.date(2026, 3, 20)),
        ("NIGHT_CENTRE", "2026-03-21T14:00Z", dt.date(2026, 3, 21)),
        ("OUTREACH_ZONE", "2026-03-20T20:00Z", dt.date(2026, 3, 20)),
        ("OUTREACH_ZONE", "2026-03-21T01:00Z", dt.date(2026, 3, 21)),
    ],
)
def test_the_day_is_that_of_the_evening_where_the_site_is(monkeypatch, kind, at, day):
    """In Mumbai it is five and a half hours later than in Greenwich."""
    place = make_program_site(is_tallied=True)
    place.site = make_site(place.organisation, kind=kind, time_zone="Asia/Kolkata")
    place.program.kind_of_work = "MARAUDE"
    monkeypatch.setattr(tallies.timezone, "now", lambda: dt.datetime.fromisoformat(at))
    assert tallies.day_of(place) == day


def test_the_list_of_sites_takes_as_many_queries_for_many(client, place, worker):
    page = reverse("tally_places")
    client.get(page)
    one = queries(client, page)
    for _ in range(5):
        make_program_site(place.program, make_site(place.organisation), is_tallied=True)
    assert queries(client, page) == one


def test_the_list_of_sheets_takes_as_many_queries_for_many(client, place, worker, acting):
    page = reverse("tally_sheets", args=[place.pk, MARCH])
    saved(place, worker, acting)
    client.get(page)
    one = queries(client, page)
    for day in range(1, 19):
        saved(place, worker, acting, day=DAY.replace(day=day))
    assert queries(client, page) == one


def queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
