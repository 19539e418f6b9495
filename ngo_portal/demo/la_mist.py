"""La Mist, Paris: maraudes, legal desk, peers, legal empowerment, orientation.

Public: the funded projects, their periods and funders; 66 joint rounds, 22 volunteer lawyers and 7
mediators over 2021–2024. The calendar of the rounds and all other figures are invented.
"""

import datetime as dt

from .counts import PARIS
from .la_mist_funding import FUNDERS, PROJECTS, SINCE, ZONE, year
from .shapes import Account, Family, Org, Partner, Place, Prog, Row, Work

PARIS_ZONE = ("Paris", "Paris")


def by_month(table: dict[int, tuple[int, ...]]) -> dict[tuple[int, int], int]:
    """{2021: twelve numbers} as {(2021, 1): number}."""
    return {(y, m): n for y, row in table.items() for m, n in enumerate(row, start=1) if n}


# 66 joint rounds over 2021–2024, the published result; the following years repeat 2025.
ROUNDS = by_month(
    {
        2021: (0, 1, 1, 0, 1, 1, 2, 0, 2, 2, 1, 1),
        2022: (1, 1, 2, 1, 2, 1, 2, 0, 2, 2, 2, 1),
        2023: (1, 2, 2, 2, 1, 2, 2, 0, 2, 2, 2, 1),
        2024: (1, 2, 2, 1, 2, 2, 1, 0, 2, 2, 2, 1),
        2025: (2, 2, 2, 1, 2, 2, 1, 0, 2, 2, 2, 1),
    }
)
# 22 volunteer lawyers and 7 mediators over the same years, in the month each one first came.
LAWYERS = by_month(
    {
        2021: (0, 4, 2, 0, 1, 0, 1, 0, 2, 0, 0, 0),
        2022: (1, 0, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0),
        2023: (0, 1, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0),
        2024: (0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0),
        2025: (0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0),
    }
)
MEDIATORS = by_month(
    {
        2021: (0, 2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
        2022: (0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0),
        2023: (0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
        2024: (0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        2025: (0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
    }
)

ORGANISATIONS = (
    Org(
        "LA_MIST",
        ("La Mist", "La Mist"),
        "OWN",
        "FR",
        "fr",
        ZONE,
        aliases=("Mist", "Association Mist"),
        domain="lamist",
    ),
    Org(
        "BPS",
        ("Bus Paris Solidarité", "Bus Paris Solidarité"),
        "OWN LEGAL_BAR PARTNER_NGO",
        "FR",
        "fr",
        ZONE,
        aliases=("BPS",),
        domain="buspsolidarite",
    ),
    *FUNDERS,
)

PLACES = (
    Place(
        "LA_MIST",
        "VINCENNES",
        ("Bois de Vincennes", "Bois de Vincennes"),
        PARIS_ZONE,
        "OUTREACH_ZONE",
        "FR",
        ZONE,
    ),
    Place(
        "LA_MIST",
        "PAD_18",
        ("Point d’accès au droit, Paris 18e", "Legal access point, Paris 18th"),
        PARIS_ZONE,
        "LEGAL_DESK",
        "FR",
        ZONE,
    ),
    Place(
        "LA_MIST",
        "PARIS_OFFICE",
        ("Permanence de l’association", "Association’s office"),
        PARIS_ZONE,
        "OFFICE",
        "FR",
        ZONE,
    ),
)

STREET = {"F": 92, "M": 4, "X": 4, "AGE_18_24": 38, "AGE_25": 56}
DESK = {"F": 94, "M": 6, "AGE_18_24": 34, "AGE_25": 66, "JUSTICE": 70, "POLICE": 30}
MINORS = {"F": 92, "M": 8, "AGE_12_17": 84, "AGE_18_24": 6, "AGE_25": 10}

MARAUDES = Prog(
    "LA_MIST",
    "MARAUDES",
    ("Maraudes", "Maraudes (street rounds)"),
    (
        "Maraudes communes de médiatrices paires et d’avocates et avocats bénévoles de Bus Paris "
        "Solidarité au bois de Vincennes, avec des consultations gratuites sur place.",
        "Joint rounds of peer mediators and pro bono lawyers of Bus Paris Solidarité in the bois "
        "de Vincennes, with free consultations there.",
    ),
    "OUTREACH",
    "MARAUDE",
    SINCE,
    STREET,
    PARIS,
    rows=(
        Row("ROUNDS", "exact", exact=ROUNDS),
        Row("PEOPLE_MET", "active"),
        Row("PEOPLE_MET_NEW", "new", 2.2, is_main=True),
        Row("ENCOUNTERS", "times", 1.4),
        Row("LEGAL_CONSULTATIONS", "part", 0.22),
        Row("ORIENTATIONS", "part", 0.3),
        Row("KITS", "times", 1.2),
        Row("VOLUNTEER_LAWYERS_NEW", "exact", exact=LAWYERS),
        Row("PEER_MEDIATORS_NEW", "exact", exact=MEDIATORS),
    ),
    paced_by="ROUNDS",
    works=(Work("VINCENNES", 34, since=SINCE, is_tallied=True),),
    partners=(Partner("BPS", "implementing", SINCE),),
)

LEGAL_DESK = Prog(
    "LA_MIST",
    "LEGAL_DESK",
    ("Permanence juridique (PAD, 18e)", "Legal desk (PAD, 18th)"),
    (
        "Écouter, informer et orienter ; accompagner les victimes dans le dépôt de plainte ; "
        "former les avocates et avocats, sensibiliser la police ; repérer ensemble les obstacles "
        "aux droits.",
        "Listen, inform and orient; support victims in filing complaints; train lawyers, raise "
        "police awareness; identify obstacles to rights together.",
    ),
    "LEGAL_AID",
    "LEGAL_DESK",
    SINCE,
    DESK,
    PARIS,
    rows=(
        Row("PEOPLE", "active"),
        Row("PEOPLE_NEW", "new", 1.4, is_main=True),
        Row("LEGAL_INFORMATION", "times", 1.4),
        Row("ORIENTATIONS", "part", 0.45),
        Row("COMPLAINTS_FILED", "few", 1.1),
        Row("TRAINING_SESSIONS", "few", 0.7),
        Row("TRAINING_PARTICIPANTS", "part", 0.4),
    ),
    works=(Work("PAD_18", 31, since=SINCE),),
    partners=(Partner("BPS", "implementing", SINCE),),
)

PEERS = Prog(
    "LA_MIST",
    "PEERS",
    ("Co-accompagnement de mineures et mineurs par des paires", "Joint support of minors by peers"),
    (
        "Accueil et co-accompagnement individuel des mineures et mineurs et des adultes qui les "
        "accompagnent, groupes de parole, formation des paires.",
        "Welcome and individual joint support of minors and of the adults who accompany them, "
        "discussion groups, training of peers.",
    ),
    "PROTECTION",
    "PEER_SUPPORT",
    year(2022),
    MINORS,
    PARIS,
    rows=(
        Row("CHILDREN", "active"),
        Row("CHILDREN_NEW", "new", 1.1, is_main=True),
        Row("DISCUSSION_GROUPS", "few", 2),
        Row("DISCUSSION_PARTICIPANTS", "times", 1),
        Row("TRAINING_SESSIONS", "few", 0.5),
    ),
    works=(Work("PARIS_OFFICE", 17, since=year(2022), until=year(2024)),),
    ends_on=dt.date(2023, 12, 31),
)

EMPOWERMENT = Prog(
    "LA_MIST",
    "EMPOWERMENT",
    ("Autonomisation juridique par les paires", "Legal empowerment by peers"),
    (
        "Groupes d’information, de parole et de travail, études sur l’accès à la justice et à la "
        "protection, aussi en centres d’accueil ; plaidoyer à partir de cas concrets.",
        "Information, discussion and working groups, studies on access to justice and protection, "
        "also in asylum centres; advocacy from concrete cases.",
    ),
    "LEGAL_AID",
    "PEER_SUPPORT",
    year(2022),
    DESK,
    PARIS,
    rows=(
        Row("PEOPLE", "active"),
        Row("PEOPLE_NEW", "new", 1.2, is_main=True),
        Row("DISCUSSION_GROUPS", "few", 3),
        Row("DISCUSSION_PARTICIPANTS", "times", 1),
        Row("ADVOCACY_ACTIONS", "few", 0.8),
    ),
    works=(Work("PARIS_OFFICE", 26, since=year(2022), until=year(2025)),),
    ends_on=dt.date(2024, 12, 31),
)

ORIENTATION = Prog(
    "LA_MIST",
    "MPEIO",
    ("Identification et orientation (MPEIO)", "Identification and orientation (MPEIO)"),
    (
        "Mécanisme parisien expérimental : protection et mobilité des victimes, notamment par le "
        "dispositif national Ac.Sé ; insertion dans une autre région par le PSP.",
        "Experimental mechanism in Paris: protection and mobility of victims, notably through the "
        "national scheme Ac.Sé; integration in another region through PSP.",
    ),
    "PROTECTION",
    "ORIENTATION",
    year(2022),
    DESK,
    PARIS,
    rows=(
        Row("PEOPLE", "active"),
        Row("PEOPLE_NEW", "new", 1.2, is_main=True),
        Row("PRESUMED_VICTIMS", "few", 2),
        Row("RELOCATIONS", "few", 0.8),
        Row("PSP_ACTIVE", "part", 0.4),
    ),
    works=(Work("PARIS_OFFICE", 12, since=year(2022), until=year(2024)),),
    ends_on=dt.date(2023, 12, 31),
)


ACCOUNTS = (
    Account(
        "mediation",
        "field_worker",
        "LA_MIST",
        ("Médiatrice paire", "Peer mediator"),
        "fr",
        ("MARAUDES",),
        "VINCENNES",
    ),
    Account(
        "accompagnement", "case_worker", "LA_MIST", ("Travailleuse sociale", "Case worker"), "fr"
    ),
    Account("coordination", "coordinator", "LA_MIST", ("Coordination", "Coordinator"), "fr"),
    Account(
        "administration", "administrator", "LA_MIST", ("Administration", "Administrator"), "fr"
    ),
    Account(
        "partner", "partner", "BPS", ("Partenaire", "Partner"), "fr", ("MARAUDES", "LEGAL_DESK")
    ),
    Account("funder", "funder", "LEF", ("Financeur", "Funder"), "en"),
)

FAMILY = Family(
    "LA_MIST",
    ("La Mist, Paris", "La Mist, Paris"),
    False,
    ORGANISATIONS,
    PLACES,
    (MARAUDES, LEGAL_DESK, PEERS, EMPOWERMENT, ORIENTATION),
    PROJECTS,
    ACCOUNTS,
)
