"""Prerana, Mumbai: educational support, night care, institutional placement, advocacy.

Public: since 1986; ages 0–24; staff and budget of 2017 and 2018 (epic.foundation/en/ngos/prerana);
three centres and more than 350 children a day (ESP); three centres and more than 250 children
(NCC); more than 1 200 children reached since 1986 (IPP). Monthly figures are invented.
"""

import datetime as dt

from .counts import INDIA_NIGHTS, INDIA_SCHOOL, STEADY
from .shapes import Account, Aim, Cover, Family, Money, Org, Place, Prog, Project, Row, Work, Year

SINCE = dt.date(1986, 1, 1)
ZONE = "Asia/Kolkata"
EPIC = "epic.foundation/en/ngos/prerana"
SOUTH = ("Mumbai Sud", "South Mumbai")
NEW_TOWN = ("Navi Mumbai", "Navi Mumbai")

PRERANA = Org(
    "PRERANA",
    ("Prerana", "Prerana"),
    "OWN",
    "IN",
    time_zone=ZONE,
    domain="prerana",
    years=(
        Year(2017, EPIC, staff=70, budget=414_880, currency="USD"),
        Year(2018, EPIC, staff=73, budget=500_365, currency="USD", people_served=1000),
    ),
)


def place(
    code: str, name: tuple[str, str], zone: tuple[str, str], kind: str, capacity=None
) -> Place:
    return Place("PRERANA", code, name, zone, kind, "IN", ZONE, capacity)


PLACES = (
    place("ESP_A", ("Centre de jour A", "Day centre A"), SOUTH, "DAY_CENTRE", 170),
    place("ESP_B", ("Centre de jour B", "Day centre B"), SOUTH, "DAY_CENTRE", 150),
    place("ESP_C", ("Centre de jour C", "Day centre C"), NEW_TOWN, "DAY_CENTRE", 130),
    place("NCC_A", ("Centre de nuit A", "Night centre A"), SOUTH, "NIGHT_CENTRE", 110),
    place("NCC_B", ("Centre de nuit B", "Night centre B"), SOUTH, "NIGHT_CENTRE", 100),
    place("NCC_C", ("Centre de nuit C", "Night centre C"), NEW_TOWN, "NIGHT_CENTRE", 80),
    place("IPP_DESK", ("Bureau des placements", "Placement desk"), SOUTH, "OFFICE"),
    place("ADVOCACY", ("Bureau du plaidoyer", "Advocacy desk"), SOUTH, "OFFICE"),
)

SCHOOL_AGE = {"F": 54, "M": 46, "AGE_0_5": 14, "AGE_6_11": 40, "AGE_12_17": 36, "AGE_18_24": 10}
NIGHT_AGE = {"F": 52, "M": 48, "AGE_0_5": 30, "AGE_6_11": 42, "AGE_12_17": 27, "AGE_18_24": 1}
PLACED_AGE = {"F": 58, "M": 42, "AGE_0_5": 4, "AGE_6_11": 40, "AGE_12_17": 46, "AGE_18_24": 10}

ESP = Prog(
    "PRERANA",
    "ESP",
    ("Programme de soutien éducatif (ESP)", "Educational Support Program (ESP)"),
    (
        "Cours de soutien gratuits, activités d’éveil et compétences de vie pour les plus jeunes ; "
        "parrainage vers une formation professionnelle, puis un emploi, pour les plus âgés.",
        "Free remedial classes, extra-curricular activities and life skills for the younger; "
        "sponsorship for vocational training, then a job, for the older.",
    ),
    "EDUCATION",
    "EDUCATION",
    SINCE,
    SCHOOL_AGE,
    INDIA_SCHOOL,
    rows=(
        Row("LEARNERS", "active"),
        Row("LEARNERS_NEW", "new", 0.3, is_main=True),
        Row("CLASS_ATTENDANCES", "times", 20),
        Row("SPONSORED", "part", 0.11),
        Row("JOBS_FOUND", "few", 0.7),
    ),
    # 350 children a day, public, over some 257 days of class a year.
    aims=(Aim("CLASS_ATTENDANCES", "incremental", 90_000),),
    works=(Work("ESP_A", 158), Work("ESP_B", 141), Work("ESP_C", 117)),
    ages=(0, 24),
)

