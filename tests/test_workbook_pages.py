"""A workbook from download to counts, through the pages."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.roles import Role
from audit.models import JournalEntry
from beneficiaries.models import BeneficiaryCount, CountReport, PeriodLock, WorkbookUpload
from programs.models import Partnership

from . import spreadsheets
from .factories import (
    make_breakdown,
    make_filled_report,
    make_indicator,
    make_organisation,
    make_program,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
)

pytestmark = pytest.mark.django_db
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def place():
    """A site A_SITE and a site B_SITE of one program; D8 is the first number of each."""
    program = make_program()
    make_program_indicator(program, make_indicator(make_breakdown()))
    make_program_site(program, make_site(program.organisation, code="B_SITE"))
    return make_program_site(program, make_site(program.organisation, code="A_SITE"))


@pytest.fixture
def partner(place, client):
    partner = make_user(Role.PARTNER, place.organisation)
    client.force_login(partner)
    return partner


def url(place, name="workbook", month=MARCH) -> str:
    return reverse(name, args=[place.program_id, place.organisation_id, month])


def downloaded(client, place, month=MARCH) -> bytes:
    answer = client.get(url(place, "workbook_download", month))
    assert answer.status_code == 200
    return answer.content


def send(client, place, data: bytes, month=MARCH, follow=True):
    file = SimpleUploadedFile("any name.xlsx", data)
    return client.post(url(place, "workbook_upload", month), {"file": file}, follow=follow)


def apply(client, answer):
    page = answer.redirect_chain[-1][0] if answer.redirect_chain else answer.request["PATH_INFO"]
    seen = answer.context["preview"].fingerprint
    return client.post(page, {"seen": seen}, follow=True)


def values(place) -> list[tuple[str, int | None, str]]:
    rows = BeneficiaryCount.objects.order_by("report__site__code", "cell__position")
    return list(rows.values_list("report__site__code", "value", "missing_reason"))


def test_the_file_has_a_neutral_name_and_is_journalled(client, place, partner):
    answer = client.get(url(place, "workbook_download"))
    assert "2026-03-en.xlsx" in answer["Content-Disposition"]
    entry = JournalEntry.objects.get(action="download_workbook")
    assert entry.organisation_id == place.organisation_id
    assert str(place.site_id) in entry.shown_ids


def test_numbers_go_from_the_file_to_the_counts_after_a_look(client, place, partner):
    cells = {"D8": spreadsheets.number(12), "E8": spreadsheets.text("nc")}
    answer = send(client, place, spreadsheets.filled(downloaded(client, place), cells))
    html = answer.content.decode()
    assert "Apply 2 changes" in html
    assert "not collected" in html
    assert not CountReport.objects.exists()
    html = apply(client, answer).content.decode()
    assert "2 counts are saved." in html
    assert values(place) == [("A_SITE", 12, ""), ("A_SITE", None, "not_collected")]
    assert CountReport.objects.get().status == "draft"


def test_a_filled_month_comes_back_unchanged(client, place, partner):
    make_filled_report(place, MARCH, value=7)
    html = send(client, place, downloaded(client, place)).content.decode()
    assert "This workbook changes nothing" in html
    assert {value for _site, value, _reason in values(place)} == {7}


def test_the_same_file_is_applied_once(client, place, partner):
    data = spreadsheets.filled(downloaded(client, place), {"D8": spreadsheets.number(12)})
    apply(client, send(client, place, data))
    BeneficiaryCount.objects.update(value=99)
    answer = send(client, place, data)
    assert "Sending the same file again changes nothing." in answer.content.decode()
    again = client.post(answer.redirect_chain[-1][0], {"seen": "x"}, follow=True)
    assert "0 counts are saved." in again.content.decode()
    assert values(place) == [("A_SITE", 99, "")]
    assert WorkbookUpload.objects.count() == 1


def test_what_somebody_else_changed_meanwhile_is_shown(client, place, partner):
    report = make_filled_report(place, MARCH, value=7)
    data = spreadsheets.filled(downloaded(client, place), {"D8": spreadsheets.number(12)})
    BeneficiaryCount.objects.filter(report=report).update(value=9)
    answer = send(client, place, data)
    assert "changed since you downloaded" in answer.content.decode()
    assert answer.context["preview"].number == 1


def test_a_preview_that_is_out_of_date_is_shown_again(client, place, partner):
    make_filled_report(place, MARCH, value=7)
    data = spreadsheets.filled(downloaded(client, place), {"D8": spreadsheets.number(12)})
    answer = send(client, place, data)
    BeneficiaryCount.objects.update(value=9)
    html = apply(client, answer).content.decode()
    assert "Counts changed since you looked." in html
    assert {value for _site, value, _reason in values(place)} == {9}


def test_mistakes_are_told_by_sheet_and_cell_and_nothing_is_kept(client, place, partner):
    cells = {"D8": spreadsheets.text("abc"), "E8": spreadsheets.number("0.5")}
    html = send(
        client, place, spreadsheets.filled(downloaded(client, place), cells)
    ).content.decode()
    assert "Sheet A_SITE, cell D8: “abc” is not a whole number." in html
    assert "Sheet A_SITE, cell E8: “0.5” is not a whole number." in html
    assert not WorkbookUpload.objects.exists()


def test_what_a_cell_said_is_shown_as_text(client, place, partner):
    evil = spreadsheets.text("=cmd|&lt;script&gt;alert(1)&lt;/script&gt;")
    data = spreadsheets.filled(downloaded(client, place), {"D8": evil})
    html = send(client, place, data).content.decode()
    assert "=cmd|&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html


def test_a_closed_site_is_named_and_left_out(client, place, partner):
    data = downloaded(client, place)
    data = spreadsheets.filled(data, {"D8": spreadsheets.number(1)}, sheet=2)
    data = spreadsheets.filled(data, {"D8": spreadsheets.number(2)}, sheet=3)
    make_filled_report(place, MARCH)
    CountReport.objects.update(
        status="submitted", submitted_by=partner, submitted_at="2026-04-02T08:00Z"
    )
    answer = send(client, place, data)
    html = answer.content.decode()
    assert "left out" in html
    assert "waits for approval" in html
    apply(client, answer)
    assert values(place)[-1] == ("B_SITE", 2, "")
    assert {value for site, value, _ in values(place) if site == "A_SITE"} == {1}


def test_a_month_that_closes_before_applying_changes_nothing(client, place, partner):
    data = spreadsheets.filled(downloaded(client, place), {"D8": spreadsheets.number(1)})
    data = spreadsheets.filled(data, {"D8": spreadsheets.number(2)}, sheet=3)
    answer = send(client, place, data)
    PeriodLock.objects.create(
        organisation=place.organisation,
        span=(MARCH, dt.date(2026, 4, 1)),
        reason="Sent to the funder.",
        locked_by=partner,
    )
    html = apply(client, answer).content.decode()
    assert "Counts changed since you looked." in html
    assert not BeneficiaryCount.objects.exists()


def test_cells_of_tally_sheets_are_left_alone(client, place, partner):
    make_filled_report(place, MARCH, value=7)
    data = spreadsheets.filled(downloaded(client, place), {"D8": spreadsheets.number(12)})
    BeneficiaryCount.objects.update(is_derived=True)
    answer = send(client, place, data)
    assert "it comes from the tally sheets" in answer.content.decode()
    assert answer.context["preview"].number == 0


def test_another_months_workbook_is_refused(client, place, partner):
    data = downloaded(client, place, dt.date(2026, 2, 1))
    html = send(client, place, data).content.decode()
    assert "This workbook is of another month (02/2026)." in html


def test_another_organisations_workbook_is_refused(client, place, partner):
    other = make_program_site()
    stranger = make_user(Role.PARTNER, other.organisation)
    client.force_login(stranger)
    data = downloaded(client, other)
    client.force_login(partner)
    html = send(client, place, data).content.decode()
    assert "This workbook is of another organisation or program." in html


def test_a_partner_sees_its_own_sites_in_the_leads_program(client, place):
    organisation = make_organisation()
    Partnership.objects.create(
        program=place.program, organisation=organisation, role="implementing", active=place.active
    )
    make_program_site(place.program, make_site(organisation, code="OWN_SITE"))
    client.force_login(make_user(Role.PARTNER, organisation))
    own = reverse("workbook", args=[place.program_id, organisation.pk, MARCH])
    assert "Site" in client.get(own).content.decode()
    assert client.get(url(place)).status_code == 404


def test_somebody_of_one_site_gets_that_site_alone(client, place):
    worker = make_user(Role.FIELD_WORKER, place.organisation, site=place.site)
    client.force_login(worker)
    page = client.get(url(place)).context["page"]
    assert [site.code for site, _closed in page.sites] == ["A_SITE"]


def test_a_bad_file_is_a_sentence_never_an_error(client, place, partner):
    for data in (b"", b"PK\x03\x04" + bytes(100), b"\xd0\xcf\x11\xe0", b"a;b\n1;2\n"):
        answer = send(client, place, data)
        assert answer.status_code == 200
        assert answer.context["form"].errors["file"]
    heavy = send(client, place, bytes(3 * 1024 * 1024))
    assert "larger than 2 MB" in heavy.content.decode()


def test_mistakes_are_told_in_the_language_of_the_reader(client, place):
    partner = make_user(Role.PARTNER, place.organisation, language="fr")
    client.force_login(partner)
    data = spreadsheets.filled(downloaded(client, place), {"D8": spreadsheets.number("0.5")})
    html = send(client, place, data).content.decode()
    with translation.override("fr"):
        assert "A_SITE" in html
        assert "0,5" in html


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
def test_who_opens_the_workbooks(client, place, role, status):
    client.force_login(make_user(role, place.organisation))
    for page in (reverse("workbooks"), url(place), url(place, "workbook_download")):
        assert client.get(page).status_code == status


def test_strangers_find_nothing(client, place, partner):
    answer = send(client, place, downloaded(client, place))
    preview = answer.redirect_chain[-1][0]
    colleague = make_user(Role.PARTNER, place.organisation)
    stranger = make_user(Role.COORDINATOR)
    for person in (colleague, stranger):
        client.force_login(person)
        assert client.get(preview).status_code == 404
    for name in ("workbook", "workbook_download", "workbook_upload"):
        assert client.get(url(place, name)).status_code == 404
    assert client.get(url(place, month=dt.date(2999, 1, 1))).status_code == 404


def test_the_pages_take_as_many_queries_for_many_sites(client, place, partner):
    pages = [reverse("workbooks"), url(place), url(place, "workbook_download")]
    make_filled_report(place, MARCH)
    for page in pages:
        client.get(page)
    few = [queries(client, page) for page in pages]
    for number in range(6):
        site = make_site(place.organisation, code=f"MORE_{number}")
        make_filled_report(make_program_site(place.program, site), MARCH)
    assert [queries(client, page) for page in pages] == few


def queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
