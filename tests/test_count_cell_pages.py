"""A cell, a row, a text of a month: saved as it is typed, on screen."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.count import Entry
from beneficiaries.models import CountNote

from .factories import make_user
from .forms import forms_of
from .month_page import JSON, cells, indicator, place, report, worker

pytestmark = pytest.mark.django_db
__all__ = ["indicator", "place", "report", "worker"]


def saved(client, report, indicator, cell, **fields):
    body = {"indicator": indicator.pk, "cell": cell.pk} | fields
    return client.post(reverse("count_cell_save", args=[report.pk]), body, **JSON)


def test_a_cell_saves_itself(client, worker, report, indicator):
    cell = cells(indicator)[0]
    answer = saved(client, report, indicator, cell, value="12", revision=0)
    count = report.counts.get()
    assert answer.json()["value"] == "12"
    assert answer.json()["revision"] == count.revision
    assert answer.json()["saved"].startswith("saved ")


def test_a_report_that_was_never_there_takes_no_cell(client, worker, indicator):
    for number in (0, 2**31, 10**30):
        answer = client.post(f"/counts/{number}/cell/", {"indicator": indicator.pk, "value": "1"})
        assert answer.status_code == 404


def test_a_cell_says_what_is_wrong(client, worker, report, indicator):
    answer = saved(client, report, indicator, cells(indicator)[0], value="many", revision=0)
    assert answer.status_code == 422
    assert "not understood" in answer.json()["error"]


def test_a_stale_cell_answers_with_both(client, worker, place, report, indicator, acting):
    cell = cells(indicator)[0]
    colleague = make_user(Role.FIELD_WORKER, place.organisation, display_name="Bina")
    with acting(colleague):
        key = (indicator.pk, cell.pk)
        counts.save_cells(report=report, entries={key: Entry(8)}, by=colleague)
    answer = saved(client, report, indicator, cell, value="5", revision=0)
    assert answer.status_code == 409
    assert answer.json()["value"] == "8"
    assert "Bina" in answer.json()["error"]
    again = saved(client, report, indicator, cell, value="5", revision=answer.json()["revision"])
    assert again.json()["value"] == "5"


def test_a_comment_keeps_the_number(client, worker, report, indicator):
    cell = cells(indicator)[0]
    revision = saved(client, report, indicator, cell, value="12", revision=0).json()["revision"]
    answer = saved(client, report, indicator, cell, comment="Holidays.", revision=revision)
    assert answer.json()["commented"]
    assert (report.counts.get().value, report.counts.get().comment) == (12, "Holidays.")


def test_a_row_is_marked_from_its_menu(client, worker, report, indicator):
    url = reverse("count_row_mark", args=[report.pk, indicator.pk])
    answer = client.post(url, {"mark": "not_applicable"}, **JSON)
    assert {cell["value"] for cell in answer.json()["cells"].values()} == {"na"}
    report.counts.all().delete()
    client.post(url, {"mark": "zero"})
    assert set(report.counts.values_list("value", flat=True)) == {0}


def test_texts_save_themselves(client, worker, report, indicator):
    note = reverse("count_note_save", args=[report.pk, indicator.pk])
    assert "saved" in client.post(note, {"text": "Winter shelter."}, **JSON).json()
    assert CountNote.objects.get().text == "Winter shelter."
    comment = reverse("count_comment_save", args=[report.pk])
    revision = report.revision
    answer = client.post(comment, {"text": "Snow.", "revision": revision}, **JSON)
    assert answer.status_code == 200
    stale = client.post(comment, {"text": "Rain.", "revision": revision}, **JSON)
    assert stale.status_code == 409
    assert "Snow." in stale.json()["error"]
    assert client.post(comment, {"text": "a\x00b", "revision": 0}, **JSON).status_code == 422


@pytest.fixture
def note(place, worker, report, indicator):
    return counts.explain(report=report, indicator=indicator, text="A new shelter.", by=worker)


def test_a_stale_explanation_answers_with_theirs(client, worker, report, indicator, note):
    url = reverse("count_note_save", args=[report.pk, indicator.pk])
    stale = client.post(url, {"text": "School holidays.", "revision": 0}, **JSON)
    assert stale.status_code == 409
    assert "A new shelter." in stale.json()["error"]
    again = {"text": "School holidays.", "revision": stale.json()["revision"]}
    assert client.post(url, again, **JSON).status_code == 200
    note.refresh_from_db()
    assert note.text == "School holidays."
    events = CountNote.pgh_event_model.objects.order_by("pgh_id")
    assert [event.text for event in events] == ["A new shelter.", "School holidays."]


def test_an_explanation_taken_away_meanwhile_is_said(client, worker, report, indicator, note):
    seen = note.revision
    counts.explain(report=report, indicator=indicator, text="", revision=seen, by=worker)
    url = reverse("count_note_save", args=[report.pk, indicator.pk])
    stale = client.post(url, {"text": "School holidays.", "revision": seen}, **JSON)
    assert stale.status_code == 409
    assert stale.json()["error"] == "Changed by someone else meanwhile."


def test_an_old_page_takes_no_explanation_away(client, worker, report, indicator, note):
    empty = {f"note-{indicator.pk}": "", f"note-revision-{indicator.pk}": "0"}
    assert client.post(report.get_absolute_url(), empty).status_code == 302
    assert CountNote.objects.get() == note
    typed = {f"note-{indicator.pk}": "School holidays.", f"note-revision-{indicator.pk}": "0"}
    page = client.post(report.get_absolute_url(), typed).content.decode()
    assert "Somebody else wrote meanwhile: “A new shelter.”" in page
    assert ">School holidays.</textarea>" in page
    seen = f'name="note-revision-{indicator.pk}" value="{note.revision}"'
    assert seen in page
    client.post(report.get_absolute_url(), empty | {f"note-revision-{indicator.pk}": note.revision})
    assert not CountNote.objects.exists()


def test_an_explanation_taken_away_and_written_again_is_still_stale(
    client, worker, report, indicator, note
):
    where = {"report": report, "indicator": indicator, "by": worker}
    counts.explain(**where, text="", revision=note.revision)
    counts.explain(**where, text="Snow.")
    with pytest.raises(reports.StaleText):
        counts.explain(**where, text="Rain.", revision=note.revision)


def test_a_cell_shows_its_history(client, worker, report, indicator):
    cell = cells(indicator)[0]
    revision = saved(client, report, indicator, cell, value="12", revision=0).json()["revision"]
    saved(client, report, indicator, cell, value="", revision=revision)
    url = reverse("count_cell_history", args=[report.pk, indicator.pk, cell.pk])
    page = client.get(url).content.decode()
    assert "cleared" in page
    assert "<strong>12</strong>" in page
    assert page.count("Asha") >= 2


def test_a_comment_stands_once_in_the_history(client, worker, report, indicator):
    cell = cells(indicator)[0]
    revision = 0
    for fields in (
        {"value": "12"},
        {"comment": "Holidays."},
        {"value": "13"},
        {"value": "14"},
        {"comment": ""},
        {"comment": "Holidays."},
        {"value": "15"},
    ):
        answer = saved(client, report, indicator, cell, revision=revision, **fields)
        revision = answer.json()["revision"]
    for keys in ([], [cell.pk]):
        page = client.get(reverse("count_cell_history", args=[report.pk, indicator.pk, *keys]))
        assert page.content.decode().count("<q>Holidays.</q>") == 2
        comments = [change.comment for change in page.context["changes"]]
        assert comments == ["", "Holidays.", "", "", "", "Holidays.", ""]


def test_one_cell_says_why_it_has_no_number_by_a_plain_form(client, worker, report, indicator):
    cell = cells(indicator)[0]
    page = client.get(reverse("count_cell_history", args=[report.pk, indicator.pk, cell.pk]))
    [form] = [one for one in forms_of(page.content.decode()) if "cell" in one.fields]
    assert 'name="value" value="nc">not collected<' in page.content.decode()
    assert "cell-comment" not in page.content.decode()  # no label without its field
    answer = client.post(form.action, form.data(value="nc"))
    assert answer["Location"] == f"{report.get_absolute_url()}#cell-{indicator.pk}-{cell.pk}"
    count = report.counts.get()
    assert count.missing_reason == "not_collected"
    client.post(form.action, form.data(value="…", comment="Holidays.", revision=count.revision))
    count.refresh_from_db()
    assert (count.missing_reason, count.comment) == ("withheld", "Holidays.")


def test_a_cell_that_adds_up_tally_sheets_offers_no_form(client, worker, report, indicator, acting):
    cell = cells(indicator)[0]
    entries = {(indicator.pk, cell.pk): Entry(3)}
    with acting(worker):
        counts.save_cells(report=report, entries=entries, by=worker, is_derived=True)
    page = client.get(reverse("count_cell_history", args=[report.pk, indicator.pk, cell.pk]))
    assert "cell-form" not in page.content.decode()
