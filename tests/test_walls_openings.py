"""What a scope reaches besides its own rows: what the portal's pages do, in plain queries."""

import datetime as dt

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.actions.invitation import hashed
from accounts.models import Invitation, Membership
from audit.scope import ADDRESS_BOOK, PLATFORM, empower, scope, show_link
from beneficiaries.models import (
    BeneficiaryCount,
    CountReport,
    PeriodLock,
    TallySheet,
    WorkbookUpload,
)
from programs.models import (
    Grant,
    GrantScope,
    Indicator,
    Organisation,
    Partnership,
    Program,
    ProgramIndicator,
    ProgramSite,
    Site,
    Target,
)
from tests.factories import (
    make_grant,
    make_grant_scope,
    make_organisation,
    make_partnership,
    make_program,
    make_project,
    make_target,
    make_user,
)
from tests.scene import make_scene

pytestmark = pytest.mark.django_db
REFUSED = "row-level security"


@pytest.fixture
def lead():
    return make_scene()


@pytest.fixture
def partner(lead):
    return make_scene(make_organisation(), lead.program)


def acting_for(scene, user=None):
    return scope(user_id=user.pk if user else None, organisation_ids=[scene.organisation.pk])


def refused(statement):
    """Whether the database refuses to write across a wall."""
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        statement()


def foreign(model, scene):
    return model.objects.exclude(organisation=scene.organisation)


def test_outside_any_scope_there_is_no_work_at_all(lead):
    with scope():
        for model in (Program, Site, CountReport, BeneficiaryCount, TallySheet, Grant):
            assert not model.objects.exists()


def test_a_lead_reads_what_its_partner_submitted_and_nothing_else(lead, partner):
    with acting_for(lead):
        seen = set(foreign(CountReport, lead))
        assert seen == {partner.submitted, partner.approved, partner.correction.supersedes}
        counts = foreign(BeneficiaryCount, lead)
        assert set(counts.values_list("report", flat=True)) == {r.pk for r in seen}
        assert not foreign(TallySheet, lead).exists()
        assert not foreign(WorkbookUpload, lead).exists()
        assert not foreign(Invitation, lead).exists()
        assert set(foreign(ProgramSite, lead)) == {partner.place}


def test_a_lead_reviews_and_changes_nothing_else(lead, partner):
    reviewer = make_user("coordinator", lead.organisation)
    theirs = CountReport.objects.filter(pk=partner.submitted.pk)
    review = {"reviewed_by": reviewer, "reviewed_at": dt.datetime(2026, 7, 1, tzinfo=dt.UTC)}
    with acting_for(lead, reviewer):
        refused(lambda: theirs.update(status="draft"))
        refused(lambda: theirs.update(organisation=lead.organisation))
        assert BeneficiaryCount.objects.filter(report=partner.submitted).update(value=9) == 0
        assert CountReport.objects.filter(pk=partner.draft.pk).update(version=9) == 0
        report = theirs.get()
        report.status, report.return_reason = "returned", "Count them again."
        report.reviewed_by, report.reviewed_at = reviewer, review["reviewed_at"]
        report.save(update_fields=["status", "return_reason", *review])
        assert theirs.values_list("status", flat=True).get() == "returned"
        assert not BeneficiaryCount.objects.filter(report=partner.submitted).exists()
        assert theirs.update(status="approved") == 0


def test_a_partner_reads_the_program_and_none_of_its_leads_work(lead, partner):
    counted = lead.program.program_indicators.get().indicator
    target = make_target(lead.program, counted, site=partner.place.site)
    make_target(lead.program, counted, site=lead.place.site)
    make_target(lead.program, counted)
    with acting_for(partner):
        assert set(foreign(Program, partner)) == {lead.program}
        assert foreign(ProgramIndicator, partner).count() == 1
        assert set(foreign(Target, partner)) == {target}
        assert set(foreign(Partnership, partner)) == {lead.program.partnerships.get(role="lead")}
        for model in (CountReport, BeneficiaryCount, Site, ProgramSite, PeriodLock, Grant):
            assert not foreign(model, partner).exists()


def test_nobody_joins_a_program_by_themselves(lead):
    stranger = make_organisation()
    with scope(organisation_ids=[stranger.pk]):
        refused(lambda: make_partnership(lead.program, stranger))


