"""PEGASE, Poipet, Cambodia: border reception, shelter, family support, training.

Public: from 2023; five civil-society partners, about ten public agencies; region-wide targets of
5 160 children, 940 families and 6 800 community members; Damnok Toek is a partner since 2004.
Partners that are not named publicly have a number. The last year of the targets, the sites' zones
and the monthly figures are invented.
"""

import datetime as dt

from .counts import CAMBODIA_BORDER, STEADY
from .pegase_partners import AGENCIES, CENTRE, DAMNOK_TOEK, PARTNERS, ZONE
from .shapes import (
    Account,
    Aim,
    Cover,
    Family,
    Money,
    Partner,
    Place,
    Prog,
    Project,
    Row,
    Text,
    Work,
)

SINCE = dt.date(2023, 1, 1)
WHOLE = (SINCE, dt.date(2028, 1, 1))
POIPET = ("Poipet, frontière", "Poipet, border")
PROVINCE = ("Province de Banteay Meanchey", "Banteay Meanchey province")


def place(organisation: str, code: str, name: Text, zone: Text, kind: str, capacity=None) -> Place:
    return Place(organisation, code, name, zone, kind, "KH", ZONE, capacity)


PLACES = (
    place(
        "DAMNOK_TOEK",
        "CMO",
        ("Bureau des enfants migrants (CMO)", "Child Migrant Office (CMO)"),
        POIPET,
        "RECEPTION_OFFICE",
        40,
    ),
    place(
        "DAMNOK_TOEK",
        "SHELTER",
        ("Hébergement de longue durée", "Long-term shelter"),
        PROVINCE,
        "SHELTER",
        70,
    ),
    place(
        "DAMNOK_TOEK",
        "FAMILIES_A",
        ("Quartiers de Poipet", "Poipet neighbourhoods"),
        POIPET,
        "COMMUNITY",
    ),
    place(
        "DAMNOK_TOEK", "FAMILIES_B", ("Communes rurales", "Rural communes"), PROVINCE, "COMMUNITY"
    ),
    place(
        "PLANETE_ENFANTS",
        "PEGASE_OFFICE",
        ("Bureau de PEGASE", "PEGASE office"),
        PROVINCE,
        "OFFICE",
    ),
)

ARRIVALS = {"F": 44, "M": 56, "AGE_0_5": 14, "AGE_6_11": 34, "AGE_12_17": 52}
SHELTERED = {"F": 55, "M": 45, "AGE_0_5": 8, "AGE_6_11": 38, "AGE_12_17": 50, "AGE_18_24": 4}
NEIGHBOURS = {"F": 58, "M": 42, "AGE_12_17": 18, "AGE_18_24": 20, "AGE_25": 62}
WITH_ALL = (
    Partner("TRANSIT_CENTRE", "agency", SINCE),
    *(Partner(agency.code, "agency", SINCE) for agency in AGENCIES),
)


def program(code: str, name: Text, objective: Text, pillar: str, kind: str, **fields) -> Prog:
    """A program of PEGASE, led by Planète Enfants & Développement with Damnok Toek."""
    partners = (Partner("DAMNOK_TOEK", "implementing", SINCE), *fields.pop("partners", ()))
    return Prog(
        "PLANETE_ENFANTS",
        code,
        name,
        objective,
        pillar,
        kind,
        SINCE,
        due_days=8,
        partners=partners,
        **fields,
    )


