"""A block pasted from a spreadsheet."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions.lock import lock_months

from .factories import (
    make_user,
    submit_as_is,
)
from .month_page import JSON, MONTH, cells, indicator, place, report, worker

pytestmark = pytest.mark.django_db
__all__ = ["indicator", "place", "report", "worker"]


def test_a_pasted_block_is_shown_before_it_is_written(client, worker, report, indicator):
    first, second, *_rest = cells(indicator)
    url = reverse("count_report_paste", args=[report.pk])
    last = cells(indicator)[-1]
    block = {"start": f"{indicator.pk}-{last.pk}", "text": "7\t8\n9"}
    page = client.post(url, block).content.decode()
    assert "Outside the grid" in page
    assert "8 · 9" in page
    assert not report.counts.exists()
    block = {"start": f"{indicator.pk}-{first.pk}", "text": "1\u202f024\tmany\r\n"}
    seen = client.post(url, block).context["pasted"].fingerprint
    assert client.post(url, block | {"confirm": "1", "seen": seen}).status_code == 302
    assert report.counts.get().value == 1024


def test_a_number_typed_after_the_look_is_shown_before_a_paste_overwrites_it(
    client, worker, report, indicator
):
    first = cells(indicator)[0]
    url = reverse("count_report_paste", args=[report.pk])
    block = {"start": f"{indicator.pk}-{first.pk}", "text": "1", "confirm": "1"}
    seen = client.post(url, block).context["pasted"].fingerprint
    assert not report.counts.exists()
    body = {"indicator": indicator.pk, "cell": first.pk, "value": "37", "revision": 0}
    client.post(reverse("count_cell_save", args=[report.pk]), body, **JSON)
    again = client.post(url, block | {"seen": seen})
    assert "Numbers changed since you looked." in again.content.decode()
    assert report.counts.get().value == 37
    assert [now for *_cell, now, _becomes in again.context["pasted"].preview] == ["37"]
    client.post(url, block | {"seen": again.context["pasted"].fingerprint})
    assert report.counts.get().value == 1


@pytest.mark.parametrize("part", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_a_report_that_is_handed_over_says_so_before_anything_is_pasted(
    client, worker, report, part
):
    submit_as_is(report, "submitted")
    url = reverse("count_report_paste", args=[report.pk])
    page = client.get(url, **part).content.decode()
    assert "waits for approval" in page
    assert f'href="{report.get_absolute_url()}"' in page
    assert 'name="text"' not in page
    page = client.post(url, {"start": "1-1", "text": "7\t8"}, **part).content.decode()
    assert "waits for approval" in page
    assert "7\t8</textarea>" in page


def test_a_locked_month_says_who_frees_it_before_anything_is_pasted(client, place, worker, report):
    coordinator = make_user(Role.COORDINATOR, place.organisation, display_name="Meera")
    months = {"organisation": place.organisation, "program": None, "first": MONTH, "last": MONTH}
    lock_months(**months, reason="The auditors have passed.", by=coordinator)
    page = client.get(reverse("count_report_paste", args=[report.pk])).content.decode()
    assert "The auditors have passed" in page
    assert "Who can grant one: Meera" in page
    assert 'name="text"' not in page
