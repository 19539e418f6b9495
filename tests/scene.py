"""One organisation at work with a partner, and an address of each page about what is theirs."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.actions.factor import add_passkey
from accounts.models import Elevation, FactorReset, Invitation, User
from audit import journal
from audit.models import JournalEntry
from audit.scope import scope
from beneficiaries.models import CountReport, PeriodLock, TallySheet, WorkbookUpload
from programs.models import Document, FundedProject, Organisation, Program, ProgramSite
from reports.budget import SECOND_PERSON_ABOVE
from reports.models import Export
from tests.factories import (
    both,
    make_built,
    make_correction,
    make_document,
    make_elevation,
    make_export,
    make_filled_report,
    make_grant,
    make_grant_scope,
    make_invitation,
    make_organisation,
    make_partnership,
    make_program,
    make_program_indicator,
    make_program_site,
    make_project,
    make_site,
    make_user,
    submit_as_is,
)

MONTHS = [dt.date(2026, month, 1) for month in (1, 2, 3, 4)]
CORRECTED = dt.date(2025, 12, 1)
TALLIED = dt.date(2026, 6, 2)
# As long as those of real organisations, so that a page too narrow for them is seen.
LONG = {
    "organisation": "Aux côtés des femmes et des mineurs victimes de la traite, Île-de-France",
    "program": "Centres de soins nocturnes et accompagnement des enfants de Kamathipura",
    "site": "Point d’accès au droit et permanence d’accueil du dix-huitième",
    "person": "Marie-Bénédicte de La Rochefoucauld",
    "project": "Prévenir l’exploitation et accompagner vers l’autonomie, troisième phase",
}


@dataclass
class Scene:
    """An organisation with a program, a tallied site and a report in each state."""

    organisation: Organisation
    program: Program
    place: ProgramSite
    project: FundedProject
    draft: CountReport
    submitted: CountReport
    returned: CountReport
    approved: CountReport
    # A draft that corrects an approved report.
    correction: CountReport
    sheet: TallySheet
    lock: PeriodLock
    colleague: User
    invitation: Invitation
    elevation: Elevation
    # Large, and waits for the answer of somebody else.
    asked: Export
    passkey: Authenticator
    document: Document
    lost: FactorReset

    def upload_of(self, user: User) -> WorkbookUpload:
        """A workbook is its sender's alone."""
        return WorkbookUpload.objects.create(
            organisation=self.organisation,
            user=user,
            month=self.draft.month,
            sha256=hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
        )

    def make_entry(self) -> int:
        """Somebody saw an account here; the number of the journal's entry."""
        details = {"page": "account", "what": "account"}
        shown = [self.colleague.pk]
        where = self.organisation.pk
        with scope(user_id=self.colleague.pk, organisation_ids=[where]):
            journal.record("view", by=self.colleague, shown=shown, details=details)
        return JournalEntry.objects.latest("pk").pk

    def export_of(self, user: User) -> Export:
        """An export is its requester's alone."""
        return make_built(make_export(user, self.organisation))

    def addresses(self, user: User) -> list[tuple[str, str]]:
        """Every page of the portal about something of this scene: its name and its address."""
        return [(name, reverse(name, args=args)) for name, args in self._pages(user)]

    def _pages(self, user: User) -> list[tuple[str, list]]:
        return [
            *self._catalogue(), *self._people(), *self._reports(), *self._sheets(user),
            *self._exports(user),
        ]  # fmt: skip

    def _catalogue(self) -> list[tuple[str, list]]:
        indicator = self.program.program_indicators.first().indicator_id
        return [
            ("organisation", [self.organisation.pk]),
            ("program", [self.program.pk]),
            ("site", [self.place.site_id]),
            ("project", [self.project.pk]),
            ("document_add", [self.organisation.pk]),
            ("document_file", [self.document.pk]),
            ("document_replace", [self.document.pk]),
            ("document_withdraw", [self.document.pk]),
            ("figure_evidence", [self.program.pk, indicator]),
        ]

    def _people(self) -> list[tuple[str, list]]:
        membership = self.colleague.memberships.first().pk
        return [
            ("account", [self.colleague.pk]),
            ("passkey_rename", [self.passkey.pk]),
            ("factor_remove", [self.passkey.pk]),
            ("factor_reset_ask", [self.colleague.pk]),
            ("factor_reset_answer", [self.lost.pk]),
            ("account_deactivate", [self.colleague.pk]),
            ("account_reactivate", [self.colleague.pk]),
            ("membership_grant", [self.colleague.pk]),
            ("membership_end", [membership]),
            ("elevation", [self.elevation.pk]),
            ("elevation_end", [self.elevation.pk]),
            ("invitation_resend", [self.invitation.pk]),
            ("invitation_withdraw", [self.invitation.pk]),
            ("journal_entry", [self.make_entry()]),
        ]

    def _reports(self) -> list[tuple[str, list]]:
        draft = [self.draft.pk]
        indicator = self.program.program_indicators.first().indicator_id
        cell = self.draft.counts.first().cell_id
        return [
            ("count_report_open", [self.program.pk, self.place.site_id, dt.date(2026, 5, 1)]),
            ("count_report", draft),
            ("count_report_submit", draft),
            ("count_report_take_back", [self.submitted.pk]),
            ("count_report_approve", [self.submitted.pk]),
            ("count_report_return", [self.submitted.pk]),
            ("count_report_correct", [self.approved.pk]),
            ("count_report_discard", [self.correction.pk]),
            ("count_report_paste", draft),
            ("count_cell_save", draft),
            ("count_comment_save", draft),
            ("count_row_mark", [*draft, indicator]),
            ("count_note_save", [*draft, indicator]),
            ("count_cell_history", [*draft, indicator]),
            ("count_cell_history", [*draft, indicator, cell]),
        ]

    def _sheets(self, user: User) -> list[tuple[str, list]]:
        book = [self.organisation.pk, self.draft.month]
        sheet = [self.place.pk, self.sheet.day, self.sheet.number]
        return [
            ("tally_sheets", [self.place.pk]),
            ("tally_sheets", [self.place.pk, TALLIED.replace(day=1)]),
            ("tally_sheet", [self.place.pk]),
            ("tally_sheet", [self.place.pk, TALLIED]),
            ("tally_sheet", sheet),
            ("tally_sheet_cancel", sheet),
            ("tally_sheet_restore", sheet),
            ("workbook", book),
            ("workbook_download", book),
            ("workbook_upload", book),
            ("workbook_apply", [self.upload_of(user).pk]),
            ("period_lock_lift", [self.lock.pk]),
            ("lock_exception", [self.lock.pk]),
        ]

    def _exports(self, user: User) -> list[tuple[str, list]]:
        export = self.export_of(user)
        return [
            ("export", [export.pk]),
            ("export_passphrase", [export.pk]),
            ("export_download", [export.pk]),
            ("export_withdraw", [export.pk]),
            ("export_review", [self.asked.pk]),
        ]


