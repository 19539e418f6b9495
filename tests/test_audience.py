"""Whose auditors read a line: those of the organisation where it was done, and no other's."""

from dataclasses import dataclass

import pytest
from django.urls import reverse

from accounts.actions import factor_reset
from accounts.models import Elevation, FactorReset, Invitation, User
from accounts.roles import Role
from audit import journal
from audit.models import JournalEntry
from audit.scope import scope
from beneficiaries.actions import report as reports
from ngo_portal import access
from tests.factories import (
    make_elevation,
    make_filled_report,
    make_invitation,
    make_membership,
    make_organisation,
    make_partnership,
    make_program,
    make_program_site,
    make_site,
    make_user,
)
from tests.signing import SignedClient, with_application

pytestmark = pytest.mark.django_db
SAID = "She told us that Asha K. sleeps at 12 rue X."


@pytest.fixture
def one():
    return make_organisation("Alpha")


@pytest.fixture
def other():
    return make_organisation("Beta")


@pytest.fixture
def of_both(one, other):
    person = make_user(Role.ADMINISTRATOR, one)
    make_membership(person, Role.FIELD_WORKER, other)
    return person


def pages_of(organisation) -> tuple[list[str], str]:
    """The actions that an auditor reads, and the pages of these lines."""
    client = SignedClient()
    client.force_login(make_user(Role.AUDITOR, organisation))
    lines = client.get(reverse("journal")).context["lines"]
    entries = [reverse("journal_entry", args=[line.entry.pk]) for line in lines]
    text = "".join(client.get(each).content.decode() for each in entries)
    return [line.entry.action for line in lines], text


def audience(action: str) -> list[int]:
    return JournalEntry.objects.get(action=action).audience


def test_what_is_done_in_one_organisation_is_read_there_alone(one, other, of_both):
    colleague = make_user(Role.FIELD_WORKER, one)
    client = SignedClient()
    client.force_login(of_both)
    answer = client.post(
        reverse("account_deactivate", args=[colleague.pk]),
        {"reason": SAID, "revision": colleague.revision},
    )
    assert answer.status_code == 302
    client.post(reverse("account_logout"))
    actions, text = pages_of(one)
    assert "deactivate_account" in actions
    assert "Asha K." in text
    actions, text = pages_of(other)
    assert "deactivate_account" not in actions
    assert "sign_out" in actions  # theirs as much as the other's
    assert "Asha K." not in text


def test_a_line_of_no_organisation_is_read_in_all_of_whoever_acts(one, other):
    with scope(organisation_ids=[one.pk, other.pk]):
        journal.record("view", by=None)
    assert audience("view") == sorted([one.pk, other.pk])


@pytest.mark.parametrize("readers", [(), (7,)])
def test_elsewhere_it_is_by_the_right_of_those_that_the_line_names_or_of_any(one, readers):
    """No act is hidden from the auditors of whoever acts."""
    with scope(organisation_ids=[7, 8]):
        journal.record("approve", by=None, organisation_id=one.pk, audience=readers)
    assert audience("approve") == sorted([one.pk, *(readers or (7, 8))])


def test_a_lead_reads_what_its_people_decide_of_a_partner(one, other):
    """And not the organisation where the reviewer works as well."""
    partner = make_organisation("Partner")
    program = make_program(one)
    make_partnership(program, partner)
    place = make_program_site(program, make_site(partner))
    author, reviewer = make_user(Role.PARTNER, partner), make_user(Role.COORDINATOR, one)
    make_membership(reviewer, Role.FIELD_WORKER, other)
    report = reports.submit(report=make_filled_report(place), by=author)
    assert audience("submit") == [partner.pk]
    with scope(user_id=reviewer.pk, organisation_ids=[one.pk, other.pk]):
        reports.return_to_author(report=report, reason="Look again at the boys.", by=reviewer)
    assert audience("return") == sorted([one.pk, partner.pk])


