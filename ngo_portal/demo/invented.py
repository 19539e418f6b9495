"""Invented organisations: everything awkward happens here and nowhere else.

Association Horizon leads three programs, Fundación Puente Claro works in one of them, Fonds Lumière
pays. The real families show a fictional grant of Fonds Lumière where no public funder is known.
"""

import datetime as dt

from .counts import PARIS, STEADY
from .lumiere import FICTIONAL
from .shapes import (
    Account,
    Aim,
    Cover,
    Family,
    Money,
    Org,
    Partner,
    Place,
    Prog,
    Project,
    Row,
    Work,
)

ZONE = "Europe/Paris"
SINCE = dt.date(2019, 9, 1)

ORGANISATIONS = (
    Org(
        "HORIZON",
        ("Association Horizon", "Horizon Association"),
        "OWN",
        "FR",
        "fr",
        ZONE,
        aliases=FICTIONAL,
        domain="horizon",
    ),
    Org(
        "PUENTE_CLARO",
        ("Fundación Puente Claro", "Fundación Puente Claro"),
        "OWN PARTNER_NGO",
        "ES",
        "en",
        "Europe/Madrid",
        aliases=FICTIONAL,
        domain="puenteclaro",
    ),
)

NORTH, SOUTH = ("Zone nord", "North zone"), ("Zone sud", "South zone")
VALLEY, STATION, PORT = ("Vallée", "Valley"), ("Gare", "Station"), ("Port", "Port")
PLACES = (
    Place(
        "HORIZON",
        "NORTH",
        ("Centre de nuit A", "Night centre A"),
        NORTH,
        "NIGHT_CENTRE",
        "FR",
        ZONE,
        60,
    ),
    Place(
        "HORIZON",
        "SOUTH",
        ("Centre de nuit B", "Night centre B"),
        SOUTH,
        "NIGHT_CENTRE",
        "FR",
        ZONE,
        45,
    ),
    Place(
        "HORIZON",
        "VALLEY",
        ("Centre de nuit C", "Night centre C"),
        VALLEY,
        "NIGHT_CENTRE",
        "FR",
        ZONE,
        24,
        is_active=False,
    ),
    Place(
        "HORIZON",
        "STATION",
        ("Quartier de la gare", "Station district"),
        STATION,
        "OUTREACH_ZONE",
        "FR",
        ZONE,
    ),
    Place(
        "PUENTE_CLARO",
        "PUERTO",
        ("Quartier du port", "Port district"),
        PORT,
        "OUTREACH_ZONE",
        "ES",
        "Europe/Madrid",
    ),
    Place(
        "HORIZON",
        "REFUGE",
        ("Hébergement protégé", "Protected shelter"),
        VALLEY,
        "SHELTER",
        "FR",
        ZONE,
        18,
        is_confidential=True,
    ),
)

CHILDREN = {
    "F": 53,
    "M": 46,
    "U": 1,
    "AGE_0_5": 18,
    "AGE_6_11": 42,
    "AGE_12_17": 33,
    "AGE_18_24": 6,
}
STREET = {
    "F": 74,
    "M": 20,
    "U": 6,
    "AGE_12_17": 9,
    "AGE_18_24": 32,
    "AGE_25": 44,
    "AGE_U": 15,
}
RESIDENTS = {"F": 91, "M": 9, "AGE_12_17": 22, "AGE_18_24": 43, "AGE_25": 35}

NIGHT = Prog(
    "HORIZON",
    "HORIZON_NIGHT",
    ("Accueil de nuit", "Night care"),
    (
        "Programme inventé : un abri pour les enfants pendant la nuit, repas et soins.",
        "Invented program: shelter for children through the night, meals and care.",
    ),
    "SHELTER",
    "NIGHT_CARE",
    SINCE,
    CHILDREN,
    STEADY,
    rows=(
        Row("CHILDREN_SHELTERED", "active"),
        Row("CHILDREN_SHELTERED_NEW", "new", 0.7, is_main=True),
        Row("NIGHTS", "times", 17),
        Row("MEALS", "times", 36),
        Row("MEDICAL_CHECKS", "part", 0.4),
    ),
    works=(Work("NORTH", 64), Work("SOUTH", 47), Work("VALLEY", 22, stopped_months_ago=9)),
    ages=(0, 20),
    aims=(
        Aim("CHILDREN_SHELTERED_NEW", "incremental", 230),
        Aim("CHILDREN_SHELTERED_NEW", "incremental", 40, cell="F|AGE_12_17"),
        Aim("NIGHTS", "incremental", 31_500),
    ),
)

