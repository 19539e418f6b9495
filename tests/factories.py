"""Rows for tests, as plain functions; what a test does not say is given a believable value."""

from __future__ import annotations

import datetime as dt
import hashlib
from itertools import count

from django.utils import timezone

from accounts.models import Elevation, Membership, User
from accounts.roles import Role
from beneficiaries.models import BeneficiaryCount, CountReport
from beneficiaries.sheet import asked
from programs import uploads
from programs.actions import create_breakdown
from programs.models import (
    Breakdown,
    Category,
    Cell,
    Dimension,
    Document,
    FundedProject,
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
from reports.exports import folder
from reports.models import Export

ALWAYS = (dt.date(2000, 1, 1), None)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_numbers = count(1)


def both(**texts: str) -> dict[str, str]:
    """`name="Centre"` as name_fr and name_en."""
    return {
        f"{field}_{language}": text for field, text in texts.items() for language in ("fr", "en")
    }


def make_organisation(name: str = "", **fields) -> Organisation:
    number = next(_numbers)
    defaults = {"code": f"ORG_{number}", "kinds": ["OWN"], "country": "FR"}
    return Organisation.objects.create(
        **both(name=name or f"Organisation {number}"), **(defaults | fields)
    )


def make_program(organisation: Organisation | None = None, **fields) -> Program:
    number = next(_numbers)
    defaults = {
        "organisation": organisation or make_organisation(),
        "code": f"PROGRAM_{number}",
        "pillar": "PROTECTION",
        "kind_of_work": "NIGHT_CARE",
        "starts_on": dt.date(2020, 1, 1),
        **both(name=f"Program {number}", objective="Shelter through the dangerous hours."),
    }
    return Program.objects.create(**(defaults | fields))


def make_document(
    organisation: Organisation | None = None, about: Organisation | None = None, **fields
) -> Document:
    """A document whose file is really there, sealed."""
    organisation = organisation or make_organisation()
    content = f"%PDF-1.4\n{next(_numbers)}\n%%EOF\n".encode()
    defaults = {
        "kind": "AGREEMENT",
        "title": "Agreement",
        "language": "fr",
        "valid": ALWAYS,
        "file": fields.get("file") or uploads.store(content),
        "name": "agreement.pdf",
        "content_type": "application/pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "uploaded_by": fields.get("uploaded_by") or make_user("administrator", organisation),
    }
    return Document.objects.create(
        organisation=organisation, about=about or organisation, **(defaults | fields)
    )


def make_site(organisation: Organisation | None = None, **fields) -> Site:
    number = next(_numbers)
    defaults = {
        "organisation": organisation or make_organisation(),
        "code": f"SITE_{number}",
        "kind": "NIGHT_CENTRE",
        "country": "FR",
        **both(name=f"Site {number}", zone="North"),
    }
    return Site.objects.create(**(defaults | fields))


def make_program_site(
    program: Program | None = None, site: Site | None = None, **fields
) -> ProgramSite:
    program = program or make_program()
    site = site or make_site(program.organisation)
    defaults = {"organisation": site.organisation, "active": ALWAYS}
    return ProgramSite.objects.create(program=program, site=site, **(defaults | fields))


def make_dimension(code: str, *categories: str) -> Dimension:
    """A dimension whose last category is the unknown one."""
    dimension = Dimension.objects.create(code=code, **both(name=code.capitalize()))
    for position, category in enumerate(categories):
        Category.objects.create(
            dimension=dimension,
            code=category,
            position=position,
            is_unknown=position == len(categories) - 1,
            valid=ALWAYS,
            **both(name=category),
        )
    return dimension


def make_breakdown(code: str = "SEX_AGE") -> Breakdown:
    """Sex by age with the unknowns: F, M, U × C (children), A (adults), U."""
    number = next(_numbers)
    sex = make_dimension(f"SEX_{number}", "F", "M", "U")
    age = make_dimension(f"AGE_{number}", "C", "A", "U")
    return create_breakdown(
        code=f"{code}_{number}", name_fr=code, name_en=code, dimensions=[sex, age]
    )


def make_indicator(breakdown: Breakdown | None = None, **fields) -> Indicator:
    number = next(_numbers)
    defaults = {
        "code": f"INDICATOR_{number}",
        "breakdown": breakdown or make_breakdown(),
        "unit": "contact",
        "measure": "events",
        "time_rule": "sum",
        "site_rule": "sum",
        **both(name=f"Indicator {number}", definition="What is counted."),
    }
    return Indicator.objects.create(**(defaults | fields))


def make_program_indicator(
    program: Program, indicator: Indicator | None = None, **fields
) -> ProgramIndicator:
    defaults = {"organisation": program.organisation, "active": ALWAYS}
    return ProgramIndicator.objects.create(
        program=program, indicator=indicator or make_indicator(), **(defaults | fields)
    )


def make_user(
    role: str | None = Role.FIELD_WORKER,
    organisation: Organisation | None = None,
    *,
    program: Program | None = None,
    site: Site | None = None,
    **fields,
) -> User:
    """Someone with one membership; `role=None` for an account without any."""
    number = next(_numbers)
    defaults = {
        "email": f"person{number}@example.org",
        "display_name": f"Person {number}",
        "language": "en",
    }
    user = User(**(defaults | fields))
    user.set_password("a long enough password")
    user.save()
    if role:
        make_membership(user, role, organisation, program=program, site=site)
    return user


def make_membership(
    user: User, role: str, organisation: Organisation | None = None, **fields
) -> Membership:
    """Another role of somebody, held for long; their cached rights are forgotten."""
    user.__dict__.pop("access", None)
    return Membership.objects.create(
        user=user,
        role=role,
        organisation=organisation or make_organisation(),
        **({"active": ALWAYS, "granted_at": LONG_AGO} | fields),
    )


def make_report(place: ProgramSite | None = None, month: dt.date | None = None, **fields):
    """The draft of a month (January 2026) at a site of a program."""
    place = place or make_program_site()
    return CountReport.objects.create(
        organisation=place.organisation,
        program=place.program,
        site=place.site,
        month=month or dt.date(2026, 1, 1),
        **fields,
    )


def make_filled_report(
    place: ProgramSite | None = None, month: dt.date | None = None, *, value: int = 1, **fields
) -> CountReport:
    """A draft with `value` in every cell; the program reports one indicator at least."""
    report = make_report(place, month, **fields)
    if not report.program.program_indicators.exists():
        make_program_indicator(report.program)
    BeneficiaryCount.objects.bulk_create(
        BeneficiaryCount(
            organisation=report.organisation,
            report=report,
            indicator=row.indicator,
            breakdown=row.indicator.breakdown,
            cell_id=column.cell_id,
            value=value,
        )
        for row in asked(program=report.program, month=report.month).rows
        for column in row.columns
    )
    return report


def make_correction(place: ProgramSite, month: dt.date) -> CountReport:
    """The draft that corrects an approved report."""
    approved = make_filled_report(place, month)
    submit_as_is(approved)
    return make_filled_report(
        place,
        month,
        version=2,
        supersedes=approved,
        correction_reason="The register says otherwise.",
    )


def make_partnership(program: Program, organisation: Organisation | None = None, **fields):
    """A partner in a program."""
    defaults = {"role": "implementing", "active": ALWAYS}
    organisation = organisation or make_organisation()
    return Partnership.objects.create(
        program=program, organisation=organisation, **(defaults | fields)
    )


def make_project(organisation: Organisation | None = None, **fields) -> FundedProject:
    number = next(_numbers)
    defaults = {
        "organisation": organisation or make_organisation(),
        "code": f"PROJECT_{number}",
        "period": (dt.date(2020, 1, 1), dt.date(2040, 1, 1)),
        **both(name=f"Project {number}", objective="Safe nights."),
    }
    return FundedProject.objects.create(**(defaults | fields))


def make_grant(
    project: FundedProject | None = None, funder: Organisation | None = None, **fields
) -> Grant:
    number = next(_numbers)
    project = project or make_project()
    defaults = {
        "organisation": project.organisation,
        "funder": funder or make_organisation(kinds=["FUNDER"]),
        "reference": f"REF-{number}",
        "period": (dt.date(2020, 1, 1), dt.date(2040, 1, 1)),
        "report_language": "fr",
    }
    return Grant.objects.create(project=project, **(defaults | fields))


def make_grant_scope(grant: Grant, program: Program, **fields) -> GrantScope:
    defaults = {"organisation": grant.organisation, "share": 100, "period": grant.period}
    return GrantScope.objects.create(grant=grant, program=program, **(defaults | fields))


def make_target(program: Program, indicator: Indicator | None = None, **fields) -> Target:
    defaults = {
        "organisation": program.organisation,
        "indicator": indicator or make_indicator(),
        "kind": "incremental",
        "span": (dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
        "value": 100,
    }
    return Target.objects.create(program=program, **(defaults | fields))


def make_counts(
    place: ProgramSite,
    month: dt.date,
    values: dict[Indicator, dict[str, int | str]],
    *,
    status: str = "approved",
    **fields,
) -> CountReport:
    """A report of these numbers (or reasons why one is missing), by indicator and cell key."""
    report = make_report(place, month, **fields)
    cells = {(c.breakdown_id, c.key): c for c in Cell.objects.all()}
    BeneficiaryCount.objects.bulk_create(
        BeneficiaryCount(
            organisation=report.organisation,
            report=report,
            indicator=indicator,
            breakdown=indicator.breakdown,
            cell=cells[indicator.breakdown_id, key],
            value=value if isinstance(value, int) else None,
            missing_reason="" if isinstance(value, int) else value,
        )
        for indicator, by_cell in values.items()
        for key, value in by_cell.items()
    )
    if status != "draft":
        submit_as_is(report, status)
    return report


def submit_as_is(report: CountReport, status: str = "approved") -> None:
    """Submit (and approve) a report without asking whether it is complete."""
    rows = CountReport.objects.filter(pk=report.pk)
    now = timezone.now()
    rows.update(status="submitted", submitted_by=make_user(None), submitted_at=now)
    if status == "approved":
        rows.update(status="approved", reviewed_by=make_user(None), reviewed_at=now)
    report.refresh_from_db()


def make_export(user: User, organisation: Organisation, **fields) -> Export:
    """An export that somebody asked for; nothing is made yet."""
    defaults = {
        "approver_organisation": organisation,
        "content": "counts",
        "filter": {"period": "range", "from": "2024-01", "to": "2024-12"},
        "purpose": "governance",
        "rows": 10,
    }
    export = Export.objects.create(
        organisation=organisation, requested_by=user, **(defaults | fields)
    )
    export.refresh_from_db(fields=["serial", "needs_second_person"])
    return export


def make_built(export: Export, **fields) -> Export:
    """As if the worker had made its file, which holds nothing."""
    Export.objects.filter(pk=export.pk).update(state="building", begun_at=timezone.now())
    export.refresh_from_db()
    export.state, export.built_at, export.built_rows = "built", timezone.now(), export.rows
    export.expires_at = timezone.now() + dt.timedelta(hours=24)
    export.file_name, content = f"{export.pk.hex}.zip", b"an archive"
    folder.path_of(export.file_name).write_bytes(content)
    export.size, export.sha256 = len(content), hashlib.sha256(content).hexdigest()
    export.passphrase = "AAAAA-BBBBB"
    for name, value in fields.items():
        setattr(export, name, value)
    export.save()
    return export


def make_elevation(user: User, organisation: Organisation, *, minutes: int = 30, **fields):
    """Emergency access from now on; `started=-90` began ninety minutes ago."""
    start = timezone.now() + dt.timedelta(minutes=fields.pop("started", 0))
    defaults = {
        "role": Role.COORDINATOR,
        "reason": "The coordinator is away and the month is due tonight.",
        "starts_at": start,
        "ends_at": start + dt.timedelta(minutes=minutes),
    }
    return Elevation.objects.create(user=user, organisation=organisation, **(defaults | fields))
