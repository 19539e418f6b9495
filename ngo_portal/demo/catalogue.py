"""The catalogue rows of a family, saved as the catalogue's screens do: full_clean, then save."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model

from audit.scope import renew
from programs.models import (
    FundedProject,
    Grant,
    GrantScope,
    Indicator,
    Organisation,
    OrganisationYear,
    Partnership,
    Program,
    ProgramIndicator,
    ProgramSite,
    Site,
    Target,
)

from .calendar import Calendar
from .shapes import Aim, Family, Money, Org, Partner, Place, Prog, Project, Span, Work, both

Row = TypeVar("Row", bound=Model)


def kept(row: Row) -> Row:
    """Save a row that passes its own checks; nothing else enters the demonstration."""
    row.full_clean()
    row.save()
    return row


def span(pair: Span) -> DateRange:
    return DateRange(*pair)


def organisation(code: str) -> Organisation:
    return Organisation.objects.get(code=code)


def organisation_ids(family: Family) -> list[int]:
    """The organisations whose rows a family makes; some are another family's."""
    codes = {org.code for org in family.organisations}
    codes |= {row.organisation for row in (*family.places, *family.projects)}
    codes |= {prog.lead for prog in family.programs}
    return list(Organisation.objects.filter(code__in=codes).values_list("pk", flat=True))


def program(code: str) -> Program:
    return Program.objects.select_related("organisation").get(code=code)


def site(code: str) -> Site:
    return Site.objects.select_related("organisation").get(code=code)


def make(family: Family, calendar: Calendar) -> None:
    """Sites, programs and funded projects of a family, in this order."""
    for place in family.places:
        make_site(place)
    for prog in family.programs:
        make_program(prog, calendar)
    for project in family.projects:
        make_project(project)
    for prog in family.programs:
        for aim in prog.aims:
            make_target(prog, aim, calendar)


def make_organisations(family: Family) -> None:
    for org in family.organisations:
        make_organisation(org)


def make_organisation(org: Org) -> Organisation:
    row = kept(
        Organisation(
            code=org.code,
            kinds=org.kinds.split(),
            country=org.country,
            language=org.language,
            time_zone=org.time_zone,
            aliases=list(org.aliases),
            agreement=span(org.agreement) if org.agreement else None,
            **both(name=org.name),
        )
    )
    for year in org.years:
        kept(
            OrganisationYear(
                organisation=row,
                year=year.year,
                source=year.source,
                staff=year.staff,
                budget=year.budget,
                currency=year.currency,
                people_served=year.people_served,
            )
        )
    return row


def make_site(place: Place) -> Site:
    return kept(
        Site(
            organisation=organisation(place.organisation),
            code=place.code,
            kind=place.kind,
            country=place.country,
            time_zone=place.time_zone,
            capacity=place.capacity,
            is_confidential=place.is_confidential,
            is_active=place.is_active,
            **both(name=place.name, zone=place.zone),
        )
    )


def make_program(prog: Prog, calendar: Calendar) -> Program:
    """A program with its partners, its indicators in the order of the grid, and its sites."""
    row = kept(
        Program(
            organisation=organisation(prog.lead),
            code=prog.code,
            pillar=prog.pillar,
            kind_of_work=prog.kind,
            age_min=prog.ages[0],
            age_max=prog.ages[1],
            starts_on=prog.starts_on,
            ends_on=prog.ends_on,
            due_days=prog.due_days,
            **both(name=prog.name, objective=prog.objective),
        )
    )
    renew()
    for partner in prog.partners:
        make_partnership(row, partner)
    make_rows(row, prog, calendar)
    for work in prog.works:
        make_program_site(row, work, calendar)
    return row


def make_rows(row: Program, prog: Prog, calendar: Calendar) -> None:
    """The indicators of a program, in the order of its grid."""
    for position, line in enumerate(prog.rows, start=1):
        kept(
            ProgramIndicator(
                organisation=row.organisation,
                program=row,
                indicator=Indicator.objects.get(code=line.indicator),
                position=position,
                is_main=line.is_main,
                active=span(calendar.span_of_rows(prog)),
            )
        )


def make_partnership(row: Program, partner: Partner) -> Partnership:
    return kept(
        Partnership(
            organisation=organisation(partner.organisation),
            program=row,
            role=partner.role,
            active=DateRange(partner.since, partner.until),
        )
    )


def make_program_site(row: Program, work: Work, calendar: Calendar) -> ProgramSite:
    place = site(work.site)
    return kept(
        ProgramSite(
            organisation=place.organisation,
            program=row,
            site=place,
            active=span(calendar.span_of(work)),
            is_tallied=work.is_tallied,
        )
    )


def make_project(project: Project) -> FundedProject:
    row = kept(
        FundedProject(
            organisation=organisation(project.organisation),
            code=project.code,
            period=span(project.span),
            **both(name=project.name, objective=project.objective),
        )
    )
    for money in project.grants:
        make_grant(row, money)
    return row


def make_grant(project: FundedProject, money: Money) -> Grant:
    period = span(money.span) if money.span else project.period
    row = kept(
        Grant(
            organisation=project.organisation,
            project=project,
            funder=organisation(money.funder),
            reference=money.reference,
            period=period,
            amount=money.amount,
            currency=money.currency,
            report_language=money.language,
        )
    )
    for cover in money.covers:
        kept(
            GrantScope(
                organisation=project.organisation,
                grant=row,
                program=program(cover.program),
                site=site(cover.site) if cover.site else None,
                share=cover.share,
                period=period,
            )
        )
    return row


def make_target(prog: Prog, aim: Aim, calendar: Calendar) -> Target:
    """What the program aims at; over the civil year of today unless the aim has a span."""
    row = program(prog.code)
    year = calendar.today.year
    indicator = Indicator.objects.get(code=aim.indicator)
    return kept(
        Target(
            organisation=row.organisation,
            program=row,
            indicator=indicator,
            cell=indicator.breakdown.cells.get(key=aim.cell) if aim.cell else None,
            grant=Grant.objects.get(reference=aim.grant) if aim.grant else None,
            kind=aim.kind,
            span=span(aim.span or (dt.date(year, 1, 1), dt.date(year + 1, 1, 1))),
            value=aim.value,
        )
    )
