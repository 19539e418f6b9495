"""The page of a month, with and without JavaScript."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import count as counts
from beneficiaries.actions.count import Entry
from programs.actions import create_breakdown

from .factories import (
    make_filled_report,
    make_indicator,
    make_program_indicator,
    make_user,
    submit_as_is,
)
from .month_page import MONTH, cells, indicator, place, report, worker

pytestmark = pytest.mark.django_db
__all__ = ["indicator", "place", "report", "worker"]


def test_the_page_has_a_labelled_field_for_each_cell(client, worker, report, indicator):
    page = client.get(report.get_absolute_url()).content.decode()
    for cell in cells(indicator):
        assert f'id="cell-{indicator.pk}-{cell.pk}"' in page
        assert f'id="k-{cell.pk}"' in page
    assert f'id="h-{indicator.pk}"' in page
    assert page.count("<h1") == 1


def test_a_number_that_is_not_broken_down_is_its_own_total(client, worker, place, report):
    whole = create_breakdown(code="WHOLE", name_fr="Total", name_en="Total", dimensions=[])
    meals = make_program_indicator(place.program, make_indicator(whole, name_en="Meals")).indicator
    page = client.get(report.get_absolute_url()).content.decode()
    table = page.split('<caption class="visually-hidden">Total')[1].split("</table>")[0]
    assert table.count("Total</th>") == 1
    assert f'name="c-{meals.pk}-{whole.cells.get().pk}"' in table
    assert "Meals: give a number, or say why it is missing." in page
    assert "Meals, Total" not in page
    submit_as_is(report)
    table = client.get(report.get_absolute_url()).content.decode().split("Total</caption>")[1]
    assert table.count("Total</th>") == 1


def test_the_page_takes_as_many_queries_for_many_indicators_as_for_one(
    client, worker, place, report, django_assert_max_num_queries
):
    url = report.get_absolute_url()
    client.get(url)
    with django_assert_max_num_queries(19) as one:
        client.get(url)
    for position in range(5):
        make_program_indicator(place.program, position=position)
    with django_assert_max_num_queries(len(one)):
        client.get(url)


def test_the_whole_page_is_saved_by_a_plain_form(client, worker, report, indicator):
    first, second, third, *_rest = cells(indicator)
    answer = client.post(
        report.get_absolute_url(),
        {
            f"c-{indicator.pk}-{first.pk}": "1\u202f200",
            f"c-{indicator.pk}-{second.pk}": "nc",
            f"c-{indicator.pk}-{third.pk}": "",
            "comment": "Roof repairs.",
            "comment-revision": report.revision,
        },
    )
    assert answer.status_code == 302
    assert report.counts.get(cell=first).value == 1200
    assert report.counts.get(cell=second).missing_reason == "not_collected"
    assert report.counts.count() == 2
    report.refresh_from_db()
    assert report.comment == "Roof repairs."


@pytest.mark.parametrize(
    "text", ["abc", "-3", "\u22125", "1.5", "10" * 20, "1e5", "0x1F", "\x00", "1,000", "100001"]
)
def test_what_is_no_count_is_said_and_kept(client, worker, report, indicator, text):
    first, second, *_rest = cells(indicator)
    answer = client.post(
        report.get_absolute_url(),
        {f"c-{indicator.pk}-{first.pk}": text, f"c-{indicator.pk}-{second.pk}": "4"},
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "is not understood" in page
    assert f'href="#cell-{indicator.pk}-{first.pk}"' in page
    assert report.counts.get().value == 4


@pytest.mark.parametrize("text", ["12", " 12 ", "١٢", "१२", "១២", "12\u00a0"])
def test_digits_of_any_script_are_numbers(client, worker, report, indicator, text):
    first = cells(indicator)[0]
    client.post(report.get_absolute_url(), {f"c-{indicator.pk}-{first.pk}": text})
    assert report.counts.get().value == 12


def test_a_page_that_is_out_of_date_overwrites_nothing(
    client, worker, place, report, indicator, acting
):
    first, second, *_rest = cells(indicator)
    colleague = make_user(Role.FIELD_WORKER, place.organisation, display_name="Bina")
    with acting(colleague):
        entries = {(indicator.pk, first.pk): Entry(8), (indicator.pk, second.pk): Entry(9)}
        counts.save_cells(report=report, entries=entries, by=colleague)
    name = f"{indicator.pk}-{first.pk}"
    untouched = f"{indicator.pk}-{second.pk}"
    seen_empty = {f"r-{name}": "0", f"r-{untouched}": "0", f"c-{untouched}": ""}
    answer = client.post(report.get_absolute_url(), {f"c-{name}": "5"} | seen_empty)
    page = answer.content.decode()
    assert "Changed by Bina" in page
    assert "It says “8”, you typed “5”" in page
    assert [c.value for c in report.counts.order_by("cell")] == [8, 9]
    kept = report.counts.get(cell=first)
    client.post(report.get_absolute_url(), {f"c-{name}": "5", f"r-{name}": kept.revision})
    assert report.counts.get(cell=first).value == 5


def test_the_list_of_what_is_to_mend_comes_alone(client, worker, place):
    report = make_filled_report(place, MONTH)
    part = client.get(report.get_absolute_url(), {"part": "checks"}).content.decode()
    assert "can be submitted" in part
    assert "<html" not in part


def test_submitting_saves_the_page_first(client, worker, report, indicator):
    fields = {f"c-{indicator.pk}-{cell.pk}": "0" for cell in cells(indicator)}
    first = f"c-{indicator.pk}-{cells(indicator)[0].pk}"
    url = reverse("count_report_submit", args=[report.pk])
    page = client.post(url, fields | {first: ""}).content.decode()
    assert "Not submitted yet" in page
    assert client.post(url, fields).status_code == 302
    report.refresh_from_db()
    assert report.status == "submitted"
