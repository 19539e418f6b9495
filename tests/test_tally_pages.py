"""The pages of the tally sheets, as people use them without any script."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from beneficiaries import tallies
from beneficiaries.actions import tally
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock, TallySheet

from .factories import (
    make_breakdown,
    make_indicator,
    make_membership,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 20)
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def place():
    place = make_program_site(is_tallied=True)
    make_program_indicator(place.program, make_indicator(make_breakdown(), name_en="Encounters"))
    place.refresh_from_db()
    return place


@pytest.fixture
def worker(place, client):
    worker = make_user(Role.FIELD_WORKER, place.organisation)
    client.force_login(worker)
    return worker


def url(place, day=DAY, number=1, name="tally_sheet") -> str:
    return reverse(name, args=[place.pk, day, number])


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


def test_a_mistake_keeps_what_was_typed(client, place, worker):
    answer = post(client, place, "many", "7")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "Give a whole number." in html
    assert 'value="7"' in html
    assert not TallySheet.objects.exists()


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


@pytest.mark.parametrize("path", ["/tally/{}/2999-01-01/", "/tally/{}/1999-01-01/", "/tally/{}/x/"])
def test_a_day_that_cannot_be_is_not_found(client, place, worker, path):
    assert client.get(path.format(place.pk)).status_code == 404
    assert client.get(url(place, number=21)).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.FIELD_WORKER, 200),
        (Role.CASE_WORKER, 200),
        (Role.COORDINATOR, 200),
        (Role.PARTNER, 200),
        (Role.ADMINISTRATOR, 403),
        (Role.AUDITOR, 403),
        (Role.FUNDER, 403),
    ],
)
def test_who_opens_the_sheets(client, place, role, status):
    client.force_login(make_user(role, place.organisation))
    month = reverse("tally_sheets", args=[place.pk, MARCH])
    for page in (reverse("tally_places"), month, url(place)):
        assert client.get(page).status_code == status


def test_another_organisations_or_sites_sheets_are_not_found(client, place):
    elsewhere = make_site(place.organisation)
    for stranger in (
        make_user(Role.FIELD_WORKER),
        make_user(Role.FIELD_WORKER, place.organisation, site=elsewhere),
        make_user(Role.COORDINATOR),
    ):
        client.force_login(stranger)
        month = reverse("tally_sheets", args=[place.pk, MARCH])
        assert [client.get(page).status_code for page in (month, url(place))] == [404, 404]
        assert client.post(url(place, name="tally_sheet_cancel")).status_code == 404


def test_a_right_held_elsewhere_opens_nothing_here(client, place):
    mixed = make_user(Role.ADMINISTRATOR, place.organisation)
    make_membership(mixed, Role.FIELD_WORKER)
    client.force_login(mixed)
    assert client.get(url(place)).status_code == 404


def test_a_site_without_tally_sheets_has_no_page(client, worker, place):
    other = make_program_site(place.program, make_site(place.organisation))
    assert client.get(reverse("tally_sheets", args=[other.pk])).status_code == 404


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
