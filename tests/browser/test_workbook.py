"""A workbook of two programs, in French on a phone: filled, sent, looked at, applied."""

import datetime as dt

from playwright.sync_api import expect

from accounts.roles import Role
from beneficiaries.models import BeneficiaryCount
from beneficiaries.workbooks.checking import MOST_BYTES
from programs.months import month_after
from tests import spreadsheets
from tests.browser.conftest import DESK, PHONE
from tests.factories import (
    both,
    make_breakdown,
    make_indicator,
    make_organisation,
    make_program,
    make_program_indicator,
    make_program_site,
    make_site,
    make_user,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_programs() -> list:
    """One site in two programs of long codes, each with a breakdown of its own."""
    organisation = make_organisation()
    site = make_site(organisation, code="KATHMANDU_NIGHT", **both(name="Katmandou"))
    places = []
    for code, name in (("NEPAL_1_PREVENTION", "Prévention"), ("NEPAL_2_SHELTER", "Hébergement")):
        program = make_program(organisation, code=code, **both(name=name))
        make_program_indicator(program, make_indicator(make_breakdown()))
        places.append(make_program_site(program, site))
    return places


def test_a_partner_fills_its_programs_in_one_workbook(visit, tmp_path):
    place, _other = make_programs()
    month = month_after(dt.datetime.now(dt.UTC).date().replace(day=1), -1)
    partner = visit("fr", PHONE)
    partner.sign_in(make_user(Role.PARTNER, place.organisation, language="fr"))
    partner.open("/workbooks/")
    looked_at(partner)
    partner.page.click(f"a[href$='/{month:%Y-%m}/']")
    looked_at(partner)
    with partner.page.expect_download() as download:
        partner.page.click("a.btn-primary")
    data = download.value.path().read_bytes()

    partner.page.set_input_files("input[type=file]", as_file(bytes(MOST_BYTES + 1)))
    expect(partner.page.locator("[role=alert].too-heavy")).to_contain_text("dépasse 2 Mo")
    assert partner.page.input_value("input[type=file]") == ""
    looked_at(partner)

    send(partner, spreadsheets.filled(data, {"D8": spreadsheets.text("abc")}, sheet=3))
    sheet = "NEPAL_2_SHELTER KATHMANDU_NIGHT"
    partner.page.wait_for_selector(f"text=Feuille {sheet}, cellule D8")
    looked_at(partner)

    data = spreadsheets.filled(data, {"D8": spreadsheets.number(12)})
    send(partner, spreadsheets.filled(data, {"E8": spreadsheets.text("nc")}, sheet=3))
    partner.page.wait_for_selector("text=Appliquer 2 changements")
    looked_at(partner)
    partner.page.click("text=Appliquer 2 changements")
    partner.page.wait_for_selector("text=2 comptages sont enregistrés.")
    looked_at(partner)
    kept = BeneficiaryCount.objects.order_by("report__program__code")
    assert list(kept.values_list("value", "missing_reason")) == [(12, ""), (None, "not_collected")]
    assert partner.complaints == []


def looked_at(partner) -> None:
    """On the phone, then at a desk."""
    assert partner.violations() == []
    assert not partner.overflows()
    assert partner.low_targets() == []
    partner.page.set_viewport_size(DESK)
    assert not partner.overflows()
    partner.page.set_viewport_size(PHONE)


def as_file(data: bytes) -> dict:
    return {"name": "filled.xlsx", "mimeType": XLSX, "buffer": data}


def send(partner, data: bytes) -> None:
    partner.page.set_input_files("input[type=file]", as_file(data))
    partner.page.click("main form .btn-primary")
