"""The sites of a partner in the program of a lead: which of the two edits what, and sees what."""

import datetime as dt

import pytest
from django.urls import reverse

from .editing import administrator, own, to, typed
from .factories import (
    make_organisation,
    make_partnership,
    make_program,
    make_program_site,
    make_site,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]
__all__ = ["administrator", "own"]


def inline(page, prefix: str):
    """The rows of one kind on a page."""
    found = {i.formset.prefix: i.formset for i in page.context["inline_admin_formsets"]}
    return found[prefix]


def test_a_lead_offers_its_own_sites_alone(administrator, own):
    """To take in a partner opens nothing of the partner's."""
    program, partner = make_program(own), make_organisation()
    make_partnership(program, partner)
    mine, theirs = make_site(own), make_site(partner, code="THEIR_SECRET")
    page = administrator.get(to("program", "change", program.pk))
    fields = inline(page, "program_sites").empty_form.fields
    assert list(fields["site"].queryset) == [mine]
    assert theirs.code not in page.content.decode()
    data = {
        "program_sites-TOTAL_FORMS": "1", "program_sites-0-site": theirs.pk,
        "program_sites-0-active_0": "2026-01-01",
    }  # fmt: skip
    answer = administrator.post(
        to("program", "change", program.pk),
        typed(administrator, to("program", "change", program.pk)) | data,
    )
    assert answer.status_code == 200
    assert not program.program_sites.exists()


def test_a_partner_opens_its_own_site_for_the_leads_program(administrator, own):
    program = make_program()
    make_partnership(program, own)
    site, elsewhere = make_site(own), make_program()
    address = to("site", "change", site.pk)
    offered = inline(administrator.get(address), "program_sites").empty_form.fields["program"]
    assert list(offered.queryset) == [program]
    assert elsewhere not in offered.queryset
    data = {
        "program_sites-TOTAL_FORMS": "1", "program_sites-0-program": program.pk,
        "program_sites-0-active_0": "2026-01-01",
    }  # fmt: skip
    assert administrator.post(address, typed(administrator, address) | data).status_code == 302
    place = site.program_sites.get()
    assert (place.program, place.organisation) == (program, own)


def test_a_lead_ends_the_site_that_a_partner_opened(administrator, own):
    program, partner = make_program(own), make_organisation()
    make_partnership(program, partner)
    place = make_program_site(program, make_site(partner))
    address = to("program", "change", program.pk)
    data = typed(administrator, address) | {"program_sites-0-active_1": "2026-01-31"}
    assert administrator.post(address, data).status_code == 302
    place.refresh_from_db()
    assert place.active.upper == dt.date(2026, 2, 1)
    assert place.organisation == partner


def test_a_partners_page_says_what_is_public_alone(client, administrator, own):
    partner = make_organisation(agreement=(dt.date(2031, 3, 1), dt.date(2032, 3, 1)))
    make_partnership(make_program(own), partner)
    make_site(partner, code="THEIR_SECRET")
    page = client.get(reverse("organisation", args=[partner.pk])).content.decode()
    assert "2031" not in page
    assert "THEIR_SECRET" not in page
