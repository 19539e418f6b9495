"""A workbook at a desk: downloaded, filled, sent, looked at, applied."""

import datetime as dt

from accounts.roles import Role
from beneficiaries.models import BeneficiaryCount
from programs.months import month_after
from tests import spreadsheets
from tests.browser.conftest import PHONE
from tests.factories import (
    make_breakdown,
    make_indicator,
    make_program_indicator,
    make_program_site,
    make_user,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_a_partner_fills_a_month_by_workbook(visit, tmp_path):
    place = make_program_site()
    make_program_indicator(place.program, make_indicator(make_breakdown()))
    partner = visit("en")
    partner.sign_in(make_user(Role.PARTNER, place.organisation))
    month = month_after(dt.datetime.now(dt.UTC).date(), -1)
    partner.open(f"/workbooks/{place.program_id}/{place.organisation_id}/{month:%Y-%m}/")
    assert partner.violations() == []
    with partner.page.expect_download() as download:
        partner.page.click("a.btn-primary")
    data = download.value.path().read_bytes()

    wrong = spreadsheets.filled(data, {"D8": spreadsheets.text("abc")})
    send(partner, wrong)
    partner.page.wait_for_selector(f"text=Sheet {place.site.code}, cell D8")
    assert partner.violations() == []

    send(partner, spreadsheets.filled(data, {"D8": spreadsheets.number(12)}))
    partner.page.wait_for_selector("text=Becomes")
    assert partner.violations() == []
    partner.page.set_viewport_size(PHONE)
    assert not partner.overflows()
    partner.page.click("text=Apply 1 change")
    partner.page.wait_for_selector("text=1 count is saved.")
    assert partner.violations() == []
    assert BeneficiaryCount.objects.get().value == 12
    assert partner.complaints == []


def send(partner, data: bytes) -> None:
    file = {"name": "filled.xlsx", "mimeType": XLSX, "buffer": data}
    partner.page.set_input_files("input[type=file]", file)
    partner.page.click("text=Send and see the changes")
