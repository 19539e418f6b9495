"""The answer of a second person to a large export."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.roles import Role
from audit.models import JournalEntry
from reports.actions import export as actions
from reports.budget import SECOND_PERSON_ABOVE
from reports.models import Export
from tests import factories
from tests.exported import asked, made
from tests.jobs import run_jobs
from tests.network import counts_of, make_network

pytestmark = pytest.mark.django_db
LARGE = SECOND_PERSON_ABOVE + 1
WHY = "The board meets on Tuesday and looks at the whole year."


@pytest.fixture
def network(client):
    found = make_network()
    for number in (1, 2):
        counts_of(found, found.north, number, 4)
    client.force_login(found.coordinator)
    return found


@pytest.fixture
def large(network):
    """An export that waits for an answer; the coordinator's colleague asked for it."""
    colleague = factories.make_user("coordinator", network.lead)
    return factories.make_export(
        colleague, network.lead, rows=LARGE, purpose="other", purpose_note=WHY
    )


def review(client, export, **answer):
    return client.post(reverse("export_review", args=[export.pk]), answer)


def test_a_large_one_waits_and_is_made_once_approved(client, network, large, mailoutbox):
    html = client.get(reverse("export_review", args=[large.pk])).content.decode()
    assert WHY in html
    assert "Send your answer" in html
    assert review(client, large, is_approved="yes").status_code == 302
    run_jobs()
    large.refresh_from_db()
    assert (large.state, large.decided_by) == ("built", network.coordinator)
    run_jobs()
    assert "is ready" in mailoutbox[-1].body
    assert mailoutbox[-1].to == [large.requested_by.email]


def test_a_refusal_is_told_with_its_reason(client, network, large, mailoutbox):
    answer = review(client, large, is_approved="no", reason="too short")
    assert "Say in at least ten characters why." in answer.content.decode()
    review(client, large, is_approved="no", reason="The board asked for totals alone.")
    run_jobs()
    assert "was refused" in mailoutbox[-1].body
    assert "totals alone" not in mailoutbox[-1].body
    client.force_login(large.requested_by)
    html = client.get(large.get_absolute_url()).content.decode()
    assert "The board asked for totals alone." in html


def test_an_answer_is_given_once(client, network, large):
    review(client, large, is_approved="no", reason="The board asked for totals alone.")
    answer = review(client, large, is_approved="yes")
    assert "no longer waits for an answer" in answer.content.decode()


def test_an_administrator_approves_and_reads_no_figure(client, network, large):
    client.force_login(factories.make_user("administrator", network.lead))
    assert "Exports to approve" in client.get(reverse("home")).content.decode()
    html = client.get(reverse("export_review", args=[large.pk])).content.decode()
    assert "Jan 2024 – Dec 2024" in html
    assert review(client, large, is_approved="yes").status_code == 302
    assert client.get(reverse("exports")).status_code == 403


@pytest.mark.parametrize("role", [Role.FIELD_WORKER, Role.PARTNER, Role.AUDITOR, Role.FUNDER])
def test_nobody_else_decides(client, network, large, role):
    client.force_login(factories.make_user(role, network.lead))
    assert review(client, large, is_approved="yes").status_code == 403


def test_neither_who_asked_nor_a_narrow_role_decides(client, network, large):
    narrow = factories.make_user("coordinator", network.lead, program=network.program)
    for person in (large.requested_by, narrow):
        client.force_login(person)
        assert review(client, large, is_approved="yes").status_code == 404
        with pytest.raises(PermissionDenied):
            actions.decide(export=large, is_approved=True, by=person)


def test_of_a_partner_alone_the_lead_is_asked(client, network, monkeypatch):
    monkeypatch.setattr("reports.budget.SECOND_PERSON_ABOVE", 0)
    counts_of(network, network.hill, 1, 4)
    client.force_login(network.partner_user)
    question = {"period": "2024", "content": "counts"}
    html = client.get(reverse("export_request"), question).content.decode()
    assert "Lead, which leads the program, is asked" in html
    asked(client, "counts")
    assert Export.objects.get().approver_organisation == network.lead


def test_the_coordinator_of_the_lead_answers_a_partner(client, network):
    large = factories.make_export(
        network.partner_user, network.partner, rows=LARGE, approver_organisation=network.lead
    )
    assert str(large) in client.get(reverse("export_approvals")).content.decode()
    assert review(client, large, is_approved="yes").status_code == 302
    large.refresh_from_db()
    assert large.decided_by == network.coordinator
    readers = JournalEntry.objects.get(action="approve_export").audience
    assert readers == sorted([network.lead.pk, network.partner.pk])


def test_what_somebody_decides_or_never_left_is_not_added_up(client, network, large):
    asker = large.requested_by
    assert not factories.make_export(asker, network.lead, rows=10).needs_second_person
    again = factories.make_export(asker, network.lead, rows=SECOND_PERSON_ABOVE - 10)
    assert not again.needs_second_person
    Export.objects.filter(pk=again.pk).update(state="withdrawn")
    assert not factories.make_export(asker, network.lead, rows=10).needs_second_person


def test_today_says_what_waits(client, network, large):
    export = made(client)
    html = client.get(reverse("home")).content.decode()
    assert reverse("export_review", args=[large.pk]) in html
    assert export.get_absolute_url() in html