STREETS = Prog(
    "HORIZON",
    "HORIZON_STREET",
    ("Maraudes de la gare et du port", "Station and port rounds"),
    (
        "Programme inventé : aller vers les personnes à la rue, avec une fondation partenaire.",
        "Invented program: outreach to people in the street, with a partner foundation.",
    ),
    "OUTREACH",
    "MARAUDE",
    dt.date(2022, 3, 1),
    STREET,
    PARIS,
    rows=(
        Row("ROUNDS", "few", 4),
        Row("PEOPLE_MET", "active"),
        Row("PEOPLE_MET_NEW", "new", 1.8, is_main=True),
        Row("ENCOUNTERS", "times", 2.1),
        Row("ORIENTATIONS", "part", 0.25),
        Row("KITS", "times", 1.3),
    ),
    works=(Work("STATION", 58, is_tallied=True), Work("PUERTO", 41)),
    due_days=8,
    partners=(Partner("PUENTE_CLARO", "implementing", dt.date(2023, 1, 1)),),
    aims=(Aim("ENCOUNTERS", "incremental", 2200),),
)

REFUGE = Prog(
    "HORIZON",
    "HORIZON_REFUGE",
    ("Hébergement protégé", "Protected shelter"),
    (
        "Programme inventé : mise à l’abri et accompagnement de personnes victimes de traite.",
        "Invented program: safe shelter and support for people who were trafficked.",
    ),
    "REINTEGRATION",
    "SHELTER",
    SINCE,
    RESIDENTS,
    STEADY,
    rows=(
        Row("PEOPLE", "active"),
        Row("PEOPLE_NEW", "new", 0.8, is_main=True),
        Row("PSYCHOSOCIAL_SESSIONS", "times", 2.4),
        Row("COMPLAINTS_FILED", "few", 0.6),
    ),
    works=(Work("REFUGE", 15),),
)

PROJECTS = (
    Project(
        "HORIZON",
        "NIGHTS_STREETS",
        ("Nuits et rues sûres", "Safe nights and streets"),
        ("Projet inventé : accueil de nuit et maraudes.", "Invented: night care and rounds."),
        (dt.date(2025, 1, 1), dt.date(2028, 1, 1)),
        (
            Money(
                "LUMIERE",
                "DEMO-HORIZON-01",
                "fr",
                (Cover("HORIZON_NIGHT", 60, "NORTH"), Cover("HORIZON_STREET", 80)),
                amount=240_000,
                currency="EUR",
            ),
        ),
    ),
    Project(
        "HORIZON",
        "FIRST_STEPS",
        ("Premiers pas (terminé)", "First steps (closed)"),
        (
            "Projet inventé et terminé : ouverture du refuge.",
            "Invented, closed: opening the refuge.",
        ),
        (dt.date(2022, 1, 1), dt.date(2024, 1, 1)),
        (
            Money(
                "LUMIERE",
                "DEMO-HORIZON-02",
                "en",
                (Cover("HORIZON_REFUGE", 50),),
                amount=85_500,
                currency="CHF",
            ),
        ),
    ),
)

ACCOUNTS = (
    Account(
        "night",
        "field_worker",
        "HORIZON",
        ("Équipe de nuit", "Night worker"),
        "fr",
        ("HORIZON_NIGHT",),
        "NORTH",
    ),
    Account(
        "mediation",
        "field_worker",
        "HORIZON",
        ("Médiatrice", "Mediator"),
        "en",
        ("HORIZON_STREET",),
        "STATION",
    ),
    Account("casework", "case_worker", "HORIZON", ("Travailleur social", "Case worker"), "fr"),
    Account("coordination", "coordinator", "HORIZON", ("Coordination", "Coordinator"), "fr"),
    Account(
        "administration", "administrator", "HORIZON", ("Administration", "Administrator"), "fr"
    ),
    Account("audit", "auditor", "HORIZON", ("Audit", "Auditor"), "en"),
    Account(
        "partner", "partner", "PUENTE_CLARO", ("Partenaire", "Partner"), "en", ("HORIZON_STREET",)
    ),
)


FAMILY = Family(
    "HORIZON",
    ("Organisations inventées", "Invented organisations"),
    True,
    ORGANISATIONS,
    PLACES,
    (NIGHT, STREETS, REFUGE),
    PROJECTS,
    ACCOUNTS,
)