def test_who_answers_for_another_organisation_is_read_there_as_well(one, other):
    elsewhere = make_organisation("Elsewhere")
    person = make_user(Role.FIELD_WORKER, one)
    make_membership(person, Role.CASE_WORKER, other)
    with_application(person)
    asked_by, by = make_user(Role.ADMINISTRATOR, one), make_user(Role.ADMINISTRATOR, other)
    make_membership(by, Role.ADMINISTRATOR, elsewhere)
    reset = FactorReset.objects.create(organisation=one, person=person, asked_by=asked_by)
    with scope(user_id=by.pk, organisation_ids=[other.pk, elsewhere.pk]):
        factor_reset.confirm(reset=reset, by=by)
    assert audience("confirm_factor_reset") == sorted([one.pk, other.pk])


def test_whoever_looks_at_accounts_of_one_organisation_is_read_there_alone(one, other, of_both):
    colleague = make_user(Role.FIELD_WORKER, one)
    client = SignedClient()
    client.force_login(of_both)
    nobody = reverse("access", query={"state": "ended"})
    for address in (reverse("access"), nobody, reverse("account", args=[colleague.pk])):
        assert client.get(address).status_code == 200
    actions, text = pages_of(one)
    assert actions.count("view") == 3
    assert str(colleague.pk) in text
    actions, text = pages_of(other)
    assert "view" not in actions
    assert str(colleague.pk) not in text


@dataclass
class Team:
    """People of one organisation, each of whom a page shows."""

    worker: User
    invitation: Invitation
    elevation: Elevation
    lost: FactorReset

    def addresses(self):
        yield from (reverse(name, args=[self.worker.pk]) for name in OF_AN_ACCOUNT)
        yield reverse("membership_end", args=[self.worker.memberships.get().pk])
        yield reverse("elevation", args=[self.elevation.pk])
        for entry in JournalEntry.objects.filter(user_id=self.worker.pk):
            yield reverse("journal_entry", args=[entry.pk])

    @property
    def keys(self) -> set[str]:
        return {str(self.worker.pk), str(self.invitation.pk)}


OF_AN_ACCOUNT = ["account", "account_deactivate", "membership_grant", "factor_reset_ask"]
OF_ALL = ["access", "elevations", "factor_resets", "journal"]


def make_team(organisation) -> Team:
    worker, asking = make_user(Role.CASE_WORKER, organisation), make_user("administrator")
    make_membership(asking, Role.ADMINISTRATOR, organisation)
    with scope(user_id=worker.pk, organisation_ids=[organisation.pk]):
        journal.record("open", by=worker)
    return Team(
        worker=worker,
        invitation=make_invitation(organisation, asking),
        elevation=make_elevation(worker, organisation, started=-90),
        lost=FactorReset.objects.create(organisation=organisation, person=worker, asked_by=asking),
    )


def test_of_people_of_two_organisations_each_reads_its_own(one, other):
    """Somebody manages both: over every page that shows accounts."""
    person = make_user(Role.ADMINISTRATOR, one)
    for role, organisation in [("administrator", other), ("auditor", one), ("auditor", other)]:
        make_membership(person, role, organisation)
    teams = {one.pk: make_team(one), other.pk: make_team(other)}
    client = SignedClient()
    client.force_login(person)
    pages = [reverse(name) for name in OF_ALL] + [reverse("access", query={"state": "invited"})]
    pages += [address for team in teams.values() for address in team.addresses()]
    assert {address: client.get(address).status_code for address in pages} == dict.fromkeys(
        pages, 200
    )
    lines = JournalEntry.objects.filter(action="view")
    assert {line.details["page"] for line in lines} == {
        name for name, page in access.PAGES.items() if page.shows
    }
    for line in lines:
        assert line.audience == [line.organisation_id]
    for pk, team in teams.items():
        seen = {key for line in lines.filter(organisation_id=pk) for key in line.shown_ids}
        elsewhere = {key for line in lines.exclude(organisation_id=pk) for key in line.shown_ids}
        assert team.keys <= seen
        assert not team.keys & elsewhere
