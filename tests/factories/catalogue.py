"""Organisations, programs, sites, indicators, funding."""

from __future__ import annotations

import datetime as dt
from itertools import count

from programs.actions import create_breakdown
from programs.models import (
    Breakdown,
    Category,
    Dimension,
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

ALWAYS = (dt.date(2000, 1, 1), None)
numbers = count(1)


def both(**texts: str) -> dict[str, str]:
    """`name="Centre"` as name_fr and name_en."""
    return {
        f"{field}_{language}": text for field, text in texts.items() for language in ("fr", "en")
    }


def make_organisation(name: str = "", **fields) -> Organisation:
    number = next(numbers)
    defaults = {"code": f"ORG_{number}", "kinds": ["OWN"], "country": "FR"}
    return Organisation.objects.create(
        **both(name=name or f"Organisation {number}"), **(defaults | fields)
    )


def make_program(organisation: Organisation | None = None, **fields) -> Program:
    number = next(numbers)
    defaults = {
        "organisation": organisation or make_organisation(),
        "code": f"PROGRAM_{number}",
        "pillar": "PROTECTION",
        "kind_of_work": "NIGHT_CARE",
        "starts_on": dt.date(2020, 1, 1),
        **both(name=f"Program {number}", objective="Shelter through the dangerous hours."),
    }
    return Program.objects.create(**(defaults | fields))


def make_site(organisation: Organisation | None = None, **fields) -> Site:
    number = next(numbers)
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


def make_partnership(program: Program, organisation: Organisation | None = None, **fields):
    """A partner in a program."""
    defaults = {"role": "implementing", "active": ALWAYS}
    organisation = organisation or make_organisation()
    return Partnership.objects.create(
        program=program, organisation=organisation, **(defaults | fields)
    )


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
    number = next(numbers)
    sex = make_dimension(f"SEX_{number}", "F", "M", "U")
    age = make_dimension(f"AGE_{number}", "C", "A", "U")
    return create_breakdown(
        code=f"{code}_{number}", name_fr=code, name_en=code, dimensions=[sex, age]
    )


def make_indicator(breakdown: Breakdown | None = None, **fields) -> Indicator:
    number = next(numbers)
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


def make_project(organisation: Organisation | None = None, **fields) -> FundedProject:
    number = next(numbers)
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
    number = next(numbers)
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
    """A target for an indicator that the program counts, from now on if it did not."""
    indicator = indicator or make_indicator()
    if not program.program_indicators.filter(indicator=indicator).exists():
        make_program_indicator(program, indicator)
    defaults = {
        "organisation": program.organisation,
        "indicator": indicator,
        "kind": "incremental",
        "span": (dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
        "value": 100,
    }
    return Target.objects.create(program=program, **(defaults | fields))
