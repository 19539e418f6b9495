"""Documents of an organisation: who keeps, who reads, what is refused, how they are served."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from audit.models import JournalEntry
from programs import uploads
from programs.actions import document as actions
from programs.models import Document
from tests.factories import (
    make_document,
    make_membership,
    make_organisation,
    make_partnership,
    make_program,
    make_user,
)
from tests.files import HTML, pdf, sent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def lead():
    return make_organisation("Lead association")


@pytest.fixture
def administrator(lead):
    return make_user(Role.ADMINISTRATOR, lead)


@pytest.fixture
def signed_in(client, administrator):
    client.force_login(administrator)
    return client


def typed(**fields) -> dict:
    said = {
        "title": "Protocole de partage d'informations",
        "kind": "INFORMATION_SHARING",
        "language": "fr",
        "valid_0": "2026-01-01",
        "valid_1": "2027-12-31",
        "file": sent("Protocole.pdf", pdf()),
    }
    return said | fields


def test_an_administrator_adds_a_document(signed_in, lead, administrator):
    answer = signed_in.post(reverse("document_add", args=[lead.pk]), typed(), follow=True)
    assert answer.redirect_chain == [(reverse("organisation", args=[lead.pk]), 302)]
    document = Document.objects.get()
    assert (document.organisation, document.about) == (lead, lead)
    assert document.uploaded_by == administrator
    assert document.valid.upper == dt.date(2028, 1, 1)
    assert uploads.read(document.file).startswith(b"%PDF-1.7")
    assert JournalEntry.objects.filter(action="add_document", target_id=str(document.pk)).exists()
    assert "Protocole de partage" in answer.content.decode()


def test_the_same_form_sent_twice_makes_one_document(signed_in, lead):
    key = {"form_key": "6f1f3d9e-6f0f-4c3b-9a39-0b8a4a3d3c99"}
    for _ in range(2):
        signed_in.post(reverse("document_add", args=[lead.pk]), typed(**key))
    assert Document.objects.count() == 1


def test_a_file_that_is_refused_keeps_what_was_typed(signed_in, lead, settings, tmp_path):
    page = signed_in.post(
        reverse("document_add", args=[lead.pk]), typed(file=sent("Protocole.pdf", HTML))
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "is not what its name says" in text
    assert "Protocole de partage" in text
    assert not Document.objects.exists()
    assert not (tmp_path / "uploaded").exists()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", " ", "This field is required"),
        ("kind", "LETTER", "Select a valid choice"),
        ("language", "xx", "Select a valid choice"),
        ("valid_0", "", "Give the first day"),
        ("valid_1", "2025-12-31", "must not be before the first"),
        ("file", "", "Choose the file to send"),
    ],
)
def test_what_is_missing_is_said(signed_in, lead, field, value, said):
    page = signed_in.post(reverse("document_add", args=[lead.pk]), typed(**{field: value}))
    assert said in page.content.decode()
    assert not Document.objects.exists()


def test_a_document_about_a_partner_is_read_by_those_who_keep_it_alone(client, lead):
    partner = make_organisation("Partner")
    make_partnership(make_program(lead), partner)
    document = make_document(lead, about=partner, title="What we agreed")
    address = reverse("organisation", args=[partner.pk])
    client.force_login(make_user(Role.FIELD_WORKER, lead))
    assert "What we agreed" in client.get(address).content.decode()
    assert client.get(document.get_absolute_url()).status_code == 200
    client.force_login(make_user(Role.ADMINISTRATOR, partner))
    assert "What we agreed" not in client.get(address).content.decode()
    assert client.get(document.get_absolute_url()).status_code == 404
    assert client.get(reverse("document_replace", args=[document.pk])).status_code == 404


def test_whoever_administers_several_says_which_one_keeps_it(client, lead, administrator):
    other = make_organisation("Other")
    make_membership(administrator, Role.ADMINISTRATOR, other)
    client.force_login(administrator)
    address = reverse("document_add", args=[lead.pk])
    assert "This field is required" in client.post(address, typed()).content.decode()
    assert not Document.objects.exists()
    client.post(address, typed(organisation=other.pk))
    assert Document.objects.get().organisation == other


def test_nobody_keeps_a_document_in_the_name_of_another_organisation(signed_in, lead):
    other = make_organisation()
    signed_in.post(reverse("document_add", args=[lead.pk]), typed(organisation=other.pk))
    assert Document.objects.get().organisation == lead


def test_a_field_worker_reads_and_changes_nothing(client, lead):
    document = make_document(lead)
    client.force_login(make_user(Role.FIELD_WORKER, lead))
    page = client.get(reverse("organisation", args=[lead.pk])).content.decode()
    assert reverse("document_withdraw", args=[document.pk]) not in page
    assert reverse("document_add", args=[lead.pk]) not in page
    assert client.get(reverse("document_withdraw", args=[document.pk])).status_code == 403


def test_a_file_leaves_as_a_download_that_runs_nothing(signed_in, lead):
    document = make_document(lead, name='Accord – « juin »".pdf')
    answer = signed_in.get(document.get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Accord%20")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/pdf"
    entry = JournalEntry.objects.get(action="open_document")
    assert entry.target_id == str(document.pk)


def test_a_file_that_is_gone_is_said(signed_in, lead):
    document = make_document(lead)
    uploads.path_of(document.file).unlink()
    page = signed_in.get(document.get_absolute_url(), follow=True)
    assert "cannot be read any more" in page.content.decode()


def test_a_document_is_replaced_by_a_newer_one(signed_in, lead):
    old = make_document(lead, valid=(dt.date(2020, 1, 1), dt.date(2021, 1, 1)))
    address = reverse("document_replace", args=[old.pk])
    assert "replaced" in signed_in.get(address).content.decode()
    signed_in.post(address, typed(revision=old.revision))
    new = Document.objects.get(replaces=old)
    assert new.about == lead
    again = signed_in.post(address, typed(revision=old.revision))
    assert "already replaced or withdrawn" in again.content.decode()
    assert Document.objects.count() == 2


def test_a_document_is_withdrawn_for_a_reason(signed_in, lead):
    document = make_document(lead)
    address = reverse("document_withdraw", args=[document.pk])
    page = signed_in.post(address, {"reason": "", "revision": document.revision})
    assert "This field is required" in page.content.decode()
    signed_in.post(address, {"reason": "Signed by mistake", "revision": document.revision})
    page = signed_in.get(reverse("organisation", args=[lead.pk])).content.decode()
    assert "withdrawn" in page
    assert "Signed by mistake" in page
    assert JournalEntry.objects.filter(action="withdraw_document").exists()


def test_a_stale_withdrawal_is_refused(signed_in, lead):
    document = make_document(lead)
    address = reverse("document_withdraw", args=[document.pk])
    page = signed_in.post(address, {"reason": "Wrong", "revision": document.revision - 1})
    assert "Somebody changed this" in page.content.decode()


def test_a_replaced_document_stands_again_once_the_newer_one_is_withdrawn(lead, administrator):
    old = make_document(lead)
    new = make_document(lead, replaces=old)
    assert old not in Document.objects.standing()
    actions.withdraw_document(document=new, revision=1, reason="Not signed", by=administrator)
    assert old in Document.objects.standing()
    assert make_document(lead, replaces=old)


@pytest.mark.parametrize(
    ("valid", "state"),
    [
        ((dt.date(2020, 1, 1), TODAY), "expired"),
        ((TODAY, TODAY + dt.timedelta(days=3)), "in force"),
        # A run of the tests may go on past midnight.
        ((TODAY + dt.timedelta(days=3), None), "not yet valid"),
    ],
)
def test_the_list_says_what_holds(signed_in, lead, valid, state):
    make_document(lead, valid=valid)
    assert state in signed_in.get(reverse("organisation", args=[lead.pk])).content.decode()


def test_more_documents_cost_no_more_queries(signed_in, lead):
    address = reverse("organisation", args=[lead.pk])

    def cost() -> int:
        signed_in.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            signed_in.get(address)
        return len(queries)

    make_document(lead)
    few = cost()
    for _ in range(5):
        make_document(lead, replaces=make_document(lead))
    assert cost() == few


def test_an_action_refuses_whoever_may_not_edit(lead):
    stranger = make_user(Role.ADMINISTRATOR, make_organisation())
    document = make_document(lead)
    with pytest.raises(PermissionDenied):
        actions.withdraw_document(document=document, revision=1, reason="x", by=stranger)
