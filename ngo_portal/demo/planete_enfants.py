"""Planète Enfants, Nepal: one program for each of its five pillars.

Public: Nepal since 1992, beginning with the street children of Kathmandu; the five pillars; today
Planète Enfants & Développement. Zones and monthly figures are invented.
"""

import datetime as dt

from .counts import NEPAL_HILLS, STEADY
from .shapes import Account, Cover, Family, Money, Org, Place, Prog, Project, Row, Text, Work

SINCE = dt.date(1992, 1, 1)
ZONE = "Asia/Kathmandu"
VALLEY = ("Vallée de Katmandou", "Kathmandu valley")
PLAIN = ("Plaine du Teraï, frontière", "Terai plain, border")
HILLS = ("Collines, région du centre", "Hills, central region")

PLANETE = Org(
    "PLANETE_ENFANTS",
    ("Planète Enfants & Développement", "Planète Enfants & Développement"),
    "OWN",
    "FR",
    language="fr",
    time_zone="Europe/Paris",
    aliases=("Planète Enfants", "PE&D"),
    domain="planete-enfants",
)


def place(code: str, name: Text, zone: Text, kind: str, capacity: int | None = None) -> Place:
    return Place("PLANETE_ENFANTS", code, name, zone, kind, "NP", ZONE, capacity)


PLACES = (
    place("KATHMANDU", ("Centre d’accueil", "Drop-in centre"), VALLEY, "DAY_CENTRE", 60),
    place("TERAI", ("Communes de la frontière", "Border municipalities"), PLAIN, "COMMUNITY"),
    place("HILLS", ("Communes des collines", "Hill municipalities"), HILLS, "COMMUNITY"),
    place("REINTEGRATION", ("Maison de réinsertion", "Reintegration home"), VALLEY, "SHELTER", 40),
    place("NEPAL_OFFICE", ("Bureau du Népal", "Nepal office"), VALLEY, "OFFICE"),
)

YOUNG = {
    "F": 61,
    "M": 39,
    "AGE_0_5": 4,
    "AGE_6_11": 28,
    "AGE_12_17": 44,
    "AGE_18_24": 18,
    "AGE_25": 6,
}
SURVIVORS = {"F": 88, "M": 12, "AGE_6_11": 6, "AGE_12_17": 40, "AGE_18_24": 38, "AGE_25": 16}
ADULTS = {"POLICE": 20, "SOCIAL_WORK": 24, "EDUCATION": 26, "HEALTH": 8, "OFFICIALS": 22}


def pillar(
    code: str,
    name: Text,
    objective: Text,
    pillar: str,
    kind: str,
    profile: dict[str, float],
    season: tuple[float, ...],
    rows: tuple[Row, ...],
    works: tuple[Work, ...],
) -> Prog:
    """A program that is a pillar of Planète Enfants in Nepal."""
    return Prog(
        "PLANETE_ENFANTS",
        code,
        name,
        objective,
        pillar,
        kind,
        SINCE,
        profile,
        season,
        rows,
        works,
        due_days=8,
    )


