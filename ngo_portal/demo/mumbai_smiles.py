"""Mumbai Smiles with Monde par la Main: prevention at the source, three countries.

Public: Monde par la Main is a partner since 2013; 4 000 girls and boys (no period given); the three
partners. Monthly figures, zones and calendars are invented.
"""

import datetime as dt

from .counts import BENGAL_VILLAGES, INDIA_SCHOOL
from .mumbai_smiles_partners import DHAKA, INDIA, NEPAL, ORGANISATIONS
from .shapes import Account, Cover, Family, Money, Partner, Place, Prog, Project, Row, Work

SINCE = dt.date(2013, 1, 1)
MUMBAI = ("Mumbai", "Mumbai")

PLACES = (
    Place(
        "MUMBAI_SMILES",
        "MUMBAI_A",
        ("Centre communautaire A", "Community centre A"),
        MUMBAI,
        "COMMUNITY",
        "IN",
        INDIA,
    ),
    Place(
        "MUMBAI_SMILES",
        "MUMBAI_B",
        ("Centre communautaire B", "Community centre B"),
        MUMBAI,
        "COMMUNITY",
        "IN",
        INDIA,
    ),
    Place(
        "GBGBK",
        "BENGAL_A",
        ("Villages du Bengale A", "Bengal villages A"),
        ("Bengale-Occidental", "West Bengal"),
        "COMMUNITY",
        "IN",
        INDIA,
    ),
    Place(
        "GBGBK",
        "BENGAL_B",
        ("Villages du Bengale B", "Bengal villages B"),
        ("Bengale-Occidental", "West Bengal"),
        "COMMUNITY",
        "IN",
        INDIA,
    ),
    Place(
        "CHHORI",
        "NEPAL_A",
        ("Villages des collines, Népal", "Hill villages, Nepal"),
        ("Népal, région du centre", "Nepal, central region"),
        "COMMUNITY",
        "NP",
        NEPAL,
    ),
    Place(
        "CHHORI",
        "NEPAL_B",
        ("Vallée de Katmandou", "Kathmandu valley"),
        ("Népal", "Nepal"),
        "COMMUNITY",
        "NP",
        NEPAL,
    ),
    Place(
        "AGROGOTI",
        "BANGLADESH_A",
        ("Villages du Bangladesh A", "Bangladesh villages A"),
        ("Bangladesh, sud-ouest", "Bangladesh, south-west"),
        "COMMUNITY",
        "BD",
        DHAKA,
    ),
    Place(
        "AGROGOTI",
        "BANGLADESH_B",
        ("Villages du Bangladesh B", "Bangladesh villages B"),
        ("Bangladesh, sud-ouest", "Bangladesh, south-west"),
        "COMMUNITY",
        "BD",
        DHAKA,
    ),
)

VILLAGES = {
    "F": 64,
    "M": 36,
    "AGE_0_5": 6,
    "AGE_6_11": 27,
    "AGE_12_17": 38,
    "AGE_18_24": 12,
    "AGE_25": 17,
}
CITY = {
    "F": 60,
    "M": 40,
    "AGE_0_5": 10,
    "AGE_6_11": 36,
    "AGE_12_17": 34,
    "AGE_18_24": 10,
    "AGE_25": 10,
}
WOMEN = {"F": 100, "M": 0, "AGE_18_24": 28, "AGE_25": 72}

SOURCE = Prog(
    "MUMBAI_SMILES",
    "SOURCE",
    ("Prévention à la source", "Prevention at the source"),
    (
        "Renforcer les filles, les garçons et les femmes des communautés et les compétences "
        "locales, pour que personne ne doive partir. 4 000 filles et garçons dans trois pays.",
        "Strengthen girls, boys and women of the communities and local capacities, so that nobody "
        "must leave. 4,000 girls and boys in three countries.",
    ),
    "PREVENTION",
    "PREVENTION",
    SINCE,
    VILLAGES,
    BENGAL_VILLAGES,
    rows=(
        Row("CHILDREN", "active"),
        Row("CHILDREN_NEW", "new", 0.45, is_main=True),
        Row("GIRLS_IN_SCHOOL", "part", 0.46),
        Row("FAMILIES_AT_RISK", "part", 0.24),
        Row("FAMILIES_AT_RISK_NEW", "new", 0.5, among="FAMILIES_AT_RISK"),
        Row("AWARENESS_SESSIONS", "few", 6),
        Row("AWARENESS_PARTICIPANTS", "times", 1.8),
    ),
    works=(
        Work("MUMBAI_A", 120),
        Work("MUMBAI_B", 96),
        Work("BENGAL_A", 190),
        Work("BENGAL_B", 154),
        Work("NEPAL_A", 142),
        Work("NEPAL_B", 98),
        Work("BANGLADESH_A", 176),
        Work("BANGLADESH_B", 131),
    ),
    due_days=8,
    partners=(
        Partner("MONDE_MAIN", "funder", SINCE),
        Partner("GBGBK", "implementing", SINCE),
        Partner("CHHORI", "implementing", SINCE),
        Partner("AGROGOTI", "implementing", SINCE),
    ),
)