PROGRAMS = (
    program(
        "PEGASE_CMO",
        ("PEGASE · Accueil des enfants (CMO)", "PEGASE · Reception of children (CMO)"),
        (
            "Accueillir les enfants isolés refoulés à la frontière, retrouver la famille, "
            "préparer le retour au village, orienter vers les soins et l’hébergement. Cible de "
            "toute la région : 5 160 enfants.",
            "Receive isolated children turned back at the border, find the family, prepare the "
            "return to the village, refer to health care and shelter. Target of the whole region: "
            "5,160 children.",
        ),
        "PROTECTION",
        "BORDER_RECEPTION",
        profile=ARRIVALS,
        season=CAMBODIA_BORDER,
        growth=0.02,
        ages=(0, 17),
        partners=WITH_ALL,
        rows=(
            Row("ARRIVALS", "active", is_main=True),
            Row("REUNIFICATIONS", "part", 0.71),
            Row("ORIENTATIONS", "part", 0.62),
            Row("MEDICAL_CHECKS", "part", 0.83),
            Row("KITS", "times", 1),
        ),
        aims=(Aim("ARRIVALS", "incremental", 5160, WHOLE),),
        works=(Work("CMO", 88, since=SINCE, is_tallied=True),),
    ),
    program(
        "PEGASE_SHELTER",
        ("PEGASE · Hébergement de longue durée", "PEGASE · Long-term shelter"),
        (
            "Nutrition, santé, école, loisirs et suivi global pour les enfants qui ne peuvent pas "
            "rentrer.",
            "Nutrition, health, schooling, leisure and overall care for children who cannot go "
            "back.",
        ),
        "SHELTER",
        "SHELTER",
        profile=SHELTERED,
        season=STEADY,
        rows=(
            Row("CHILDREN_IN_SHELTER", "active", is_main=True),
            Row("NIGHTS", "times", 29),
            Row("MEDICAL_CHECKS", "part", 0.3),
            Row("REUNIFICATIONS", "few", 1.1),
        ),
        works=(Work("SHELTER", 62),),
    ),
    program(
        "PEGASE_FAMILIES",
        ("PEGASE · Appui aux familles", "PEGASE · Family support"),
        (
            "Plans et suivi des familles très précaires. Cible de toute la région : 940 familles.",
            "Household plans and follow-up of very precarious families. Target of the whole "
            "region: 940 families.",
        ),
        "PREVENTION",
        "FAMILY_SUPPORT",
        profile=NEIGHBOURS,
        season=STEADY,
        rows=(
            Row("FAMILIES", "active"),
            Row("FAMILIES_NEW", "new", 1.2, is_main=True),
            Row("GIRLS_IN_SCHOOL", "times", 1.1),
            Row("ORIENTATIONS", "part", 0.3),
            Row("KITS", "part", 0.7),
        ),
        aims=(Aim("FAMILIES_NEW", "incremental", 940, WHOLE),),
        works=(Work("FAMILIES_A", 52, since=SINCE), Work("FAMILIES_B", 38, since=SINCE)),
    ),
    program(
        "PEGASE_TRAINING",
        ("PEGASE · Formation et mobilisation", "PEGASE · Training and mobilisation"),
        (
            "Former les acteurs locaux ; mobiliser les communautés, les autorités et le public "
            "pour repérer et alerter. Cible de toute la région : 6 800 membres des communautés.",
            "Train local actors; mobilise communities, authorities and the public to spot and "
            "report. Target of the whole region: 6,800 community members.",
        ),
        "TRAINING",
        "TRAINING",
        profile=NEIGHBOURS,
        season=STEADY,
        growth=0,
        partners=tuple(Partner(partner.code, "implementing", SINCE) for partner in PARTNERS),
        rows=(
            Row("AWARENESS_SESSIONS", "few", 4),
            Row("AWARENESS_PARTICIPANTS", "active"),
            Row("TRAINING_SESSIONS", "few", 2),
            Row("TRAINING_PARTICIPANTS", "part", 0.3),
        ),
        aims=(Aim("AWARENESS_PARTICIPANTS", "incremental", 6800, WHOLE),),
        works=(Work("PEGASE_OFFICE", 118, since=SINCE),),
    ),
)

PROJECT = Project(
    "PLANETE_ENFANTS",
    "PEGASE",
    ("PEGASE", "PEGASE"),
    (
        "Protéger les enfants migrants isolés et prévenir les départs à risque en Asie du Sud-Est.",
        "Protect isolated migrant children and prevent unsafe departures in South-East Asia.",
    ),
    WHOLE,
    (Money("LUMIERE", "DEMO-PEGASE-01", "fr", tuple(Cover(p.code, 50) for p in PROGRAMS)),),
)

CODES = tuple(program.code for program in PROGRAMS)
ACCOUNTS = (
    Account(
        "coordination.pegase",
        "coordinator",
        "PLANETE_ENFANTS",
        ("Coordination, PEGASE", "Coordinator, PEGASE"),
        "fr",
        CODES,
    ),
    Account(
        "training.pegase",
        "case_worker",
        "PLANETE_ENFANTS",
        ("Formation, PEGASE", "Training, PEGASE"),
        "en",
        ("PEGASE_TRAINING",),
    ),
    Account(
        "reception",
        "field_worker",
        "DAMNOK_TOEK",
        ("Accueil à la frontière", "Border social worker"),
        "en",
        ("PEGASE_CMO",),
        "CMO",
    ),
    Account(
        "partner",
        "partner",
        "DAMNOK_TOEK",
        ("Partenaire", "Partner"),
        "en",
        ("PEGASE_CMO", "PEGASE_SHELTER", "PEGASE_FAMILIES"),
    ),
    *(
        Account(
            "partner", "partner", org.code, ("Partenaire", "Partner"), "en", ("PEGASE_TRAINING",)
        )
        for org in PARTNERS
    ),
)

FAMILY = Family(
    "PEGASE",
    ("PEGASE, Poipet", "PEGASE, Poipet"),
    False,
    (DAMNOK_TOEK, CENTRE, *PARTNERS, *AGENCIES),
    PLACES,
    PROGRAMS,
    (PROJECT,),
    ACCOUNTS,
)