PROGRAMS = (
    pillar(
        "NEPAL_1_PREVENTION",
        ("Népal · Prévention", "Nepal · Prevention"),
        (
            "Agir sur les causes : risques de la migration, école, familles.",
            "Act on the causes: risks of migration, school, families.",
        ),
        "PREVENTION",
        "PREVENTION",
        YOUNG,
        NEPAL_HILLS,
        (
            Row("CHILDREN", "active"),
            Row("CHILDREN_NEW", "new", 0.5, is_main=True),
            Row("FAMILIES_AT_RISK", "part", 0.2),
            Row("FAMILIES_AT_RISK_NEW", "new", 0.5, among="FAMILIES_AT_RISK"),
            Row("AWARENESS_SESSIONS", "few", 8),
            Row("AWARENESS_PARTICIPANTS", "times", 1.6),
        ),
        (Work("TERAI", 260), Work("HILLS", 190)),
    ),
    pillar(
        "NEPAL_2_PROTECTION",
        ("Népal · Protection", "Nepal · Protection"),
        (
            "Protéger les enfants et les femmes en danger ou vulnérables.",
            "Protect children and women who are at risk or vulnerable.",
        ),
        "PROTECTION",
        "SHELTER",
        YOUNG,
        NEPAL_HILLS,
        (
            Row("CHILDREN", "active"),
            Row("CHILDREN_NEW", "new", 0.8, is_main=True),
            Row("ORIENTATIONS", "part", 0.5),
            Row("PRESUMED_VICTIMS", "few", 3),
        ),
        (Work("KATHMANDU", 82), Work("TERAI", 46)),
    ),
    pillar(
        "NEPAL_3_REINTEGRATION",
        ("Népal · Réinsertion", "Nepal · Reintegration"),
        (
            "Protéger, assister et réinsérer les victimes ; accès à la justice.",
            "Protect, assist and reintegrate victims; access to justice.",
        ),
        "REINTEGRATION",
        "SHELTER",
        SURVIVORS,
        STEADY,
        (
            Row("PEOPLE", "active"),
            Row("PEOPLE_NEW", "new", 0.6, is_main=True),
            Row("PSYCHOSOCIAL_SESSIONS", "times", 2.8),
            Row("REINTEGRATED", "few", 1.8),
            Row("COMPLAINTS_FILED", "few", 0.8),
        ),
        (Work("REINTEGRATION", 37),),
    ),
    pillar(
        "NEPAL_4_TRAINING",
        ("Népal · Formation", "Nepal · Training"),
        ("Renforcer les compétences des acteurs locaux.", "Build the capacity of local actors."),
        "TRAINING",
        "TRAINING",
        ADULTS,
        NEPAL_HILLS,
        (Row("TRAINING_SESSIONS", "few", 4), Row("TRAINING_PARTICIPANTS", "active")),
        (Work("NEPAL_OFFICE", 48),),
    ),
    pillar(
        "NEPAL_5_ADVOCACY",
        ("Népal · Plaidoyer", "Nepal · Advocacy"),
        ("Faire évoluer la loi et son application.", "The law and its application."),
        "ADVOCACY",
        "ADVOCACY",
        ADULTS,
        STEADY,
        (Row("ADVOCACY_ACTIONS", "few", 3),),
        (Work("NEPAL_OFFICE", 30),),
    ),
)

PROJECT = Project(
    "PLANETE_ENFANTS",
    "DEMO_NEPAL",
    ("Népal, cinq piliers (projet fictif)", "Nepal, five pillars (fictional project)"),
    (
        "Projet inventé pour la démonstration : les cinq piliers au Népal.",
        "Invented for the demonstration: the five pillars in Nepal.",
    ),
    (dt.date(2024, 7, 1), dt.date(2027, 7, 1)),
    (
        Money(
            "LUMIERE", "DEMO-NEPAL-01", "fr", tuple(Cover(program.code, 30) for program in PROGRAMS)
        ),
    ),
)

ACCOUNTS = (
    Account(
        "field",
        "field_worker",
        "PLANETE_ENFANTS",
        ("Animateur, Népal", "Field worker, Nepal"),
        "en",
        ("NEPAL_1_PREVENTION", "NEPAL_2_PROTECTION"),
        "TERAI",
    ),
    Account(
        "casework",
        "case_worker",
        "PLANETE_ENFANTS",
        ("Travailleuse sociale, Népal", "Case worker, Nepal"),
        "en",
        tuple(program.code for program in PROGRAMS),
    ),
    Account(
        "coordination", "coordinator", "PLANETE_ENFANTS", ("Coordination", "Coordinator"), "fr"
    ),
    Account(
        "administration",
        "administrator",
        "PLANETE_ENFANTS",
        ("Administration", "Administrator"),
        "fr",
    ),
    Account("audit", "auditor", "PLANETE_ENFANTS", ("Audit", "Auditor"), "fr"),
)

FAMILY = Family(
    "PLANETE_ENFANTS",
    ("Planète Enfants, Népal", "Planète Enfants, Nepal"),
    False,
    (PLANETE,),
    PLACES,
    PROGRAMS,
    (PROJECT,),
    ACCOUNTS,
)
