"""A deterministic network of organisations, as large as asked, in a database of its own."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from accounts.models import Membership, User
from accounts.roles import Role
from programs.actions import create_breakdown
from programs.models import Category, Dimension, Indicator, Organisation, Program, Target

ALWAYS = (dt.date(2000, 1, 1), None)
MONTHS = 24
PROGRAMS = 3  # of each organisation
SITES = 5  # of each program
INDICATORS = 8  # of each program: 8 × 18 cells
FIRST_MONTH = dt.date(2024, 11, 1)

SITES_OF_A_PROGRAM = """
WITH made AS (
    INSERT INTO programs_site (organisation_id, code, name, name_fr, name_en, kind, country, zone,
                               zone_fr, zone_en, time_zone, is_confidential, is_active, revision)
    SELECT p.organisation_id, p.code || '_' || n, 'Site ' || n, 'Site ' || n, 'Site ' || n,
           'NIGHT_CENTRE', 'FR', 'North', 'Nord', 'North', 'UTC', false, true, 1
    FROM programs_program p, generate_series(1, %(sites)s) n
    RETURNING id, organisation_id, code)
INSERT INTO programs_programsite
    (organisation_id, program_id, site_id, active, is_tallied, revision)
SELECT made.organisation_id, p.id, made.id, '[2000-01-01,)', false, 1
FROM made JOIN programs_program p ON made.organisation_id = p.organisation_id
     AND made.code LIKE p.code || '\\_%%'
"""
INDICATORS_OF_A_PROGRAM = """
INSERT INTO programs_programindicator
    (organisation_id, program_id, indicator_id, position, is_main, active, revision)
SELECT p.organisation_id, p.id, i.id, row_number() OVER (PARTITION BY p.id ORDER BY i.id),
       false, '[2000-01-01,)', 1
FROM programs_program p, programs_indicator i
"""
REPORTS = """
INSERT INTO beneficiaries_countreport
    (organisation_id, program_id, site_id, month, version, correction_reason, status, comment,
     submitted_by_id, submitted_at, reviewed_by_id, reviewed_at, return_reason, revision)
SELECT organisation_id, program_id, site_id, m, 1, '', 'approved', '',
       %(worker)s, m + interval '33 days', %(coordinator)s, m + interval '36 days', '', 1
FROM programs_programsite,
     generate_series(%(first)s::date, %(first)s::date + interval '23 months', '1 month') m
"""
COUNTS = """
INSERT INTO beneficiaries_beneficiarycount
    (organisation_id, report_id, indicator_id, breakdown_id, cell_id, value, missing_reason,
     comment, is_derived, revision)
SELECT r.organisation_id, r.id, i.id, i.breakdown_id, c.id,
       (r.id * 7 + i.id * 13 + c.id * 29) % 90, '', '', false, 1
FROM beneficiaries_countreport r
JOIN programs_programindicator pi ON pi.program_id = r.program_id
JOIN programs_indicator i ON i.id = pi.indicator_id
JOIN programs_cell c ON c.breakdown_id = i.breakdown_id
"""


def both(**texts: str) -> dict[str, str]:
    return {f"{name}_{code}": text for name, text in texts.items() for code in ("fr", "en")}


def generate(organisations: int) -> dict[str, int]:
    """Fill an empty database, as its owner; returns the number of rows by kind."""
    # The generator writes past months in bulk: the guards would ask for each row.
    _triggers("DISABLE")
    with transaction.atomic(), connection.cursor() as cursor:
        _catalogue()
        for number in range(1, organisations + 1):
            _organisation(number)
        people = _people()
        cursor.execute(SITES_OF_A_PROGRAM, {"sites": SITES})
        cursor.execute(INDICATORS_OF_A_PROGRAM)
        for program in Program.objects.all():
            _target(program)
        cursor.execute(REPORTS, people | {"first": FIRST_MONTH})
        cursor.execute(COUNTS)
        rows = cursor.rowcount
    _triggers("ENABLE")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"organisations": organisations, "counts": rows}


def _triggers(state: str) -> None:
    with connection.cursor() as cursor:
        for table in ("beneficiaries_countreport", "beneficiaries_beneficiarycount"):
            cursor.execute(f"ALTER TABLE {table} {state} TRIGGER USER")


def _catalogue() -> None:
    sex = _dimension("SEX", ["F", "M", "U"])
    age = _dimension("AGE", ["A0_5", "A6_11", "A12_17", "A18_24", "A25", "U"])
    breakdown = create_breakdown(
        code="SEX_AGE", name_fr="Sexe et âge", name_en="Sex and age", dimensions=[sex, age]
    )
    for number in range(INDICATORS):
        events = number % 2 == 0
        Indicator.objects.create(
            code=f"INDICATOR_{number}",
            breakdown=breakdown,
            unit="contact" if events else "person",
            measure="events" if events else "new_in_year",
            time_rule="sum",
            site_rule="sum",
            **both(name=f"Indicator {number}", definition="What is counted."),
        )


def _dimension(code: str, categories: list[str]) -> Dimension:
    dimension = Dimension.objects.create(code=code, **both(name=code))
    for position, category in enumerate(categories):
        Category.objects.create(
            dimension=dimension,
            code=category,
            position=position,
            is_unknown=category == "U",
            valid=ALWAYS,
            **both(name=category),
        )
    return dimension


def _organisation(number: int) -> None:
    organisation = Organisation.objects.create(
        code=f"ORG_{number}", kinds=["OWN"], country="FR", **both(name=f"Organisation {number}")
    )
    for code in ("ESP", "NCC", "IPP")[:PROGRAMS]:
        Program.objects.create(
            organisation=organisation,
            code=code,
            pillar="PROTECTION",
            kind_of_work="NIGHT_CARE",
            starts_on=dt.date(2020, 1, 1),
            **both(name=code, objective="Shelter."),
        )


def _target(program: Program) -> None:
    Target.objects.create(
        organisation_id=program.organisation_id,
        program=program,
        indicator=Indicator.objects.first(),
        kind="incremental",
        span=(FIRST_MONTH, dt.date(2026, 11, 1)),
        value=50_000,
    )


def _people() -> dict[str, object]:
    organisation = Organisation.objects.get(code="ORG_1")
    people = {}
    for name, role in (("worker", Role.FIELD_WORKER), ("coordinator", Role.COORDINATOR)):
        user = User.objects.create(
            email=f"{name}@example.org", display_name=name.title(), language="en"
        )
        Membership.objects.create(user=user, organisation=organisation, role=role, active=ALWAYS)
        people[name] = user.pk
    return people