def test_a_partner_ends_no_partnership(lead, partner):
    with acting_for(partner):
        own = Partnership.objects.filter(program=lead.program, organisation=partner.organisation)
        refused(lambda: own.update(role="network"))
        assert own.delete()[0] == 0


def test_a_funder_reads_what_it_pays_for(lead):
    funder = make_organisation(kinds=["FUNDER"])
    grant = make_grant(make_project(lead.organisation), funder)
    given = make_grant_scope(grant, lead.program, site=lead.place.site)
    other = make_grant(make_project(lead.organisation))
    make_grant_scope(other, lead.program)
    with scope(organisation_ids=[funder.pk]):
        assert set(Grant.objects.all()) == {grant}
        assert set(GrantScope.objects.all()) == {given}
        assert set(Program.objects.all()) == {lead.program}
        assert set(Site.objects.all()) == {lead.place.site}
        assert not CountReport.objects.exists()


def test_a_lock_of_a_partner_holds_its_lead_back(lead, partner):
    PeriodLock.objects.create(
        organisation=partner.organisation,
        span=(dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
        reason="The year is closed.",
        locked_by=partner.colleague,
    )
    with acting_for(lead, lead.colleague):
        rows = CountReport.objects.filter(pk=partner.submitted.pk)
        with pytest.raises(IntegrityError, match="locked"), transaction.atomic():
            rows.update(
                status="approved", reviewed_by=lead.colleague, reviewed_at=dt.datetime.now(dt.UTC)
            )


def test_the_shared_catalogue_is_read_by_all_and_written_by_the_platform(lead):
    with acting_for(lead):
        assert Indicator.objects.exists()
        assert Indicator.objects.update(direction="down") == 0
    with scope(powers=[PLATFORM]):
        assert Indicator.objects.update(direction="down") > 0


def test_strangers_are_in_no_address_book_but_of_who_edits_a_catalogue(lead):
    stranger = make_organisation()
    with acting_for(lead):
        assert stranger not in set(Organisation.objects.all())
        empower(ADDRESS_BOOK)
        assert stranger in set(Organisation.objects.all())
        assert Organisation.objects.filter(pk=stranger.pk).update(country="BE") == 0
        refused(lambda: make_organisation(kinds=["OWN"]))
        entry = make_organisation(kinds=["SCHOOL"])
        assert Organisation.objects.filter(pk=entry.pk).update(country="BE") == 1


def test_an_address_that_others_use_is_not_ours_to_change(lead):
    used = make_organisation(kinds=["SCHOOL"])
    make_partnership(make_program(), used)
    with acting_for(lead):
        empower(ADDRESS_BOOK)
        assert Organisation.objects.filter(pk=used.pk).update(country="BE") == 0


def test_a_link_opens_its_invitation_and_no_other(lead):
    Invitation.objects.filter(pk=lead.invitation.pk).update(token_hash=hashed("secret"))
    with scope():
        assert not Invitation.objects.exists()
        show_link(hashed("secret"))
        assert Invitation.objects.get() == lead.invitation
        assert Invitation.objects.update(role="administrator") == 0


def test_ones_own_roles_are_read_and_not_given(lead):
    person = make_user("field_worker", lead.organisation)
    with scope(user_id=person.pk):
        assert Membership.objects.count() == 1
        assert Membership.objects.update(role="administrator") == 0
        refused(
            lambda: Membership.objects.create(
                user=person, organisation=lead.organisation, role="administrator",
                active=(dt.date(2026, 1, 1), None),
            )
        )  # fmt: skip


def test_the_platform_starts_an_organisation_with_its_administrator_alone(lead):
    person = make_user(None)
    given = {
        "user": person,
        "organisation": lead.organisation,
        "active": (dt.date(2026, 1, 1), None),
    }
    with scope(powers=[PLATFORM]):
        refused(lambda: Membership.objects.create(role="case_worker", **given))
        Membership.objects.create(role="administrator", **given)


def test_what_is_garbage_opens_nothing(lead):
    for garbage in ("x", "1;2", "1,", "{1}", "1) OR (true"):
        with scope(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('portal.organisations', %s, true)", [garbage])
            with pytest.raises(Exception, match="invalid input syntax"), transaction.atomic():
                Site.objects.count()
