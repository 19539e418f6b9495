"""The page of a month, with and without JavaScript."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from beneficiaries.actions import count as counts
from beneficiaries.actions import report as reports
from beneficiaries.actions.count import Entry
from beneficiaries.models import CountNote

from .factories import (
    make_filled_report,
    make_program_indicator,
    make_program_site,
    make_report,
    make_user,
)

pytestmark = pytest.mark.django_db
MONTH = dt.date(2026, 1, 1)
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def place():
    return make_program_site()


@pytest.fixture
def worker(place, client):
    user = make_user(Role.FIELD_WORKER, place.organisation, display_name="Asha")
    client.force_login(user)
    return user


@pytest.fixture
def indicator(place):
    return make_program_indicator(place.program).indicator


@pytest.fixture
def report(place, indicator):
    return make_report(place, MONTH)


def cells(indicator):
    return list(indicator.breakdown.cells.order_by("position"))


def test_the_page_has_a_labelled_field_for_each_cell(client, worker, report, indicator):
    page = client.get(report.get_absolute_url()).content.decode()
    for cell in cells(indicator):
        assert f'id="cell-{indicator.pk}-{cell.pk}"' in page
        assert f'id="k-{cell.pk}"' in page
    assert f'id="h-{indicator.pk}"' in page
    assert page.count("<h1") == 1


def test_the_page_takes_as_many_queries_for_many_indicators_as_for_one(
    client, worker, place, report, django_assert_max_num_queries
):
    url = report.get_absolute_url()
    client.get(url)
    with django_assert_max_num_queries(18) as one:
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
    saved(client, report, indicator, first, value="37", revision=0)
    again = client.post(url, block | {"seen": seen})
    assert "Numbers changed since you looked." in again.content.decode()
    assert report.counts.get().value == 37
    assert [now for *_cell, now, _becomes in again.context["pasted"].preview] == ["37"]
    client.post(url, block | {"seen": again.context["pasted"].fingerprint})
    assert report.counts.get().value == 1


def test_a_cell_shows_its_history(client, worker, report, indicator):
    cell = cells(indicator)[0]
    revision = saved(client, report, indicator, cell, value="12", revision=0).json()["revision"]
    saved(client, report, indicator, cell, value="", revision=revision)
    url = reverse("count_cell_history", args=[report.pk, indicator.pk, cell.pk])
    page = client.get(url).content.decode()
    assert "cleared" in page
    assert "<strong>12</strong>" in page
    assert page.count("Asha") >= 2


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