ART = Prog(
    "MUMBAI_SMILES",
    "WELLBEING",
    ("Soutien psychologique, art et musique", "Psychological support, art and music"),
    (
        "Soutien psychologique, art-thérapie et musicothérapie pour les filles et les garçons.",
        "Psychological support, art and music therapy for girls and boys.",
    ),
    "PROTECTION",
    "PREVENTION",
    SINCE,
    CITY,
    INDIA_SCHOOL,
    rows=(
        Row("CHILDREN", "active"),
        Row("CHILDREN_NEW", "new", 0.5, is_main=True),
        Row("PSYCHOSOCIAL_SESSIONS", "times", 2.7),
    ),
    works=(Work("MUMBAI_A", 58), Work("MUMBAI_B", 44)),
    due_days=8,
)

INCOME = Prog(
    "MUMBAI_SMILES",
    "WOMEN_INCOME",
    ("Activités génératrices de revenus", "Income-generating activities"),
    (
        "Des revenus pour les femmes, afin que les enfants restent à l’école et personne ne parte.",
        "Incomes for women, so that children stay in school and nobody leaves.",
    ),
    "PREVENTION",
    "FAMILY_SUPPORT",
    SINCE,
    WOMEN,
    INDIA_SCHOOL,
    rows=(
        Row("PEOPLE", "active"),
        Row("PEOPLE_NEW", "new", 0.4, is_main=True),
        Row("FAMILIES", "part", 0.8),
        Row("FAMILIES_NEW", "new", 0.4, among="FAMILIES"),
        Row("TRAINING_SESSIONS", "few", 3),
    ),
    works=(Work("MUMBAI_A", 46),),
    due_days=8,
)

PROJECT = Project(
    "MUMBAI_SMILES",
    "SOURCE_2013",
    ("Prévention à la source, trois pays", "Prevention at the source, three countries"),
    (
        "Soutenir les communautés de départ en Inde, au Népal et au Bangladesh.",
        "Support the communities of origin in India, Nepal and Bangladesh.",
    ),
    (SINCE, None),
    (
        Money(
            "MONDE_MAIN",
            "DEMO-SOURCE-01",
            "fr",
            (Cover("SOURCE"), Cover("WELLBEING"), Cover("WOMEN_INCOME")),
        ),
    ),
)

ACCOUNTS = (
    Account(
        "field",
        "field_worker",
        "MUMBAI_SMILES",
        ("Animatrice", "Field worker"),
        "en",
        ("SOURCE", "WELLBEING"),
        "MUMBAI_A",
    ),
    Account(
        "casework", "case_worker", "MUMBAI_SMILES", ("Travailleuse sociale", "Case worker"), "en"
    ),
    Account("coordination", "coordinator", "MUMBAI_SMILES", ("Coordination", "Coordinator"), "en"),
    Account(
        "administration",
        "administrator",
        "MUMBAI_SMILES",
        ("Administration", "Administrator"),
        "en",
    ),
    Account("partner", "partner", "GBGBK", ("Partenaire", "Partner"), "en", ("SOURCE",)),
    Account("partner", "partner", "CHHORI", ("Partenaire", "Partner"), "en", ("SOURCE",)),
    Account("partner", "partner", "AGROGOTI", ("Partenaire", "Partner"), "en", ("SOURCE",)),
    Account("funder", "funder", "MONDE_MAIN", ("Financeur", "Funder"), "fr"),
)

FAMILY = Family(
    "MUMBAI_SMILES",
    ("Mumbai Smiles et Monde par la Main", "Mumbai Smiles and Monde par la Main"),
    False,
    ORGANISATIONS,
    PLACES,
    (SOURCE, ART, INCOME),
    (PROJECT,),
    ACCOUNTS,
)