def _code(length: int) -> dict[str, str]:
    """A code of its own, as long as NEPAL_1_PREVENTION."""
    return {"code": f"SCENE_{uuid.uuid4().hex.upper()}"[:length]}


def make_scene(organisation: Organisation | None = None, program: Program | None = None) -> Scene:
    """Everything of one organisation; `program` when it is somebody else's to take part in."""
    organisation = organisation or make_organisation(LONG["organisation"], **_code(22))
    program = program or make_program(organisation, **both(name=LONG["program"]), **_code(22))
    place = _make_place(organisation, program)
    draft, submitted, returned, approved = (make_filled_report(place, month) for month in MONTHS)
    submit_as_is(submitted, "submitted")
    submit_as_is(approved)
    returned.refresh_from_db()
    colleague = make_user(
        "field_worker", organisation, site=place.site, display_name=LONG["person"]
    )
    return Scene(
        organisation=organisation,
        program=program,
        place=place,
        project=_make_project(organisation, program),
        draft=draft,
        submitted=submitted,
        returned=returned,
        approved=approved,
        correction=make_correction(place, CORRECTED),
        sheet=_make_sheet(place, colleague),
        lock=_make_lock(organisation, colleague),
        colleague=colleague,
        **_around(organisation, colleague),
    )


def _make_place(organisation: Organisation, program: Program) -> ProgramSite:
    """A tallied site in the program, which reports one figure at least."""
    if program.organisation_id != organisation.pk:
        make_partnership(program, organisation)
    if not program.program_indicators.exists():
        make_program_indicator(program, is_main=True)
    site = make_site(organisation, **both(name=LONG["site"]), **_code(22))
    return make_program_site(program, site, is_tallied=True)


def _make_project(organisation: Organisation, program: Program) -> FundedProject:
    project = make_project(organisation, **both(name=LONG["project"]), **_code(22))
    grant = make_grant(
        project, amount=1_250_000, currency="EUR", reference=f"CONVENTION-{uuid.uuid4().hex[:12]}"
    )
    make_grant_scope(grant, program, share=40)
    return project


def _make_sheet(place: ProgramSite, by: User) -> TallySheet:
    return TallySheet.objects.create(
        organisation=place.organisation,
        program=place.program,
        site=place.site,
        day=TALLIED,
        entered_by=by,
    )


def _make_lock(organisation: Organisation, by: User) -> PeriodLock:
    return PeriodLock.objects.create(
        organisation=organisation,
        span=(dt.date(2025, 1, 1), dt.date(2025, 2, 1)),
        reason="The auditors have passed.",
        locked_by=by,
    )


def _around(organisation: Organisation, colleague: User) -> dict:
    """What somebody has, and what of theirs waits for somebody else."""
    administrator = make_user("administrator", organisation)
    asker = make_user("coordinator", organisation)
    return {
        "lost": FactorReset.objects.create(
            organisation=organisation, person=colleague, asked_by=administrator
        ),
        "passkey": add_passkey(by=colleague, name="my telephone", credential={}),
        "elevation": make_elevation(colleague, organisation, started=-90),
        "document": make_document(organisation),
        "invitation": make_invitation(organisation, administrator),
        "asked": make_export(asker, organisation, rows=SECOND_PERSON_ABOVE + 1),
    }
