"""A workbook from download to counts: sent, looked at, applied once, all of it or nothing."""

import datetime as dt
import io

import pytest
from django.utils import translation
from python_calamine import load_workbook

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.models import BeneficiaryCount, CountReport, WorkbookUpload
from programs.actions.breakdown import create_breakdown

from . import spreadsheets
from .factories import (
    make_filled_report,
    make_indicator,
    make_program,
    make_program_indicator,
    make_program_site,
    make_user,
)
from .workbooks import MARCH as MONTH
from .workbooks import apply, downloaded, filled, make_two_sites, send, url, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return make_two_sites(make_program(code="SHELTER"))


@pytest.fixture
def organisation(place):
    return place.organisation


@pytest.fixture
def partner(organisation, client):
    partner = make_user(Role.PARTNER, organisation)
    client.force_login(partner)
    return partner


def said() -> set[int | None]:
    return {value for _program, _site, value, _reason in values()}


def test_numbers_go_from_the_file_to_the_counts_after_a_look(client, organisation, partner):
    cells = {"D8": spreadsheets.number(12), "E8": spreadsheets.text("nc")}
    data = spreadsheets.filled(downloaded(client, organisation), cells)
    answer = send(client, organisation, data)
    html = answer.content.decode()
    assert "Apply 2 changes" in html
    assert "not collected" in html
    assert not CountReport.objects.exists()
    html = apply(client, answer).content.decode()
    assert "2 counts are saved." in html
    place = ("SHELTER", "A_SITE")
    assert values() == [(*place, 12, ""), (*place, None, "not_collected")]
    assert CountReport.objects.get().status == "draft"
    actions = JournalEntry.objects.filter(action__endswith="_workbook").order_by("pk")
    assert [one.action for one in actions] == [
        "download_workbook",
        "upload_workbook",
        "apply_workbook",
    ]


def test_a_filled_month_comes_back_unchanged(client, place, organisation, partner):
    make_filled_report(place, MONTH, value=7)
    html = send(client, organisation, downloaded(client, organisation)).content.decode()
    assert "This workbook changes nothing" in html
    assert said() == {7}


def test_the_same_file_is_applied_once(client, organisation, partner):
    data = filled(downloaded(client, organisation), 12)
    apply(client, send(client, organisation, data))
    BeneficiaryCount.objects.update(value=99)
    answer = send(client, organisation, data)
    assert "Sending the same file again changes nothing." in answer.content.decode()
    again = client.post(answer.redirect_chain[-1][0], {"seen": "x"}, follow=True)
    assert "0 counts are saved." in again.content.decode()
    assert said() == {99}
    assert WorkbookUpload.objects.count() == 1


def test_what_somebody_else_changed_meanwhile_is_shown(client, place, organisation, partner):
    report = make_filled_report(place, MONTH, value=7)
    data = filled(downloaded(client, organisation), 12)
    BeneficiaryCount.objects.filter(report=report).update(value=9)
    answer = send(client, organisation, data)
    assert "changed since you downloaded" in answer.content.decode()
    assert answer.context["preview"].number == 1


def test_a_preview_that_is_out_of_date_is_shown_again(client, place, organisation, partner):
    make_filled_report(place, MONTH, value=7)
    answer = send(client, organisation, filled(downloaded(client, organisation), 12))
    BeneficiaryCount.objects.update(value=9)
    html = apply(client, answer).content.decode()
    assert "Counts changed since you looked." in html
    assert said() == {9}


def test_mistakes_are_told_by_sheet_and_cell_and_nothing_is_kept(client, organisation, partner):
    cells = {"D8": spreadsheets.text("abc"), "E8": spreadsheets.number("0.5")}
    data = spreadsheets.filled(downloaded(client, organisation), cells)
    data = spreadsheets.filled(data, {"F8": spreadsheets.number(-1)}, sheet=3)
    html = send(client, organisation, data).content.decode()
    assert "3 cells to mend, nothing was kept" in html
    assert "Sheet SHELTER A_SITE, cell D8: “abc” is not a whole number." in html
    assert "Sheet SHELTER A_SITE, cell E8: “0.5” is not a whole number." in html
    assert "Sheet SHELTER B_SITE, cell F8: -1 is not between" in html
    assert not WorkbookUpload.objects.exists()