NCC = Prog(
    "PRERANA",
    "NCC",
    ("Centres de soins nocturnes (NCC)", "Night Care Centres (NCC)"),
    (
        "Un abri pendant les heures dangereuses : accueil de nuit, repas, soins médicaux gratuits, "
        "école et jeu.",
        "Shelter through the dangerous hours: night care, meals, free medical care, schooling "
        "and play.",
    ),
    "SHELTER",
    "NIGHT_CARE",
    SINCE,
    NIGHT_AGE,
    INDIA_NIGHTS,
    rows=(
        Row("CHILDREN_SHELTERED", "active"),
        Row("CHILDREN_SHELTERED_NEW", "new", 0.35, is_main=True),
        Row("NIGHTS", "times", 20.5),
        Row("MEALS", "times", 72),
        Row("MEDICAL_CHECKS", "part", 0.34),
    ),
    aims=(Aim("CHILDREN_SHELTERED_NEW", "incremental", 250),),
    works=(Work("NCC_A", 88), Work("NCC_B", 78), Work("NCC_C", 60)),
    ages=(0, 17),
)

IPP = Prog(
    "PRERANA",
    "IPP",
    ("Programme de placement institutionnel (IPP)", "Institutional Placement Program (IPP)"),
    (
        "Des enfants vivent durablement dans des institutions choisies et suivies, des internats "
        "entre autres ; les mères sont accompagnées dans leur décision, le lien avec elles est "
        "gardé. Plus de 1 200 enfants depuis 1986.",
        "Children live long-term in institutions that are selected and monitored, boarding schools "
        "among them; mothers are supported in deciding and the bond with them is kept. More than "
        "1,200 children since 1986.",
    ),
    "PROTECTION",
    "PLACEMENT",
    SINCE,
    PLACED_AGE,
    STEADY,
    rows=(
        Row("CHILDREN_PLACED", "active", is_main=True),
        Row("ADMISSIONS", "few", 1.3),
        Row("MONITORING_VISITS", "few", 9),
        Row("MOTHER_CHILD_CONTACTS", "times", 1.7),
        Row("MOTHERS", "part", 0.7),
        Row("MOTHERS_NEW", "new", 0.2, among="MOTHERS"),
    ),
    works=(Work("IPP_DESK", 64),),
    growth=0.06,
    ages=(0, 24),
)

ADVOCACY = Prog(
    "PRERANA",
    "RIGHTS_ADVOCACY",
    ("Plaidoyer", "Advocacy"),
    (
        "Réseaux nationaux et mondiaux, réseaux d’Asie du Sud cofondés, contribution au protocole "
        "des Nations unies de 2000.",
        "National and global networks, South Asian networks co-founded, contribution to the 2000 "
        "UN protocol.",
    ),
    "ADVOCACY",
    "ADVOCACY",
    SINCE,
    {"POLICE": 22, "JUSTICE": 14, "SOCIAL_WORK": 34, "HEALTH": 10, "OFFICIALS": 12, "OTHER": 8},
    STEADY,
    rows=(
        Row("ADVOCACY_ACTIONS", "few", 5),
        Row("TRAINING_SESSIONS", "few", 1.6),
        Row("TRAINING_PARTICIPANTS", "active"),
    ),
    works=(Work("ADVOCACY", 40),),
)

PROJECT = Project(
    "PRERANA",
    "DEMO_NIGHTS",
    ("Nuits sûres (projet fictif)", "Safe nights (fictional project)"),
    (
        "Projet inventé pour la démonstration : accueil de nuit et soutien éducatif.",
        "Invented for the demonstration: night care and educational support.",
    ),
    (dt.date(2025, 1, 1), dt.date(2028, 1, 1)),
    (Money("LUMIERE", "DEMO-PRERANA-01", "fr", (Cover("NCC", 50), Cover("ESP", 25))),),
)

ACCOUNTS = (
    Account(
        "night",
        "field_worker",
        "PRERANA",
        ("Équipe de nuit", "Night worker"),
        "en",
        ("NCC",),
        "NCC_A",
    ),
    Account(
        "teacher", "field_worker", "PRERANA", ("Enseignante", "Teacher"), "en", ("ESP",), "ESP_A"
    ),
    Account("casework", "case_worker", "PRERANA", ("Travailleuse sociale", "Case worker"), "en"),
    Account("coordination", "coordinator", "PRERANA", ("Coordination", "Coordinator"), "en"),
    Account(
        "administration", "administrator", "PRERANA", ("Administration", "Administrator"), "en"
    ),
    Account("audit", "auditor", "PRERANA", ("Audit", "Auditor"), "en"),
)

FAMILY = Family(
    "PRERANA",
    ("Prerana, Mumbai", "Prerana, Mumbai"),
    False,
    (PRERANA,),
    PLACES,
    (ESP, NCC, IPP, ADVOCACY),
    (PROJECT,),
    ACCOUNTS,
)
