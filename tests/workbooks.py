"""A month taken as a workbook and sent back, as a person does it on the pages."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from beneficiaries.models import BeneficiaryCount, WorkbookUpload
from beneficiaries.sheet import asked_of
from programs.models import Organisation, Program, ProgramSite

from . import spreadsheets
from .factories import (
    make_breakdown,
    make_indicator,
    make_program,
    make_program_indicator,
    make_program_site,
    make_site,
)

MARCH = dt.date(2026, 3, 1)


def make_two_sites(program: Program | None = None) -> ProgramSite:
    """A_SITE and B_SITE of one program, and the first of them; D8 is the first number of each."""
    program = program or make_program()
    make_program_indicator(program, make_indicator(make_breakdown()))
    make_program_site(program, make_site(program.organisation, code="B_SITE"))
    return make_program_site(program, make_site(program.organisation, code="A_SITE"))


def make_upload(places: list[ProgramSite], user: User, value: int = 8) -> WorkbookUpload:
    """A number in each cell of each place, where the workbook was empty."""
    rows = [
        [place.site.code, place.program_id, place.site_id, *key, value, "", None, "", "D8"]
        for place in places
        for key in asked_of([place.program_id], MARCH)[place.program_id].keys
    ]
    return WorkbookUpload.objects.create(
        organisation=places[0].organisation,
        user=user,
        month=MARCH,
        sha256=hashlib.sha256(repr(rows).encode()).hexdigest(),
        rows=rows,
    )


def url(organisation: Organisation, name: str = "workbook", month: dt.date = MARCH) -> str:
    return reverse(name, args=[organisation.pk, month])


def downloaded(client, organisation: Organisation, month: dt.date = MARCH) -> bytes:
    answer = client.get(url(organisation, "workbook_download", month))
    assert answer.status_code == 200
    return answer.content


def filled(data: bytes, *first_numbers: object) -> bytes:
    """The first number of the first sheets, one after the other; None leaves a sheet alone."""
    for sheet, number in enumerate(first_numbers, start=2):
        if number is not None:
            data = spreadsheets.filled(data, {"D8": spreadsheets.number(number)}, sheet=sheet)
    return data


def send(client, organisation: Organisation, data: bytes, month: dt.date = MARCH, follow=True):
    file = SimpleUploadedFile("any name.xlsx", data)
    return client.post(url(organisation, "workbook_upload", month), {"file": file}, follow=follow)


def apply(client, answer):
    page = answer.redirect_chain[-1][0] if answer.redirect_chain else answer.request["PATH_INFO"]
    seen = answer.context["preview"].fingerprint
    return client.post(page, {"seen": seen}, follow=True)


def values() -> list[tuple[str, str, int | None, str]]:
    """Program, site, number and reason of each count."""
    fields = ["report__program__code", "report__site__code", "value", "missing_reason"]
    rows = BeneficiaryCount.objects.order_by(*fields[:2], "cell__position")
    return list(rows.values_list(*fields))