def test_mistakes_are_told_in_the_language_of_the_reader(client, organisation):
    client.force_login(make_user(Role.PARTNER, organisation, language="fr"))
    html = send(
        client, organisation, filled(downloaded(client, organisation), "0.5")
    ).content.decode()
    with translation.override("fr"):
        assert "Feuille SHELTER A_SITE, cellule D8" in html
        assert "0,5" in html


def test_in_french_a_count_is_a_nombre_and_a_spreadsheet_has_cellules(client, place, organisation):
    whole = create_breakdown(code="WHOLE", name_fr="Ensemble", name_en="Whole", dimensions=[])
    program = make_program(organisation, code="EVENTS")
    make_program_indicator(program, make_indicator(whole))
    make_program_site(program, place.site)
    client.force_login(make_user(Role.PARTNER, organisation, language="fr"))
    data = downloaded(client, organisation)
    sheet = load_workbook(io.BytesIO(data)).get_sheet_by_name("EVENTS A_SITE")
    assert "Nombre\nNumber" in sheet.to_python()[4]
    data = spreadsheets.filled(data, {"D7": spreadsheets.number(5)})
    html = send(client, organisation, data).content.decode()
    assert '<th scope="col">Cellule</th>' in html
    assert 'data-label="Cellule"' in html


def test_what_a_cell_said_is_shown_as_text(client, organisation, partner):
    evil = spreadsheets.text("=cmd|&lt;script&gt;alert(1)&lt;/script&gt;")
    data = spreadsheets.filled(downloaded(client, organisation), {"D8": evil})
    html = send(client, organisation, data).content.decode()
    assert "=cmd|&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_cells_of_tally_sheets_are_left_alone(client, place, organisation, partner):
    make_filled_report(place, MONTH, value=7)
    data = filled(downloaded(client, organisation), 12)
    BeneficiaryCount.objects.update(is_derived=True)
    answer = send(client, organisation, data)
    assert "it comes from the tally sheets" in answer.content.decode()
    assert answer.context["preview"].number == 0


def test_a_grey_cell_that_was_changed_is_told(client, place, organisation, partner):
    make_filled_report(place, MONTH, value=7)
    BeneficiaryCount.objects.update(is_derived=True)
    data = downloaded(client, organisation)
    untouched = send(client, organisation, data).content.decode()
    assert "This workbook changes nothing" in untouched
    page = send(client, organisation, filled(data, 12)).content.decode()
    assert "1 number is left as it is: it comes from the tally sheets" in page
    assert "This workbook changes nothing" not in page
    assert set(BeneficiaryCount.objects.values_list("value", flat=True)) == {7}


def test_another_months_workbook_is_refused(client, organisation, partner):
    data = downloaded(client, organisation, dt.date(2026, 2, 1))
    html = send(client, organisation, data).content.decode()
    assert "This workbook is of another month (02/2026)." in html


def test_another_organisations_workbook_is_refused(client, organisation, partner):
    other = make_program_site().organisation
    client.force_login(make_user(Role.PARTNER, other))
    data = downloaded(client, other)
    client.force_login(partner)
    html = send(client, organisation, data).content.decode()
    assert "This workbook is of another organisation." in html


def test_a_bad_file_is_a_sentence_never_an_error(client, organisation, partner):
    for data in (b"", b"PK\x03\x04" + bytes(100), b"\xd0\xcf\x11\xe0", b"a;b\n1;2\n"):
        answer = send(client, organisation, data)
        assert answer.status_code == 200
        assert answer.context["form"].errors["file"]
    heavy = send(client, organisation, bytes(3 * 1024 * 1024))
    assert "larger than 2 MB" in heavy.content.decode()


def test_without_a_file_the_portal_itself_says_what_to_do(client, organisation, partner):
    page = client.get(url(organisation)).content.decode()
    assert "novalidate" in page.split("multipart/form-data")[1].split(">")[0]
    answer = client.post(url(organisation, "workbook_upload"))
    assert "Choose the workbook to send." in answer.content.decode()
