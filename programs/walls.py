"""Walls around the catalogue: what partners, leads and funders read of each other.

A program is shared work: its partners read it, its indicators, its lead, and the targets of their
own sites; its lead reads and changes who takes part and at which sites. A funder reads the grants
it gives and what they pay for. Organisations are an address book for whoever edits a catalogue.
"""

from audit.walls.rules import (
    ADDRESS_BOOK,
    BEFORE_ANY_SCOPE,
    OWN,
    PLATFORM,
    Walls,
    adds,
    changes,
    listed,
    reads,
    removes,
)

OWN_IDS = listed("organisations")
LED = f"program_id = ANY{listed('led')}"
TAKES_PART = f"program_id = ANY{listed('programs')}"
KNOWN = listed("known")
# Read afresh: the program may be a minute old, and its lead one of its first rows.
LEADS = f"(SELECT p.organisation_id FROM programs_program p WHERE p.id = program_id) = ANY{OWN_IDS}"
OWN_SITES = f"((SELECT ARRAY(SELECT id FROM programs_site WHERE {OWN}))::bigint[])"
GIVEN = f"SELECT id FROM programs_grant WHERE funder_id = ANY{OWN_IDS}"
PAID = f"SELECT project_id FROM programs_grant WHERE funder_id = ANY{OWN_IDS}"
# An entry of the address book that no other organisation uses.
OF_NOBODY = f"{ADDRESS_BOOK} AND NOT portal_is_used(%s, {OWN_IDS})"
NO_TENANT = "NOT ('OWN' = ANY(kinds))"

ORGANISATIONS = (
    reads("programs_organisationevent", "own", f"id = ANY{OWN_IDS} OR {PLATFORM}"),
    reads(
        "programs_organisation",
        "known",
        f"id = ANY{KNOWN} OR {PLATFORM} OR {ADDRESS_BOOK} OR {BEFORE_ANY_SCOPE}",
    ),
    adds("programs_organisation", "entered", f"{PLATFORM} OR ({ADDRESS_BOOK} AND {NO_TENANT})"),
    changes(
        "programs_organisation",
        "own_or_of_nobody",
        f"id = ANY{OWN_IDS} OR {PLATFORM} OR ({NO_TENANT} AND {OF_NOBODY % 'id'})",
    ),
    reads(
        "programs_organisationyear",
        "known",
        f"organisation_id = ANY{KNOWN} OR {PLATFORM} OR {ADDRESS_BOOK}",
    ),
    adds(
        "programs_organisationyear",
        "of_nobody",
        f"{PLATFORM} OR ({OF_NOBODY % 'organisation_id'})",
    ),
    changes(
        "programs_organisationyear",
        "of_nobody",
        f"{PLATFORM} OR ({OF_NOBODY % 'organisation_id'})",
    ),
)
SHARED_WORK = (
    reads("programs_program", "takes_part", f"id = ANY{listed('programs')}"),
    reads("programs_programindicator", "takes_part", TAKES_PART),
    reads(
        "programs_partnership",
        "own_or_led",
        f"{OWN} OR {LED} OR (role = 'lead' AND {TAKES_PART})",
        with_history=True,
    ),
    adds("programs_partnership", "led", LEADS),
    # A partner may lock its own row, while it opens a site; only the lead changes it.
    changes("programs_partnership", "led", f"{OWN} OR {LEADS}", into=LEADS),
    removes("programs_partnership", "led", LEADS),
    reads("programs_programsite", "led", LED),
    changes("programs_programsite", "led", LED),
    reads("programs_site", "of_shared_work", f"id = ANY{listed('sites')}"),
    reads(
        "programs_target",
        "of_own_sites",
        f"grant_id IS NULL AND {TAKES_PART} AND site_id = ANY{OWN_SITES}",
    ),
)
FUNDING = (
    reads("programs_grant", "given", f"funder_id = ANY{OWN_IDS}"),
    reads("programs_grantscope", "given", f"grant_id = ANY((SELECT ARRAY({GIVEN}))::bigint[])"),
    reads("programs_fundedproject", "paid", f"id = ANY((SELECT ARRAY({PAID}))::bigint[])"),
)

# What a scope carries (portal_enter): `own` is the array of its organisations.
LISTS = (
    ("led", "SELECT id FROM programs_program WHERE organisation_id = ANY(own)"),
    ("programs", "SELECT program_id FROM programs_partnership WHERE organisation_id = ANY(own)"),
    (
        "programs",
        "SELECT s.program_id FROM programs_grantscope s JOIN programs_grant g ON g.id = s.grant_id"
        " WHERE g.funder_id = ANY(own)",
    ),
    ("sites", f"SELECT site_id FROM programs_programsite WHERE {LED} AND NOT {OWN}"),
    (
        "sites",
        "SELECT s.site_id FROM programs_grantscope s JOIN programs_grant g ON g.id = s.grant_id"
        " WHERE g.funder_id = ANY(own)",
    ),
    ("known", "SELECT unnest(own)"),
    ("known", f"SELECT organisation_id FROM programs_partnership WHERE {LED}"),
    ("known", f"SELECT organisation_id FROM programs_program WHERE id = ANY{listed('programs')}"),
    ("known", "SELECT funder_id FROM programs_grant WHERE organisation_id = ANY(own)"),
    ("known", "SELECT organisation_id FROM programs_grant WHERE funder_id = ANY(own)"),
)

# Whether others work with an organisation: a yes or a no, where the rows themselves stay hidden.
IS_USED = """
CREATE OR REPLACE FUNCTION portal_is_used(organisation bigint, by_others_than bigint[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM accounts_membership m WHERE m.organisation_id = organisation)
        OR EXISTS (
            SELECT FROM programs_partnership s JOIN programs_program p ON p.id = s.program_id
            WHERE s.organisation_id = organisation
              AND p.organisation_id <> ALL(coalesce(by_others_than, '{}')))
        OR EXISTS (
            SELECT FROM programs_grant g
            WHERE g.funder_id = organisation
              AND g.organisation_id <> ALL(coalesce(by_others_than, '{}')))
$$
"""

WALLS = Walls(
    openings=(*ORGANISATIONS, *SHARED_WORK, *FUNDING),
    without_base=frozenset({"programs_partnership"}),
    shared=frozenset(
        f"programs_{name}"
        for name in (
            *["breakdown", "breakdowndimension", "category", "cell", "cellcategory", "code"],
            *["codelist", "dimension", "indicator"],
        )
    ),
    lists=LISTS,
    functions=(
        IS_USED,
        "REVOKE ALL ON FUNCTION portal_is_used FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION portal_is_used TO {role}",
    ),
)
